import type { PendingCall } from '../client/gateway/gateway.ts'
import type { Reply } from '../client/stream/stream.ts'
import { findDangers } from '../permissions/dangerous-calls.ts'
import { type CallDecision, decide, decideCall } from '../permissions/decide.ts'
import { suggest } from '../permissions/suggest.ts'
import type { PermissionRequest, Policy, Verdict } from '../permissions/types.ts'
import type { Store } from '../store.ts'
import type { CallApproval, PreparedCall, Runner } from '../tools/runner.ts'
import type { Preview, ToolAnswer } from '../tools/tool.ts'
import type { ApprovalRequest, SessionEvent } from './events.ts'
import { LEFT_PENDING } from './messages.ts'
import { redactKeys } from './redact-keys.ts'
import { decisionOn, type SessionState } from './state.ts'
import type { SettleContext } from './turn.ts'

interface SettlePorts {
  readonly store: Store<SessionState, SessionEvent>
  readonly runner: Runner
  policy(): Policy
  /** The variables that contain letta's own keys. */
  environment(): Readonly<Record<string, string | undefined>>
  /** Keeps the result of a call until the server has it. */
  keep(call: PendingCall, result: Extract<Reply, { type: 'result' }>): Promise<void>
  /** The result of a call that ran, and whose delivery failed; null for none. */
  findKept(call: PendingCall): Promise<Extract<Reply, { type: 'result' }> | null>
  now(): number
}

/**
 * Resolves tool calls to replies, in this order: verdict, preview, decision (by a rule, or by the user through the state), run.
 * Read-only tools run concurrently, the others one after another in the agent's order.
 */
export async function resolveToolCalls(
  ports: SettlePorts,
  calls: readonly PendingCall[],
  context: SettleContext,
): Promise<readonly Reply[]> {
  const asked = await Promise.all(calls.map((call) => prepareCall(ports, call, context)))
  const requests = asked.flatMap((one) => (one.type === 'asked' ? [one.request] : []))
  if (requests.length > 0) {
    ports.store.dispatch({ type: 'approval.requested', requests, at: ports.now() })
  }
  const inOrder = createQueue()
  return Promise.all(
    asked.map((one, index) => {
      if (one.type === 'answered') return one.reply
      const settle = async (): Promise<Reply> => {
        const reply = await settleOne(ports, one, context.signal)
        const call = calls[index]
        if (reply.type === 'result' && call !== undefined) await ports.keep(call, reply)
        return reply
      }
      return one.prepared.tool.access === 'read' ? settle() : inOrder(settle)
    }),
  )
}

async function settleOne(
  ports: SettlePorts,
  { prepared, request, resolved }: Extract<Asked, { type: 'asked' }>,
  signal: AbortSignal,
): Promise<Reply> {
  const { callId } = request
  const decision = await ports.store.when(decisionOn(callId), signal)
  if (!decision.allow) return { type: 'denial', callId, reason: decision.reason }
  if (decision.by !== 'rule') {
    const { selection } = decision
    return runCall(ports, prepared, signal, { resolved, ...(selection ? { selection } : {}) })
  }
  // Calls that ran in the meantime may have changed the targets of this one.
  const policy = ports.policy()
  const now = await decideCall(policy, permissionRequest(prepared))
  if (now.verdict.decision === 'allow') {
    return runCall(ports, prepared, signal, approvalOf(now))
  }
  const again = await composeRequest(ports, policy, prepared, now)
  if (again.type === 'answered') return again.reply
  const requests = [again.request]
  ports.store.dispatch({ type: 'approval.requested', requests, at: ports.now() })
  return settleOne(ports, again, signal)
}

/** Binds the call to what was judged, so that nothing else can run. */
function approvalOf({ verdict, resolved }: CallDecision): CallApproval {
  const { runs, rule } = verdict
  if (runs === undefined) return { resolved }
  return { resolved, unattended: { text: runs, kind: rule === null ? 'readOnly' : 'byRule' } }
}

type Asked =
  | {
      readonly type: 'asked'
      readonly prepared: PreparedCall
      readonly request: ApprovalRequest
      readonly resolved: readonly string[]
    }
  | { readonly type: 'answered'; readonly reply: Reply }

async function prepareCall(
  ports: SettlePorts,
  call: PendingCall,
  { turnId, stale }: SettleContext,
): Promise<Asked> {
  const { callId, tool: name, args } = call
  const kept = stale ? await ports.findKept(call) : null
  if (kept !== null) {
    // It ran, but its result did not arrive: nothing is left to ask about.
    finished(ports, callId, kept, ports.runner.labelOf(name, args))
    return { type: 'answered', reply: kept }
  }
  const agentId = ports.store.state.agent?.id ?? ''
  const made = ports.runner.prepare({ callId, turnId, agentId, name, args })
  if (!made.ok) return answered(ports, callId, made.answer)
  const policy = ports.policy()
  const judged = await decideCall(policy, permissionRequest(made.prepared))
  const verdict = stale ? asLeftWaiting(judged.verdict) : judged.verdict
  return composeRequest(ports, policy, made.prepared, { ...judged, verdict })
}

/** The verdict comes before the preview: a preview reads files, and must not reveal the content of those that are denied. */
async function composeRequest(
  ports: SettlePorts,
  policy: Policy,
  prepared: PreparedCall,
  { verdict, resolved }: CallDecision,
): Promise<Asked> {
  const { callId, label } = prepared
  const request = permissionRequest(prepared)
  const preview =
    verdict.decision === 'deny' ? NO_PREVIEW : withPrinted(await prepared.preview(), verdict)
  if (preview.type === 'impossible' && (await mayRead(policy, request))) {
    // The user is not asked about a call that can only fail.
    return answered(ports, callId, { status: 'error', text: preview.reason }, label)
  }
  const isAsked = verdict.decision === 'ask'
  const dangers = isAsked ? await findDangers(policy.bounds, request) : []
  // What is dangerous is approved each time.
  const suggestion = isAsked && dangers.length === 0 ? await suggest(policy, request) : null
  const careful = dangers.length === 0 ? {} : { dangers }
  const asked = { callId, label, preview, verdict, suggestion, ...careful }
  return { type: 'asked', prepared, request: asked, resolved }
}

function permissionRequest({ tool, subject }: PreparedCall): PermissionRequest {
  return { tool: tool.name, access: tool.access, subject }
}

const NO_PREVIEW: Preview = { type: 'arguments', text: '' }

/** Adds the command that actually runs to the preview, when it differs from the agent's text. */
function withPrinted(preview: Preview, { runs }: Verdict): Preview {
  if (preview.type !== 'command' || runs === undefined || runs === preview.command) return preview
  return { ...preview, runs }
}

/** The reason why a call must fail can reveal a file's content: it is given only where reading the file requires no approval. */
async function mayRead(policy: Policy, { subject }: PermissionRequest): Promise<boolean> {
  const { decision } = await decide(policy, { tool: 'Read', access: 'read', subject })
  return decision === 'allow'
}

/** A call from an earlier session may have run already: only the user can approve it. */
function asLeftWaiting(verdict: Verdict): Verdict {
  if (verdict.decision === 'deny') return verdict
  return { decision: 'ask', rule: null, source: null, because: LEFT_PENDING, part: null }
}

function answered(ports: SettlePorts, callId: string, answer: ToolAnswer, label?: string): Asked {
  finished(ports, callId, answer, label)
  return { type: 'answered', reply: replyOf(callId, answer) }
}

async function runCall(
  ports: SettlePorts,
  prepared: PreparedCall,
  signal: AbortSignal,
  approval: CallApproval,
): Promise<Reply> {
  const { callId } = prepared
  signal.throwIfAborted()
  ports.store.dispatch({ type: 'tool.started', callId, at: ports.now() })
  const output = (text: string): void =>
    ports.store.dispatch({ type: 'tool.output', callId, text, at: ports.now() })
  const result = await prepared.run(signal, output, approval)
  const { bounds } = ports.policy()
  const environment = ports.environment()
  const answer = await redactKeys(result, prepared.subject, { bounds, environment })
  signal.throwIfAborted()
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
