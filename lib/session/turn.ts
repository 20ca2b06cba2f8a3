import { ConnectionFailure } from '../client/errors.ts'
import type { PendingCall } from '../client/gateway/pending-calls.ts'
import type { StreamLimits } from '../client/gateway/turns.ts'
import { isApprovalPending } from '../client/retry.ts'
import type { ServerError, StreamPart } from '../client/stream/decode.ts'
import type { Reply, TurnInput } from '../client/stream/stream.ts'
import type { Store } from '../store.ts'
import { addDollars } from '../util/add-dollars.ts'
import { createUserError, messageOf, UserError } from '../util/user-error.ts'
import type { AttachedContent } from './attachments.ts'
import type { SessionEvent } from './events.ts'
import { costLimitReached, modelUnavailable, priceUnknown } from './messages/agents.ts'
import {
  ANSWERED_ELSEWHERE,
  APPROVAL_WITHOUT_CALL,
  CALL_ID_REUSED,
  CANCELLED_BEFORE_SENDING,
  COMPACTING,
  COMPACTING_HINT,
  CONTINUE_HINT,
  RECONNECTING,
  SERVER_ERROR_HINTS,
  serverError,
  turnStopped,
} from './messages/turns.ts'
import { reportServerResult } from './server-result.ts'
import { isOver, newestCall } from './state/selectors.ts'
import type { SessionState } from './state/session-state.ts'
import { NO_USAGE, type TurnOutcome, type Usage } from './state/turn.ts'
import { TakenOver } from './turn-lease.ts'

/** The dependencies of a turn. */
export interface TurnPorts {
  readonly store: Store<SessionState, SessionEvent>
  stream(input: TurnInput, limits: StreamLimits): AsyncIterable<StreamPart>
  /** Shows, judges and runs calls; returns one reply for each, in their order. */
  settle(calls: readonly PendingCall[], context: SettleContext): Promise<readonly Reply[]>
  /** Waits until no other session is at work on the agent. Rejects when the signal is aborted first. */
  begin(signal: AbortSignal): Promise<void>
  /** The server has stored the replies to these calls. */
  confirm(callIds: readonly string[]): Promise<void>
  /** The calls that the server reports as pending. */
  pending(): Promise<readonly PendingCall[]>
  /** The same, once no other client seems to be about to answer them. */
  leftPending(signal: AbortSignal): Promise<readonly PendingCall[]>
  /** Reads what a message attaches. Rejects with a `UserError` when something cannot be read. */
  attach(text: string): Promise<AttachedContent>
  /** A message was sent during a turn without what it attaches. */
  attachFailed(problem: string): void
  /** What the user has written meanwhile and the agent is to read before its next step; null for nothing. */
  steering(): TurnStart['message']
  /** The system reminder to send with the message; null for none. */
  reminder(): string | null | Promise<string | null>
  /** Whether another model continues after this error, from now on in this turn. */
  fallBack(error: ServerError): Promise<boolean>
  /** The same input, to be sent again after the server has stored it. */
  repeated(input: TurnInput): TurnInput
  /** Cancels the agent's pending calls: the server denies them. */
  release(): Promise<void>
  /** Maximum number of model calls in one turn. */
  readonly maxSteps: number | null
  /** The usage with what it costs. */
  priced(usage: Usage): Usage
  /** US dollars after which no further request is made in this session; null for no limit. */
  readonly maxCost: number | null
  /** US dollars that count as well; null when unknown. */
  spentElsewhere(): number | null
  /** The fallback model, when it is in use. */
  answeredBy(): { readonly model?: string }
  /** A tool ran on the server: memory may have changed. */
  serverToolReturned(): void
  /** Whether a tool of this name runs here, and never on the server. */
  isLocalTool(name: string): boolean
  /** The message that a cancelled turn ends with. */
  readonly cancelledText: string
  now(): number
  newId(): string
}

export interface SettleContext {
  readonly turnId: string
  /** The calls were left pending by an earlier session: no rule allows them without approval. */
  readonly stale: boolean
  readonly signal: AbortSignal
}

export interface TurnStart {
  readonly message: {
    readonly id: string
    readonly text: string
    /** The part that the person has typed, of which files are attached; null for none. */
    readonly attached: string | null
  } | null
  /** Whether calls may be pending already, which come first. */
  readonly settlesPending: boolean
}

/**
 * Runs one user message (or calls left pending) until the agent is idle. Reports everything by events; rejects only on an
 * internal error.
 */
export async function runTurn(
  ports: TurnPorts,
  start: TurnStart,
  signal: AbortSignal,
): Promise<void> {
  const { store } = ports
  const clock = { apiMs: 0 }
  let hasBegun = false
  const turnId = ports.newId()
  store.dispatch({ type: 'turn.started', turnId, at: ports.now() })
  if (start.message !== null) {
    const { id, text, attached } = start.message
    const flag = attached === null ? {} : { attaches: true as const }
    store.dispatch({ type: 'message.sent', id, text, at: ports.now(), ...flag })
  }
  const finish = (outcome: TurnOutcome): void =>
    store.dispatch({
      type: 'turn.finished',
      outcome,
      apiMs: clock.apiMs,
      at: ports.now(),
      id: `end-${turnId}`,
      ...ports.answeredBy(),
    })
  try {
    if (ports.maxCost !== null && ports.priced(NO_USAGE).dollars === null) {
      throw createUserError(priceUnknown(store.state.agent?.model ?? ''))
    }
    await ports.begin(signal)
    signal.throwIfAborted()
    hasBegun = true
    finish(await converse(ports, start, { turnId, clock, signal }))
  } catch (thrown) {
    if (signal.reason instanceof UserError) return finish(failure(signal.reason))
    if (signal.aborted) {
      const text = hasBegun ? ports.cancelledText : CANCELLED_BEFORE_SENDING
      return finish({ type: 'cancelled', text })
    }
    finish(failure(thrown))
    if (!(thrown instanceof UserError)) throw thrown
  }
}

interface Turn {
  readonly turnId: string
  readonly clock: { apiMs: number }
  readonly signal: AbortSignal
}

/** Follows the protocol: stream; resolve the tool calls; send the replies; repeat. */
async function converse(ports: TurnPorts, start: TurnStart, turn: Turn): Promise<TurnOutcome> {
  const content = await ports.attach(start.message?.attached ?? '')
  const message = await inputMessage(ports, start.message, content)
  const pending = start.settlesPending ? await ports.leftPending(turn.signal) : []
  if (start.settlesPending && pending.length === 0 && message === null) return { type: 'done' }
  let input: TurnInput = { replies: await settleStale(ports, pending, turn), message }
  let conflicts = 0
  while (true) {
    const answer = await readAnswer(ports, input, turn)
    // The server has stored nothing of a request that it refuses like this.
    if (isApprovalConflict(answer.error) && conflicts < MAX_CONFLICTS) {
      conflicts += 1
      const left = await ports.leftPending(turn.signal)
      input = { ...input, replies: await settleStale(ports, left, turn) }
      continue
    }
    if (input.replies.length > 0 && isAnsweredElsewhere(answer.error)) {
      // A message that the server has accepted is never sent again.
      await ports.confirm(input.replies.map(({ callId }) => callId))
      if (input.message === null) return answeredElsewhere()
      input = { ...input, replies: [] }
      continue
    }
    await ports.confirm(input.replies.map(({ callId }) => callId))
    if (answer.error !== null && (await ports.fallBack(answer.error))) {
      input = ports.repeated(input)
      continue
    }
    if (answer.error !== null) return serverFailure(answer.error, answer.stop)
    if (answer.stop !== 'requires_approval') return outcomeOf(answer.stop, ports.cancelledText)
    if (stepsLeft(ports) === 0) {
      await ports.release()
      return outcomeOf('max_steps', ports.cancelledText)
    }
    if (isOverBudget(ports)) {
      await ports.release()
      return { type: 'failed', ...costLimitReached(ports.maxCost ?? 0), stop: 'max_cost' }
    }
    const calls = await askedCalls(ports)
    const replies = await settleCalls(ports, calls, { ...turn, stale: false })
    const steering = ports.steering()
    const content = await attachLater(ports, steering?.attached ?? '')
    input = { replies, message: await inputMessage(ports, steering, content) }
  }
}

/** When the turn is cancelled, the replies are sent before this rejects. */
async function settleCalls(
  ports: TurnPorts,
  calls: readonly PendingCall[],
  { turnId, stale, signal }: SettleContext,
): Promise<readonly Reply[]> {
  const replies = await ports.settle(calls, { turnId, stale, signal })
  if (!signal.aborted) return replies
  // Another session that has taken the turn over answers its calls.
  if (!(signal.reason instanceof UserError)) await deliver(ports, replies)
  throw signal.reason
}

/** The agent learns what has run before its turn was cancelled, and what was denied; the model is not called. */
async function deliver(ports: TurnPorts, replies: readonly Reply[]): Promise<void> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), DELIVERY_MS)
  try {
    const limits = { maxSteps: null, storeOnly: true, signal: abort.signal }
    for await (const part of ports.stream({ replies, message: null }, limits)) {
      if (part.type !== 'error') await ports.confirm(replies.map(({ callId }) => callId))
      break
    }
  } catch (thrown) {
    // The results stay on the disk until the server has them.
    if (!abort.signal.aborted && !(thrown instanceof UserError)) throw thrown
  } finally {
    clearTimeout(timer)
  }
}

/** A server that calls the model in spite of that has stored the replies by then, and its run is cancelled. */
const DELIVERY_MS = 1_500

async function inputMessage(
  ports: TurnPorts,
  message: TurnStart['message'],
  { texts, images }: AttachedContent,
): Promise<TurnInput['message']> {
  if (message === null) return null
  const reminders = [await ports.reminder(), ...texts].filter((text) => text !== null)
  const reminder = reminders.length === 0 ? null : reminders.join('\n\n')
  return { otid: message.id, text: message.text, reminder, images }
}

/** The turn continues when a file of a message that was sent meanwhile cannot be read. */
async function attachLater(ports: TurnPorts, text: string): Promise<AttachedContent> {
  try {
    return await ports.attach(text)
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    ports.attachFailed(thrown.message)
    return { texts: [thrown.message], images: [] }
  }
}

/** How often other clients may come first before a message is given up. */
const MAX_CONFLICTS = 20

function answeredElsewhere(): TurnOutcome {
  return { type: 'failed', ...ANSWERED_ELSEWHERE, stop: 'error', isElsewhere: true }
}

/** A server limits the steps of one request, but a turn has one request for each round of calls, so the rest is computed here. */
function stepsLeft({ maxSteps, store }: TurnPorts): number | null {
  return maxSteps === null ? null : Math.max(0, maxSteps - store.state.usage.steps)
}

/** What costs an unknown amount may not continue. */
function isOverBudget({ maxCost, store, spentElsewhere }: TurnPorts): boolean {
  const dollars = addDollars(store.state.totals.usage.dollars ?? null, spentElsewhere())
  return maxCost !== null && (dollars === null || dollars >= maxCost)
}

async function settleStale(
  ports: TurnPorts,
  pending: readonly PendingCall[],
  turn: Turn,
): Promise<readonly Reply[]> {
  if (pending.length === 0) return []
  announce(ports, pending)
  return settleCalls(ports, pending, { ...turn, stale: true })
}

/** Shows calls that no stream has contained, as the server reports them: what is asked about is what would run. */
function announce({ store, now }: TurnPorts, calls: readonly PendingCall[]): void {
  for (const { callId, tool, args } of calls) {
    const known = newestCall(store.state, callId)
    const isOpen = known !== undefined && !isOver(known.phase)
    if (isOpen && known.tool === tool && known.args === args) continue
    if (isOpen) {
      const text = CALL_ID_REUSED
      store.dispatch({ type: 'tool.finished', callId, status: 'error', text, at: now() })
    }
    store.dispatch({ type: 'tool.delta', callId, host: 'local', tool, args, at: now() })
  }
}

interface TurnAnswer {
  readonly stop: string
  readonly error: ServerError | null
}

async function readAnswer(ports: TurnPorts, input: TurnInput, turn: Turn): Promise<TurnAnswer> {
  let answer: TurnAnswer = { stop: '', error: null }
  const began = ports.now()
  try {
    const limits = { maxSteps: stepsLeft(ports), signal: turn.signal }
    for await (const part of ports.stream(input, limits)) {
      if (turn.signal.aborted) break
      if (part.type === 'stop') answer = { ...answer, stop: part.reason }
      else if (part.type === 'error') answer = { ...answer, error: part.error }
      else report(ports, part)
    }
  } finally {
    turn.clock.apiMs += ports.now() - began
  }
  turn.signal.throwIfAborted()
  return answer
}

function report(ports: TurnPorts, part: Exclude<StreamPart, { type: 'stop' | 'error' }>): void {
  const { store } = ports
  const at = ports.now()
  switch (part.type) {
    case 'reasoning':
    case 'assistant':
      store.dispatch({ type: 'message.delta', role: part.type, id: part.id, text: part.text, at })
      break
    case 'call':
      store.dispatch({ ...part, type: 'tool.delta', at })
      break
    case 'return':
      reportServerResult(ports, part)
      break
    case 'usage':
      store.dispatch({ type: 'usage.reported', usage: ports.priced(part.usage) })
      break
    case 'notice':
      store.dispatch({ ...part, type: 'notice.posted', level: 'info', hint: null })
      break
    case 'retrying': {
      const { id, reason } = part
      const until = at + part.milliseconds
      store.dispatch({ type: 'retry.waiting', id, reason, until, ofServer: true })
      break
    }
    case 'reconnecting':
      store.dispatch({ ...RECONNECTING_NOTICE, id: ports.newId() })
      break
    case 'compaction':
      store.dispatch({ type: 'surroundings.forgotten' })
      store.dispatch({
        type: 'notice.posted',
        level: 'info',
        id: part.id,
        text: COMPACTING,
        hint: COMPACTING_HINT,
      })
  }
}

const RECONNECTING_NOTICE = {
  type: 'notice.posted',
  level: 'warning',
  text: RECONNECTING,
  hint: null,
} as const

/** The local calls of the response; when the stream contained none, those that the server reports as pending. */
async function askedCalls(ports: TurnPorts): Promise<readonly PendingCall[]> {
  const calls: PendingCall[] = []
  for (const entry of ports.store.state.current) {
    if (entry.type !== 'tool' || entry.call.host !== 'local') continue
    const { callId, tool, args, phase } = entry.call
    if (phase.type === 'arriving') calls.push({ callId, tool, args })
  }
  if (calls.length > 0) return calls
  const pending = await ports.pending()
  announce(ports, pending)
  if (pending.length > 0) return pending
  throw createUserError(APPROVAL_WITHOUT_CALL)
}

function isApprovalConflict(error: ServerError | null): boolean {
  return error !== null && isApprovalPending(`${error.message} ${error.detail}`)
}

/** Another session of the agent has resolved the pending calls while this one awaited approval. */
function isAnsweredElsewhere(error: ServerError | null): boolean {
  return (
    error !== null &&
    /No tool call is currently awaiting|Invalid tool call IDs/i.test(
      `${error.message} ${error.detail}`,
    )
  )
}

function serverFailure(error: ServerError, stop: string): TurnOutcome {
  const missing = missingModel(error.message)
  if (missing !== null)
    return { type: 'failed', ...modelUnavailable(missing), stop: stop || error.type }
  const detail = error.detail === error.message ? '' : error.detail
  const parts = [error.message.replace(/\.$/, ''), detail].filter((text) => text !== '')
  const message = serverError(error.type, parts.join(': '))
  const hint = SERVER_ERROR_HINTS[error.type] ?? null
  return { type: 'failed', message, hint, stop: stop || error.type }
}

/** The model of the agent, when its provider is not configured (any more) or does not list it. */
function missingModel(message: string): string | null {
  return /\bHandle (\S+) not found, must be one of\b/.exec(message)?.[1] ?? null
}

/** Stop reasons of a turn that has ended normally. */
const NORMAL_STOPS = new Set(['end_turn', 'tool_rule', 'no_tool_call', ''])

function outcomeOf(stop: string, cancelledText: string): TurnOutcome {
  if (NORMAL_STOPS.has(stop)) return { type: 'done' }
  if (stop === 'cancelled') return { type: 'cancelled', text: cancelledText }
  return { type: 'failed', message: turnStopped(stop), hint: CONTINUE_HINT, stop }
}

function failure(thrown: unknown): TurnOutcome {
  const hint = thrown instanceof UserError ? (thrown.hint ?? null) : null
  const offline = thrown instanceof ConnectionFailure ? { isOffline: true as const } : {}
  const elsewhere = thrown instanceof TakenOver ? { isElsewhere: true as const } : {}
  return {
    type: 'failed',
    message: messageOf(thrown),
    hint,
    stop: 'error',
    ...offline,
    ...elsewhere,
  }
}
