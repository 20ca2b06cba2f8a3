import type { ApprovalRequest, SessionEvent } from '../../../lib/session/events.ts'
import type { ToolCall } from '../../../lib/session/state/entry.ts'
import { decisionOn, pendingApprovals } from '../../../lib/session/state/selectors.ts'
import type { SessionState } from '../../../lib/session/state/session-state.ts'
import { PLAIN_VIEW } from '../../view/render/diff-page.ts'
import { type DiffSelection, selectionOf, selectionWithout } from '../diff-selection.ts'
import { createEditor, deleteToLineStart, moveToLineEnd } from '../editor.ts'
import type { WorkbenchEvent } from '../events.ts'
import { type EditDraft, TYPING_PAUSE_MS, type WorkbenchState } from '../state.ts'
import { focusOn, withScroll } from './panes.ts'
import { withoutOldForms } from './questions.ts'

export const NO_APPROVAL: WorkbenchState['approval'] = {
  callId: null,
  visibleSince: 0,
  isZoomed: false,
  confirming: null,
  view: PLAIN_VIEW,
  isFull: false,
  seen: null,
  editing: null,
  drafts: new Map(),
  contexts: new Map(),
  forms: new Map(),
  writing: null,
  left: null,
  ignoredKeyAt: null,
  answeredAt: Number.NEGATIVE_INFINITY,
  strayText: '',
  focusedFor: null,
  selections: new Map(),
  leftSelections: new Map(),
}

export function approvalRequested(
  state: WorkbenchState,
  session: SessionState,
  { requests, at }: Extract<SessionEvent, { type: 'approval.requested' }>,
): WorkbenchState {
  const waiting = pendingApprovals(session)
  if (waiting.length === 0) return state
  const since = Math.max(at, state.now)
  const fresh = requests.reduce((now, request) => showAgain(now, request, since), state)
  const isShown = waiting.some((call) => call.callId === fresh.approval.callId)
  const next = isShown ? fresh : showApproval(fresh, waiting[0]?.callId ?? null, at)
  return focusApprovalWhenIdle({ ...next, now: at }, session)
}

/** What is shown of a call has changed: answers were for what it was before, and so was the selection, except what is carried over. */
function showAgain(
  before: WorkbenchState,
  { callId, preview, rejectedLines = [] }: ApprovalRequest,
  at: number,
): WorkbenchState {
  const state = withoutBatchOf(before, callId)
  const selections = new Map(state.approval.selections)
  if (rejectedLines.length > 0 && preview.type === 'diff')
    selections.set(callId, selectionWithout(preview.hunks, new Set(rejectedLines)))
  else selections.delete(callId)
  const leftSelections = new Map(state.approval.leftSelections)
  const left = leftSelections.get(callId)
  leftSelections.delete(callId)
  const restored =
    left === undefined || preview.type !== 'diff' ? null : selectionOf(preview.hunks, left)
  if (restored !== null) selections.set(callId, restored)
  // After an answer that could not be carried out, the focus is moved to the call again.
  const isBack = state.approval.focusedFor === callId && state.focus !== 'approval'
  const focusedFor = isBack ? null : state.approval.focusedFor
  const seen = state.approval.seen?.callId === callId ? null : state.approval.seen
  const approval = { ...state.approval, selections, leftSelections, focusedFor, seen }
  const next = { ...state, approval }
  if (state.approval.callId !== callId) return next
  const shown = showApproval({ ...next, approval: { ...next.approval, callId: null } }, callId, at)
  // It is the same call, so its size stays.
  const { isZoomed, isFull } = state.approval
  return { ...shown, approval: { ...shown.approval, isZoomed, isFull } }
}

/** A question about several calls is closed when one of them is no longer what was listed. */
function withoutBatchOf(state: WorkbenchState, callId: string): WorkbenchState {
  const { overlay } = state
  const action = overlay?.type === 'page' ? overlay.question?.action : undefined
  const isListed = action?.type === 'approval.allowMany' && action.callIds.includes(callId)
  return isListed ? { ...state, overlay: null } : state
}

/** Moves the focus to a pending call, once for each call, as soon as no key is on its way to anything else. */
export function focusApprovalWhenIdle(
  state: WorkbenchState,
  session: SessionState,
): WorkbenchState {
  const { callId, focusedFor } = state.approval
  if (callId === null || focusedFor === callId || pendingApprovals(session).length === 0) {
    return state
  }
  if (!isIdle(state, state.now)) return state
  const focused = focusOn(withoutStrayText(state), 'approval')
  const approval = { ...focused.approval, focusedFor: callId, visibleSince: state.now }
  return { ...focused, approval }
}

/** True when a key that is on its way can only be meant for the empty message. */
function isIdle(state: WorkbenchState, at: number): boolean {
  const { focus, composer, overlay, lastTypedAt } = state
  return (
    focus === 'composer' &&
    composer.text === state.approval.strayText &&
    overlay === null &&
    at - lastTypedAt >= TYPING_PAUSE_MS
  )
}

/** After an answer: the next pending call, or the message when there is none. */
export function advanceApproval(before: WorkbenchState, session: SessionState): WorkbenchState {
  const waiting = pendingApprovals(session)
  const state = withoutOldRule(before, waiting)
  if (waiting.some((call) => call.callId === state.approval.callId)) return state
  const next = withoutOldForms(
    withoutOldSelections(
      showApproval(state, nextWaiting(session, waiting, state.approval.callId), state.now),
      waiting,
    ),
    (callId) => waiting.some((call) => call.callId === callId),
    (callId) => decisionOn(callId)(session)?.allow === true,
  )
  if (waiting.length > 0 || state.focus !== 'approval') return next
  const away = focusOn(next, 'composer')
  return { ...away, approval: { ...away.approval, answeredAt: away.now } }
}

/** A rule for a call that was answered in another way would be saved for nothing. */
function withoutOldRule(state: WorkbenchState, waiting: readonly ToolCall[]): WorkbenchState {
  const { overlay } = state
  const isOld = overlay?.type === 'rule' && waiting.every(({ callId }) => callId !== overlay.callId)
  return isOld ? { ...state, overlay: null } : state
}

/** The pending call after the answered one, else the first. */
function nextWaiting(
  { current }: SessionState,
  waiting: readonly ToolCall[],
  answered: string | null,
): string | null {
  const calls = current.flatMap((entry) => (entry.type === 'tool' ? [entry.call] : []))
  const from = calls.findIndex(({ callId }) => callId === answered)
  const after = calls.slice(from + 1).find((call) => waiting.includes(call))
  return (after ?? waiting[0])?.callId ?? null
}

/** How long after an answer a key may still be meant for it. */
const STRAY_KEY_MS = 700
/** An answer that is pressed again, but no word. */
const MAX_STRAY_CHARACTERS = 2
/** An answer to a call that is on the screen, but has not got the focus yet. */
const EARLY_ANSWER = /^(yy?|n)$/

/**
 * Remembers a key that was pressed again after the focus went to the empty message, or before it went to the call that is shown,
 * so that it is not taken for a draft.
 */
export function noteStrayKey(before: WorkbenchState, after: WorkbenchState): WorkbenchState {
  const { answeredAt, strayText, callId, focusedFor } = before.approval
  const { text } = after.composer
  const isRepeated =
    text.length <= MAX_STRAY_CHARACTERS && after.lastTypedAt - answeredAt < STRAY_KEY_MS
  const isEarly = callId !== null && focusedFor !== callId && EARLY_ANSWER.test(text)
  const isStray = before.composer.text === strayText && (isRepeated || isEarly)
  const stray = isStray ? text : ''
  if (stray === strayText) return after
  return { ...after, approval: { ...after.approval, strayText: stray } }
}

/** The removed text can be yanked back. */
function withoutStrayText(state: WorkbenchState): WorkbenchState {
  if (state.approval.strayText === '') return state
  const composer = deleteToLineStart(moveToLineEnd(state.composer))
  return { ...state, composer, approval: { ...state.approval, strayText: '' } }
}

export function showApproval(
  state: WorkbenchState,
  callId: string | null,
  at: number,
): WorkbenchState {
  if (state.approval.callId === callId) return state
  const top = withScroll(state, 'approval', { type: 'item', item: '', row: 0 })
  return {
    ...top,
    approval: {
      ...state.approval,
      callId,
      visibleSince: at,
      confirming: null,
      ignoredKeyAt: null,
      // It was enlarged for the call that was shown.
      isZoomed: false,
      isFull: false,
    },
  }
}

/** The key for a dangerous call is required again after its selection has changed. */
export function selectPart(
  state: WorkbenchState,
  callId: string,
  selection: DiffSelection,
): WorkbenchState {
  const selections = new Map([...state.approval.selections, [callId, selection]])
  return { ...state, approval: { ...state.approval, selections, confirming: null } }
}

function withoutOldSelections(state: WorkbenchState, waiting: readonly ToolCall[]): WorkbenchState {
  const isWaiting = (callId: string): boolean => waiting.some((call) => call.callId === callId)
  const selections = [...state.approval.selections].filter(([callId]) => isWaiting(callId))
  const drafts = [...state.approval.drafts].filter(([callId]) => isWaiting(callId))
  const contexts = [...state.approval.contexts].filter(([callId]) => isWaiting(callId))
  const approval = {
    ...state.approval,
    selections: new Map(selections),
    drafts: new Map(drafts),
    contexts: new Map(contexts),
  }
  return withoutOldEdit({ ...state, approval }, isWaiting)
}

/** A call that was cancelled while its text was edited: the text can be yanked into the message. */
function withoutOldEdit(
  state: WorkbenchState,
  isWaiting: (callId: string) => boolean,
): WorkbenchState {
  const { editing } = state.approval
  if (editing === null || isWaiting(editing.callId)) return state
  const composer = { ...state.composer, killed: editing.editor.text }
  return { ...state, composer, approval: { ...state.approval, editing: null } }
}

/** Rows that were jumped over are not seen. At another width the count starts again. */
export function noteSeen(
  state: WorkbenchState,
  { callId, columns, top, to, lines }: Extract<WorkbenchEvent, { type: 'approval.viewed' }>,
): WorkbenchState {
  const { seen } = state.approval
  const known = seen?.callId === callId && seen.columns === columns ? seen.rows : 0
  const rows = top <= known ? Math.max(known, to) : known
  const before = seen?.callId === callId ? seen.lines : 0
  const next = { callId, columns, rows, lines: Math.max(before, lines ?? 0) }
  return { ...state, approval: { ...state.approval, seen: next } }
}

export function startEdit(
  state: WorkbenchState,
  { callId, before, text, cursor }: Extract<WorkbenchEvent, { type: 'approval.editStarted' }>,
): WorkbenchState {
  const editing = { callId, before, editor: { ...createEditor(text), cursor } }
  return { ...state, approval: { ...state.approval, editing, confirming: null } }
}

export function endEdit(
  state: WorkbenchState,
  callId: string,
  draft: EditDraft | null,
): WorkbenchState {
  const drafts = new Map(state.approval.drafts)
  if (draft === null) drafts.delete(callId)
  else drafts.set(callId, draft)
  return { ...state, approval: { ...state.approval, editing: null, drafts } }
}

/** What is selected in this process already is newer. */
export function withLeftSelections(
  state: WorkbenchState,
  session: SessionState,
  found: Extract<WorkbenchEvent, { type: 'selections.found' }>['selections'],
): WorkbenchState {
  const selections = new Map(state.approval.selections)
  const left = new Map(state.approval.leftSelections)
  const waiting = pendingApprovals(session)
  for (const { callId, rejected } of found) {
    const phase = waiting.find((call) => call.callId === callId)?.phase
    if (phase?.type !== 'waiting') left.set(callId, rejected)
    else if (!selections.has(callId) && phase.preview.type === 'diff') {
      const restored = selectionOf(phase.preview.hunks, rejected)
      if (restored !== null) selections.set(callId, restored)
    }
  }
  return { ...state, approval: { ...state.approval, selections, leftSelections: left } }
}

/** What was edited in this process already is newer. */
export function withFoundEdits(
  state: WorkbenchState,
  found: Extract<WorkbenchEvent, { type: 'edits.found' }>['edits'],
): WorkbenchState {
  const { drafts } = state.approval
  const left = found.map(({ callId, ...draft }) => [callId, draft] as const)
  return { ...state, approval: { ...state.approval, drafts: new Map([...left, ...drafts]) } }
}
