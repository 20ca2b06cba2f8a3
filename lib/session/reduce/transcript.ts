import { denialMessage } from '../../permissions/messages.ts'
import type { ChangeSelection, Preview } from '../../tools/tool.ts'
import { selectedDiff } from '../../util/select-changes.ts'
import type { ApprovalRequest, SessionEvent } from '../events.ts'
import { permissionDenied } from '../messages/approvals.ts'
import { TURN_INTERRUPTED } from '../messages/turns.ts'
import { withMoreArguments } from '../state/arriving-call.ts'
import type { Entry, ToolCall, ToolPhase } from '../state/entry.ts'
import { isOver, isUnanswered } from '../state/selectors.ts'
import type { SessionState } from '../state/session-state.ts'
import type { TurnOutcome } from '../state/turn.ts'

/** Characters of running output retained for the screen; the agent receives the result of the tool. */
const OUTPUT_KEPT = 20_000

/** The conversation: settled entries and the running turn's. */
export function reduceTranscript(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'history.loaded':
      return {
        ...state,
        settled: [...event.entries, ...openingNotices(state)],
        current: [],
        resumedAfter: event.entries.at(-1)?.id ?? null,
        earlier: event.earlier,
      }
    case 'history.extended':
      return { ...state, settled: [...event.entries, ...state.settled], earlier: event.earlier }
    case 'history.followed':
      return addFollowed(state, event.entries)
    case 'history.cleared':
      return { ...state, settled: [], current: [], resumedAfter: null, earlier: false }
    case 'turn.started':
      return settle(state)
    case 'message.sent':
      return append(state, {
        type: 'user',
        id: event.id,
        text: event.text,
        at: event.at,
        outcome: 'kept',
        ...(event.attaches === true ? { attaches: true as const } : {}),
      })
    case 'message.delta':
      return appendText(state, event.role, event.id, event.text)
    case 'tool.delta':
      return appendToolDelta(state, event)
    case 'approval.requested':
      return event.requests.reduce(request, state)
    case 'approval.decided':
      return changeCall(countApproval(state, event), event.callId, (call) => decide(call, event))
    case 'tool.started':
      return changeCall(state, event.callId, (call) =>
        phase(call, {
          type: 'running',
          preview: previewOf(call),
          since: event.at,
          output: '',
          ...editOf(call),
        }),
      )
    case 'tool.output':
      return changeCall(state, event.callId, (call) => output(call, event.text))
    case 'tool.finished':
      return changeCall(state, event.callId, (call) => finish(call, event))
    case 'turn.finished':
      return settle(close(state, event))
    case 'turn.interrupted':
      return interrupt(state, event.id)
    case 'notice.posted':
      return addNotice(state, event)
    default:
      return state
  }
}

/** What was said after the newest entry that is shown. */
function addFollowed(state: SessionState, entries: readonly Entry[]): SessionState {
  const shown = new Set([...state.settled, ...state.current].map(({ id }) => id))
  const from = entries.findLastIndex(({ id }) => shown.has(id)) + 1
  const fresh = entries.slice(from)
  const stored = new Map(entries.map((entry) => [entry.id, entry]))
  // The rest of an answer whose connection was lost, and the results of calls that were running elsewhere.
  const settled = state.settled.map((entry) => newerOf(entry, stored.get(entry.id)))
  return { ...state, settled: [...settled, ...fresh] }
}

function newerOf(entry: Entry, stored: Entry | undefined): Entry {
  if (stored !== undefined && isUnanswered(entry, stored)) return stored
  if (stored?.type !== 'assistant' || entry.type !== 'assistant') return entry
  if (stored.text.length > entry.text.length) return stored
  // What a turn elsewhere has cost is known at its end.
  const { turn } = stored
  return turn === undefined || entry.turn !== undefined ? entry : { ...entry, turn }
}

/** Notices from before the first message, such as invalid settings or a changed model. */
function openingNotices({ settled }: SessionState): readonly Entry[] {
  return settled.every((entry) => entry.type === 'notice') ? settled : []
}

function append(state: SessionState, entry: Entry): SessionState {
  return { ...state, current: [...state.current, entry] }
}

function settle(state: SessionState): SessionState {
  if (state.current.length === 0) return state
  return { ...state, settled: [...state.settled, ...state.current], current: [] }
}

function addNotice(
  state: SessionState,
  event: Extract<SessionEvent, { type: 'notice.posted' }>,
): SessionState {
  const entry: Entry = {
    type: 'notice',
    id: event.id,
    level: event.level,
    text: event.text,
    hint: event.hint,
    ...(event.command === undefined ? {} : { command: event.command }),
  }
  return state.turn.type === 'running'
    ? append(state, entry)
    : { ...state, settled: [...state.settled, entry] }
}

function appendText(
  state: SessionState,
  role: 'reasoning' | 'assistant',
  id: string,
  text: string,
): SessionState {
  const index = state.current.findLastIndex((entry) => entry.type === role && entry.id === id)
  const entry = state.current[index]
  if (entry === undefined || entry.type !== role) return append(state, { type: role, id, text })
  return { ...state, current: state.current.with(index, { ...entry, text: entry.text + text }) }
}

function appendToolDelta(
  state: SessionState,
  event: Extract<SessionEvent, { type: 'tool.delta' }>,
): SessionState {
  const { callId, tool, args, host } = event
  const known = state.current[findCall(state, callId)]
  // Some providers number their calls from the start in each response: a call that has ended is a different one.
  if (known?.type !== 'tool' || isOver(known.call.phase)) {
    const call: ToolCall = { callId, tool, args, label: '', host, phase: { type: 'arriving' } }
    return append(state, { type: 'tool', id: freeId(state, callId), call })
  }
  return changeCall(state, callId, (call) =>
    call.phase.type === 'arriving' ? withMoreArguments(call, tool, args) : call,
  )
}

function freeId({ settled, current }: SessionState, callId: string): string {
  const taken = new Set([...settled, ...current].map((entry) => entry.id))
  let id = callId
  for (let count = 2; taken.has(id); count++) id = `${callId}~${count}`
  return id
}

/** A call that a rule covers is decided at once; the others await approval. */
function request(state: SessionState, asked: ApprovalRequest): SessionState {
  const { label } = asked
  return changeCall(state, asked.callId, (call) => ({
    ...call,
    label,
    phase: phaseAfter(asked),
  }))
}

function phaseAfter(asked: ApprovalRequest): ToolPhase {
  const { verdict, preview, suggestion, dangers, edited, basis, access } = asked
  if (verdict.decision === 'ask') {
    const careful = dangers === undefined ? {} : { dangers }
    const own = edited === undefined ? {} : { edited }
    const able = access === undefined ? {} : { access }
    const shown = basis === undefined ? {} : { basis }
    return { type: 'waiting', preview, verdict, suggestion, ...able, ...careful, ...own, ...shown }
  }
  if (verdict.decision === 'allow') {
    return { type: 'allowed', preview, by: 'rule', reason: verdict.because }
  }
  const reason = permissionDenied(denialMessage(verdict))
  return { type: 'denied', preview, by: 'rule', reason }
}

/** A dangerous call has no suggested rule, so it is never counted. */
function countApproval(
  state: SessionState,
  { callId, allow, by }: Extract<SessionEvent, { type: 'approval.decided' }>,
): SessionState {
  const entry = state.current[findCall(state, callId)]
  if (!allow || by !== 'person' || entry?.type !== 'tool') return state
  const { phase: asked } = entry.call
  if (asked.type !== 'waiting' || asked.suggestion === null) return state
  const { rule } = asked.suggestion
  const count = (state.approvedByHand[rule] ?? 0) + 1
  return { ...state, approvedByHand: { ...state.approvedByHand, [rule]: count } }
}

function decide(
  call: ToolCall,
  event: Extract<SessionEvent, { type: 'approval.decided' }>,
): ToolCall {
  // The first decision counts: a second key press or a late rule does not change it.
  if (call.phase.type !== 'waiting') return call
  const { preview, edited, basis } = call.phase
  const { by, reason, selection, answers } = event
  if (!event.allow) return phase(call, { type: 'denied', preview, by, reason })
  if (preview.type === 'questions') {
    // No rule, mode or approval answers a question to the person.
    if (answers === undefined || by !== 'person') return call
    return phase(call, { type: 'allowed', preview, by, reason, answers })
  }
  const own = {
    ...(edited === undefined ? {} : { edited }),
    ...(basis === undefined ? {} : { basis }),
  }
  if (selection === undefined) return phase(call, { type: 'allowed', preview, by, reason, ...own })
  const part = selectedPreview(preview, selection)
  const shown = preview
  return phase(call, { type: 'allowed', preview: part, by, reason, selection, shown, ...own })
}

function selectedPreview(preview: Preview, { rejectedLines }: ChangeSelection): Preview {
  if (preview.type !== 'diff') return preview
  const part = selectedDiff(preview.hunks, new Set(rejectedLines))
  return { ...preview, ...part, isPartial: true }
}

function output(call: ToolCall, text: string): ToolCall {
  if (call.phase.type !== 'running') return call
  return phase(call, { ...call.phase, output: (call.phase.output + text).slice(-OUTPUT_KEPT) })
}

function finish(call: ToolCall, event: Extract<SessionEvent, { type: 'tool.finished' }>): ToolCall {
  if (call.phase.type === 'denied') return call
  const tookMs = call.phase.type === 'running' ? event.at - call.phase.since : null
  const { label = call.label, status, text } = event
  return phase(
    { ...call, label },
    {
      type: 'finished',
      preview: previewOf(call),
      status,
      text,
      tookMs,
      ...editOf(call),
      ...event.ran,
    },
  )
}

function phase(call: ToolCall, next: ToolPhase): ToolCall {
  return { ...call, phase: next }
}

function editOf({ phase: { type, ...known } }: ToolCall): { readonly isEdited?: true } {
  const isEdited = ('edited' in known && known.edited !== undefined) || 'isEdited' in known
  return isEdited ? { isEdited } : {}
}

function previewOf(call: ToolCall) {
  return 'preview' in call.phase ? call.phase.preview : null
}

function findCall(state: SessionState, callId: string): number {
  return state.current.findLastIndex(
    (entry) => entry.type === 'tool' && entry.call.callId === callId,
  )
}

function changeCall(
  state: SessionState,
  callId: string,
  change: (call: ToolCall) => ToolCall,
): SessionState {
  const index = findCall(state, callId)
  const entry = state.current[index]
  if (entry?.type !== 'tool') return state
  const call = change(entry.call)
  return call === entry.call
    ? state
    : { ...state, current: state.current.with(index, { ...entry, call }) }
}

/** A turn that an earlier process has not ended. */
function interrupt(state: SessionState, id: string): SessionState {
  const index = state.settled.findLastIndex(({ type }) => type === 'user')
  const sent = state.settled[index]
  const marked =
    sent?.type === 'user'
      ? state.settled.with(index, { ...sent, outcome: 'failed' })
      : state.settled
  const text = { text: TURN_INTERRUPTED, hint: null }
  return { ...state, settled: [...marked, { type: 'notice', id, level: 'warning', ...text }] }
}

/** Ends the turn: unfinished calls are dropped, the user's message is marked, and the reason follows. */
function close(
  state: SessionState,
  event: Extract<SessionEvent, { type: 'turn.finished' }>,
): SessionState {
  const outcome = USER_OUTCOME[event.outcome.type]
  const current = state.current.map((entry): Entry => {
    if (entry.type === 'tool' && !isOver(entry.call.phase)) {
      return { ...entry, call: phase(entry.call, { type: 'dropped' }) }
    }
    return entry.type === 'user' && outcome !== 'kept' ? { ...entry, outcome } : entry
  })
  const last = closingNotice(event.id, event.outcome)
  return { ...state, current: last === null ? current : [...current, last] }
}

const USER_OUTCOME = { done: 'kept', cancelled: 'cancelled', failed: 'failed' } as const

function closingNotice(id: string, outcome: TurnOutcome): Entry | null {
  if (outcome.type === 'done') return null
  if (outcome.type === 'cancelled') {
    return { type: 'notice', id, level: 'warning', text: outcome.text, hint: null }
  }
  return { type: 'notice', id, level: 'error', text: outcome.message, hint: outcome.hint }
}
