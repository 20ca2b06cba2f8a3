import { NOTHING_PENDING, RunProblem } from '../errors.ts'
import { newId, otidOf } from '../ids.ts'
import type {
  CallRecord,
  MessageBody,
  MessageRecord,
  Picture,
  RunRecord,
  Thread,
} from '../records.ts'
import type { Storage } from '../storage/storage.ts'
import { callJson, withMessageHeader } from '../wire/messages.ts'

/** What a client sends for a call that waits. */
export type Reply =
  | {
      readonly type: 'tool'
      readonly callId: string
      readonly status: 'success' | 'error'
      readonly text: string
      readonly pictures: readonly Picture[]
      readonly stdout: readonly string[]
      readonly stderr: readonly string[]
    }
  | {
      readonly type: 'approval'
      readonly callId: string
      readonly approve: boolean
      readonly reason: string | null
    }

export interface Pending {
  readonly message: MessageRecord
  /** Those that wait for the client. */
  readonly waiting: readonly CallRecord[]
  /** Calls of the same answer that the server runs itself once the approval is there. */
  readonly held: readonly CallRecord[]
}

/** The calls that wait: those of the newest message, when it is an answer with client calls. */
export function pendingOf(storage: Storage, thread: Thread): Pending | null {
  const message = storage.messages.lastInContext(thread)
  if (message?.body.role !== 'assistant' || message.body.partial) return null
  const waiting = message.body.calls.filter((call) => call.runs === 'client')
  if (waiting.length === 0) return null
  const held = message.body.calls.filter((call) => call.runs === 'server')
  return { message, waiting, held }
}

export function pendingJson(pending: Pending): Readonly<Record<string, unknown>> {
  const { id, createdAt: date, runId, stepId } = pending.message
  const calls = pending.waiting.map(callJson)
  const envelope = { id, otid: otidOf(id, 0), date, runId, stepId }
  return withMessageHeader('approval_request_message', envelope, {
    tool_call: calls[0],
    tool_calls: calls,
  })
}

/** The replies must answer exactly the calls that wait. */
export function checkReplies(pending: Pending | null, replies: readonly Reply[]): Pending {
  if (pending === null) throw new RunProblem(NOTHING_PENDING)
  const expected = pending.waiting.map((call) => call.callId)
  const received = replies.map((reply) => reply.callId)
  const same = expected.length === received.length && expected.every((id) => received.includes(id))
  if (same) return pending
  throw new RunProblem(
    `Invalid tool call IDs. Expected '${listed(expected)}', but received '${listed(received)}'.`,
  )
}

function listed(ids: readonly string[]): string {
  return `[${ids.map((id) => `'${id}'`).join(', ')}]`
}

const NOT_HERE = 'This tool runs on the client: the server cannot run it.'

export function replyBody(call: CallRecord, reply: Reply): MessageBody {
  const { callId, name } = call
  const base = {
    role: 'tool',
    callId,
    name,
    pictures: [],
    stdout: [],
    stderr: [],
    denial: null,
  } as const
  if (reply.type === 'tool') {
    const { text, status, stdout, stderr, pictures } = reply
    return { ...base, text, status, stdout, stderr, pictures }
  }
  if (reply.approve) return { ...base, text: NOT_HERE, status: 'error' }
  const text = `Error: request to call tool denied. User reason: ${reply.reason ?? 'None'}`
  return { ...base, text, status: 'error', denial: reply.reason ?? '' }
}

/** Whether the replies are to the calls that were answered last. */
export function isAnswered(storage: Storage, thread: Thread, replies: readonly Reply[]): boolean {
  const limit = replies.length + MOST_HELD
  const query = { limit, ascending: false, after: null, before: null }
  const newest = storage.messages.list(thread, query).toReversed()
  const end = newest.findIndex(({ body, position }) => body.role !== 'tool' || position === null)
  const answered = newest.slice(0, end < 0 ? newest.length : end).map(({ body }) => body)
  return replies.every(({ callId }) =>
    answered.some((body) => body.role === 'tool' && body.callId === callId),
  )
}

/** Calls of the server beside them that are looked past. */
const MOST_HELD = 32

const CANCELLED = 'The user cancelled the request, so the tool call was denied.'
const FAILED = 'The run failed, so the tool call was denied.'
const CUT_OFF = 'The answer broke off before the tool call was complete, so it never ran.'

/** The answer to a call of an answer that was cut off. */
export function interruptedReturn(call: CallRecord, isCancelled: boolean): MessageBody {
  return deniedBody(call, isCancelled ? CANCELLED : CUT_OFF)
}

function deniedBody(call: CallRecord, reason: string): MessageBody {
  return replyBody(call, { type: 'approval', callId: call.callId, approve: false, reason })
}

/** Cancelling while a call waits denies it, so that the agent is free at once. */
export function denyPending(storage: Storage, thread: Thread, now: Date): void {
  const pending = pendingOf(storage, thread)
  if (pending !== null) deny(storage, pending, CANCELLED, now)
}

/** Of a run that does not complete: nobody will answer its calls, and left waiting they would block the agent. */
export function denyCallsOf(
  storage: Storage,
  { id, status, ...thread }: Thread & Pick<RunRecord, 'id' | 'status'>,
  now: Date,
): void {
  const pending = pendingOf(storage, thread)
  if (pending?.message.runId !== id) return
  deny(storage, pending, status === 'cancelled' ? CANCELLED : FAILED, now)
}

function deny(storage: Storage, { message, waiting, held }: Pending, reason: string, now: Date) {
  const { agentId, conversationId, runId, stepId } = message
  for (const call of [...waiting, ...held]) {
    storage.messages.append({
      ...{ agentId, conversationId, runId, stepId },
      id: newId('message'),
      createdAt: now.toISOString(),
      body: deniedBody(call, reason),
    })
  }
}
