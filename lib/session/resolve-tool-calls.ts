import { noDenial } from '../client/gateway/history.ts'
import type { PendingCall } from '../client/gateway/pending-calls.ts'
import { CALL_CANCELLED } from '../client/messages.ts'
import type { Reply } from '../client/stream/stream.ts'
import { ignoreErrno } from '../fs/errno.ts'
import { type CallDecision, decideCall } from '../permissions/decide.ts'
import { locatePrograms } from '../permissions/locate-programs.ts'
import type { Policy } from '../permissions/types.ts'
import { allow, ask } from '../permissions/verdicts.ts'
import type { Store } from '../store.ts'
import { callRepeated, unknownTool } from '../tools/messages/calls.ts'
import type { CallApproval, PreparedCall, Runner, ToolCallRequest } from '../tools/runner.ts'
import type { ChangeSelection, OutdatedBy, TextEdit, ToolAnswer } from '../tools/tool.ts'
import { carryRejected } from '../util/carry-rejected.ts'
import type { Hunk } from '../util/unified-diff.ts'
import { UserError } from '../util/user-error.ts'
import { asLeftWaiting, createApprovalRequest, permissionRequest } from './approval-request.ts'
import { type CallTurns, createCallTurns } from './call-turns.ts'
import type { ApprovalRequest, SessionEvent } from './events.ts'
import type { MemoryCall, MemoryCallPorts } from './memory-calls.ts'
import { APPROVED_ONCE, MODIFIED_SINCE_SHOWN, modifiedInReview } from './messages/approvals.ts'
import { redactKeys } from './redact-keys.ts'
import { restoreCall } from './restore-calls.ts'
import { confirmMemoryCalls, findMemoryCalls, settleMemoryCall } from './settle-memory-calls.ts'
import { decisionOn, newestCall } from './state/selectors.ts'
import type { SessionState } from './state/session-state.ts'
import type { SettleContext } from './turn.ts'

interface SettlePorts {
  readonly store: Store<SessionState, SessionEvent>
  readonly runner: Runner
  policy(): Policy
  /** The local tools that the agent may call; null for all. */
  readonly attachedTools: readonly string[] | null
  /** The variables that contain letta's own keys. */
  environment(): Readonly<Record<string, string | undefined>>
  /** Absent where no agent is open. */
  readonly memory?: MemoryCallPorts
  /** Keeps the result of a call until the server has it. */
  keep(call: PendingCall, result: Extract<Reply, { type: 'result' }>): Promise<void>
  /** The result of a call that ran, and whose delivery failed; null for none. */
  findKept(call: PendingCall): Promise<Extract<Reply, { type: 'result' }> | null>
  now(): number
}

interface RunPorts extends SettlePorts {
  readonly turns: CallTurns
}

/**
 * Resolves tool calls to replies, in this order: verdict, preview, decision (by a rule, or by the user through the state), run.
 * Read-only tools run concurrently, the others one after another in the agent's order, without them. When the turn is cancelled
 * after some of them have run or were denied, the others are denied; otherwise it rejects.
 */
export async function resolveToolCalls(
  given: SettlePorts,
  calls: readonly PendingCall[],
  context: SettleContext,
): Promise<readonly Reply[]> {
  const ports = { ...given, turns: createCallTurns() }
  const memory = await findMemoryCalls(ports, calls, context.stale)
  const asked = await Promise.all(
    calls.map((call, index) => {
      const isFollowing = followsWrite(ports.runner, calls, index)
      return prepareCall(ports, call, context, { memory: memory.get(call.callId), isFollowing })
    }),
  )
  const requests = asked.flatMap((one) => ('request' in one ? [one.request] : []))
  if (requests.length > 0) {
    ports.store.dispatch({ type: 'approval.requested', requests, at: ports.now() })
  }
  const inOrder = createQueue()
  const reads: Promise<Reply>[] = []
  const settled = await Promise.allSettled(
    asked.map((one, index) => {
      if (one.type === 'answered') return one.reply
      const earlier = [...reads]
      const settle = async (): Promise<Reply> => {
        if (one.type === 'later') return settleLater(ports, one, context)
        // What these calls have read counts as text from outside.
        if (one.type === 'memory') await Promise.allSettled(earlier)
        const reply = await (one.type === 'memory'
          ? settleMemoryCall(ports, one.memory, context.signal)
          : settleOne(ports, one, context.signal))
        const call = calls[index]
        if (reply.type === 'result' && call !== undefined) await ports.keep(call, reply)
        return reply
      }
      const isRead = one.type === 'asked' && one.prepared.tool.access === 'read'
      if (!isRead) return inOrder(settle)
      const reading = settle()
      reads.push(reading)
      return reading
    }),
  )
  const memories = asked.map((one) => (one.type === 'memory' ? one.memory : null))
  const replies = await confirmMemoryCalls(ports, memories, settled, context.signal)
  const isDenied = ({ callId }: PendingCall): boolean =>
    decisionOn(callId)(ports.store.state)?.allow === false
  const hasRun = replies.some((one) => one.status === 'fulfilled' && one.value.type === 'result')
  const hasAnswer = hasRun || calls.some(isDenied)
  const areAllSettled = replies.every(({ status }) => status === 'fulfilled')
  return replies.map((one, index) => {
    const isCancelled = context.signal.aborted && hasAnswer
    if (one.status === 'fulfilled' && !(isCancelled && one.value.type === 'approval')) {
      // The server runs what was approved when the last call of the answer is decided.
      if (one.value.type === 'approval' && areAllSettled) {
        const { callId } = one.value
        ports.store.dispatch({ type: 'tool.started', callId, at: ports.now() })
      }
      return one.value
    }
    if (one.status === 'rejected' && !isCancelled) throw one.reason
    const callId = calls[index]?.callId ?? ''
    const decision = decisionOn(callId)(ports.store.state)
    return toDenial(callId, decision?.allow === false ? decision.reason : CALL_CANCELLED)
  })
}

/** Whether an earlier call changes a file that this call changes: what that leads to is not known yet. */
function followsWrite(runner: Runner, calls: readonly PendingCall[], index: number): boolean {
  const [last, ...earlier] = calls
    .slice(0, index + 1)
    .toReversed()
    .map((call) => writtenPaths(runner, call))
  return last?.some((file) => earlier.some((paths) => paths.includes(file))) === true
}

function writtenPaths(
  runner: Runner,
  { callId, tool: name, args }: PendingCall,
): readonly string[] {
  const made = runner.prepare({ callId, turnId: '', name, args })
  if (!made.ok || made.prepared.tool.access !== 'write') return []
  const { subject } = made.prepared
  return subject.type === 'paths' ? subject.paths : []
}

/** Shows a call that was not possible before the earlier calls of its answer had run. */
async function settleLater(
  ports: RunPorts,
  { pending }: Extract<Asked, { type: 'later' }>,
  context: SettleContext,
): Promise<Reply> {
  context.signal.throwIfAborted()
  const asked = await askAbout(ports, pending, context)
  if (asked.type === 'answered') return asked.reply
  ports.store.dispatch({
    type: 'approval.requested',
    requests: [asked.request],
    at: ports.now(),
  })
  const reply = await settleOne(ports, asked, context.signal)
  if (reply.type === 'result') await ports.keep(pending, reply)
  return reply
}

async function settleOne(
  ports: RunPorts,
  asked: Extract<Asked, { type: 'asked' }>,
  signal: AbortSignal,
): Promise<Reply> {
  const { prepared, request, resolved, call } = asked
  const { callId } = request
  const decision = await ports.store.when(decisionOn(callId), signal)
  if (!decision.allow) return { type: 'denial', callId, reason: decision.reason }
  if (decision.by !== 'rule') {
    const { selection, edited, answers } = decision
    const chosen = edited === undefined ? prepared : preparedAs(ports, call, edited)
    const part = selection === undefined ? {} : { selection }
    const given = answers === undefined ? {} : { answers }
    const by = decision.by === 'person' ? await chosen.outdatedBy() : null
    if (by !== null) return showAgain(ports, asked, { chosen, edited, selection, by, signal })
    return runCall(ports, chosen, signal, { resolved, ...part, ...given })
  }
  const judged = await inTurn(ports, prepared, () => runIfAllowed(ports, asked, signal))
  if ('reply' in judged) return judged.reply
  const again = await composeRequest(ports, judged.policy, asked, judged.now)
  if (again.type === 'answered') return again.reply
  const requests = [again.request]
  ports.store.dispatch({ type: 'approval.requested', requests, at: ports.now() })
  return settleOne(ports, again, signal)
}

/** Judges a call again that rules have allowed: calls that ran in the meantime may have changed its targets. */
async function runIfAllowed(
  ports: RunPorts,
  asked: Extract<Asked, { type: 'asked' }>,
  signal: AbortSignal,
): Promise<{ readonly reply: Reply } | { readonly policy: Policy; readonly now: CallDecision }> {
  const { prepared } = asked
  const policy = ports.policy()
  const now = await decideCall(policy, permissionRequest(prepared))
  if (now.verdict.decision !== 'allow') return { policy, now }
  const by = await prepared.outdatedBy()
  if (by === 'tool' || by === 'toolWithin') {
    const current = await composeRequest(ports, policy, asked, now)
    if (current.type === 'answered') return current
    const requests = [current.request]
    ports.store.dispatch({ type: 'approval.requested', requests, at: ports.now() })
  }
  const approval = await approvalOf(ports, policy, now)
  return { reply: await startCall(ports, prepared, signal, approval) }
}

/** What a person has approved is no longer what would be done: the change of the file as it is now needs approval. */
async function showAgain(
  ports: RunPorts,
  asked: Extract<Asked, { type: 'asked' }>,
  { chosen, edited, selection, by, signal }: ChosenCall,
): Promise<Reply> {
  const policy = ports.policy()
  const judged = await decideCall(policy, permissionRequest(chosen))
  // What the user has allowed for the turn includes what its earlier calls lead to, but no part that was rejected.
  const coversAll = selection === undefined
  const isDenied = judged.verdict.decision === 'deny'
  // The text that the file would have was shown, and approved completely.
  const isSameText = by === 'toolWithin' && coversAll && !isDenied
  const isAllowed = judged.verdict.decision === 'allow' && by !== 'others' && coversAll
  const isJudged = isAllowed || isDenied
  const own = isSameText ? allow(APPROVED_ONCE) : ask(MODIFIED_SINCE_SHOWN)
  const verdict = isJudged ? judged.verdict : own
  const now = { ...judged, verdict }
  const again = await composeRequest(ports, policy, { ...asked, prepared: chosen }, now)
  if (again.type === 'answered') return again.reply
  const kept = edited === undefined ? {} : { edited }
  const before = shownHunks(ports.store.state, asked.request.callId)
  const requests = [{ ...withSelection(again.request, before, selection), ...kept }]
  ports.store.dispatch({ type: 'approval.requested', requests, at: ports.now() })
  if (isSameText && again.request.verdict.decision === 'allow')
    return runCall(ports, chosen, signal, { resolved: again.resolved })
  // The text can be edited back to what the agent proposed.
  return settleOne(ports, { ...again, prepared: asked.prepared }, signal)
}

/** What was rejected of the change as it was shown is rejected of what is shown now, where it is the same. */
function withSelection(
  request: ApprovalRequest,
  before: readonly Hunk[],
  selection: ChangeSelection | undefined,
): ApprovalRequest {
  const { preview, verdict } = request
  if (selection === undefined || verdict.because !== MODIFIED_SINCE_SHOWN) return request
  const isDivisible = preview.type === 'diff' && preview.isIndivisible !== true
  const hunks = isDivisible ? preview.hunks : []
  const { rejected, isComplete } = carryRejected(before, hunks, selection.rejectedLines)
  return { ...request, verdict: ask(modifiedInReview(isComplete)), rejectedLines: rejected }
}

/** The hunks among which the user has selected. */
function shownHunks(state: SessionState, callId: string): readonly Hunk[] {
  const phase = newestCall(state, callId)?.phase
  const shown = phase?.type === 'allowed' ? phase.shown : undefined
  return shown?.type === 'diff' ? shown.hunks : []
}

interface ChosenCall {
  readonly chosen: PreparedCall
  readonly selection: ChangeSelection | undefined
  readonly edited: TextEdit | undefined
  /** Who has modified its file. */
  readonly by: OutdatedBy
  readonly signal: AbortSignal
}

/** The call with the text that the user approved in place of the proposed one. */
function preparedAs(ports: SettlePorts, call: ToolCallRequest, edited: TextEdit): PreparedCall {
  const made = ports.runner.prepare({ ...call, edited })
  if (!made.ok) throw new UserError(made.answer.text)
  return made.prepared
}

/** Binds the call to what was judged, so that nothing else can run. */
async function approvalOf(
  { runner }: SettlePorts,
  { bounds }: Policy,
  { verdict, resolved }: CallDecision,
): Promise<CallApproval> {
  const { runs, rule } = verdict
  if (runs === undefined) return { resolved }
  const kind = rule === null ? 'readOnly' : 'byRule'
  const located = await locatePrograms(runs, bounds, runner.programDirectories(kind))
  return { resolved, unattended: { text: runs, kind, located: located.text } }
}

type Asked =
  | AskedCall
  | { readonly type: 'memory'; readonly memory: MemoryCall; readonly request: ApprovalRequest }

  /** It is prepared again when the earlier calls have run. */
  | { readonly type: 'later'; readonly pending: PendingCall }

type AskedCall =
  | {
      readonly type: 'asked'
      readonly prepared: PreparedCall
      readonly call: ToolCallRequest
      readonly request: ApprovalRequest
      readonly resolved: readonly string[]
    }
  | { readonly type: 'answered'; readonly reply: Reply }

function toDenial(callId: string, reason: string): Reply {
  return { type: 'denial', callId, reason }
}

async function prepareCall(
  ports: SettlePorts,
  call: PendingCall,
  context: SettleContext,
  {
    memory,
    isFollowing,
  }: { readonly memory?: MemoryCall | undefined; readonly isFollowing: boolean },
): Promise<Asked> {
  const { callId, tool: name, args } = call
  const kept = context.stale ? await ports.findKept(call) : null
  if (kept !== null) {
    // It ran, but its result did not arrive: nothing is left to ask about.
    const { status, text } = kept
    const shown = await restoreCall(call, kept, ports.runner).catch(ignoreErrno())
    const known = shown ?? { label: ports.runner.labelOf(name, args) }
    const at = ports.now()
    ports.store.dispatch({ type: 'tool.finished', callId, status, text, at, ...known })
    return { type: 'answered', reply: kept }
  }
  if (memory !== undefined) return { type: 'memory', memory, request: memory.request }
  const asked = await askAbout(ports, call, context, isFollowing)
  return asked ?? { type: 'later', pending: call }
}

/** Null for a call that may be possible later, and is not possible now. */
function askAbout(ports: SettlePorts, call: PendingCall, context: SettleContext): Promise<AskedCall>
function askAbout(
  ports: SettlePorts,
  call: PendingCall,
  context: SettleContext,
  isFollowing: boolean,
): Promise<AskedCall | null>
async function askAbout(
  ports: SettlePorts,
  { callId, tool: name, args }: PendingCall,
  { turnId, stale }: SettleContext,
  isFollowing = false,
): Promise<AskedCall | null> {
  const agentId = ports.store.state.agent?.id ?? ''
  const call = { callId, turnId, agentId, name, args }
  // A server can have a tool called that is not attached to the agent.
  if (ports.attachedTools?.includes(name) === false) {
    return answered(ports, callId, {
      status: 'error',
      text: unknownTool(name, ports.attachedTools),
    })
  }
  const made = ports.runner.prepare(call)
  if (!made.ok) return answered(ports, callId, made.answer)
  if (stale && (await made.prepared.wasRun())) {
    // An approval would change nothing: it is not run a second time.
    const answer: ToolAnswer = { status: 'error', text: callRepeated(name, callId) }
    return answered(ports, callId, answer, made.prepared.label)
  }
  const policy = ports.policy()
  const judged = await decideCall(policy, permissionRequest(made.prepared))
  const verdict = stale ? asLeftWaiting(judged.verdict) : judged.verdict
  const { prepared } = made
  const decision = { ...judged, verdict }
  if (isFollowing) {
    const { type } = await createApprovalRequest(policy, prepared, decision)
    if (type === 'impossible') return null
  }
  return composeRequest(ports, policy, { prepared, call }, decision)
}

async function composeRequest(
  ports: SettlePorts,
  policy: Policy,
  { prepared, call }: Pick<Extract<Asked, { type: 'asked' }>, 'prepared' | 'call'>,
  decision: CallDecision,
): Promise<AskedCall> {
  const composed = await createApprovalRequest(policy, prepared, decision)
  if (composed.type === 'impossible') {
    const answer: ToolAnswer = { status: 'error', text: composed.reason }
    return answered(ports, prepared.callId, answer, prepared.label)
  }
  const { request } = composed
  return { type: 'asked', prepared, call, request, resolved: decision.resolved }
}

function answered(
  ports: SettlePorts,
  callId: string,
  answer: ToolAnswer,
  label?: string,
): AskedCall {
  finished(ports, callId, answer, label)
  return { type: 'answered', reply: replyOf(callId, answer) }
}

function inTurn<Value>(
  { turns }: RunPorts,
  { tool }: PreparedCall,
  work: () => Promise<Value>,
): Promise<Value> {
  return tool.access === 'read' ? turns.reading(work) : turns.changing(work)
}

function runCall(
  ports: RunPorts,
  prepared: PreparedCall,
  signal: AbortSignal,
  approval: CallApproval,
): Promise<Reply> {
  return inTurn(ports, prepared, () => startCall(ports, prepared, signal, approval))
}

async function startCall(
  ports: SettlePorts,
  prepared: PreparedCall,
  signal: AbortSignal,
  approval: CallApproval,
): Promise<Reply> {
  const { callId } = prepared
  signal.throwIfAborted()
  const { located } = approval.unattended ?? {}
  const started = located === undefined ? {} : { located }
  ports.store.dispatch({ type: 'tool.started', callId, at: ports.now(), ...started })
  const output = (text: string): void =>
    ports.store.dispatch({ type: 'tool.output', callId, text, at: ports.now() })
  const result = await prepared.run(signal, output, approval)
  const { bounds } = ports.policy()
  const environment = ports.environment()
  const redacted = await redactKeys(result, prepared.subject, { bounds, environment })
  const answer = { ...redacted, text: noDenial(redacted.text) }
  // Reading again is harmless. What has changed something is reported, also when it was interrupted.
  if (prepared.tool.access === 'read') signal.throwIfAborted()
  finished(ports, callId, answer)
  // The user may have chosen another mode with the approval.
  if (prepared.tool.endsPlanMode && ports.store.state.mode === 'plan') {
    ports.store.dispatch({ type: 'mode.changed', mode: 'default' })
  }
  return replyOf(callId, answer)
}

function finished(
  ports: SettlePorts,
  callId: string,
  { status, text }: Pick<ToolAnswer, 'status' | 'text'>,
  label?: string,
): void {
  const named = label === undefined ? {} : { label }
  const at = ports.now()
  ports.store.dispatch({ type: 'tool.finished', callId, ...named, status, text, at })
}

function replyOf(callId: string, answer: ToolAnswer): Reply {
  return {
    type: 'result',
    callId,
    status: answer.status,
    text: answer.text,
    stdout: answer.stdout ?? [],
    stderr: answer.stderr ?? [],
    pictures: answer.images ?? [],
  }
}

/** Runs work one after another, in the order it is handed in; a failure does not stop what follows. */
function createQueue(): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work, work)
    last = next
    return next
  }
}
