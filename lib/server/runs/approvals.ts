import { NOTHING_PENDING, RunError } from '../errors.ts'
import { newId, toOtid } from '../ids.ts'
import type {
  Base64Image,
  CallRecord,
  MessageBody,
  MessageRecord,
  RunRecord,
  Thread,
} from '../records.ts'
import type { Storage } from '../storage/storage.ts'
import { toCallJson, withMessageHeader } from '../wire/messages.ts'

/** What a client sends for a call that waits. */
export type ClientReply =
  | {
      readonly type: 'tool'
      readonly callId: string
      readonly status: 'success' | 'error'
      readonly text: string
      readonly pictures: readonly Base64Image[]
      readonly stdout: readonly string[]
      readonly stderr: readonly string[]
    }
  | {
      readonly type: 'approval'
      readonly callId: string
      readonly approve: boolean
      readonly reason: string | null
    }

export interface PendingApproval {
  readonly message: MessageRecord
  /** Those that wait for the client. */
  readonly clientCalls: readonly CallRecord[]
  /** Calls of the same answer that the server runs itself once the approval is there. */
  readonly serverCalls: readonly CallRecord[]
}

/** The calls that wait: those of the newest message, when it is an answer with client calls. */
export function findPending(storage: Storage, thread: Thread): PendingApproval | null {
  const message = storage.messages.lastInContext(thread)
  if (message?.body.role !== 'assistant' || message.body.partial) return null
  const clientCalls = message.body.calls.filter((call) => call.runs === 'client')
  if (clientCalls.length === 0) return null
  const serverCalls = message.body.calls.filter((call) => call.runs === 'server')
  return { message, clientCalls, serverCalls }
}

export function toPendingJson(pending: PendingApproval): Readonly<Record<string, unknown>> {
  const { id, createdAt: date, runId, stepId } = pending.message
  const calls = pending.clientCalls.map(toCallJson)
  const envelope = { id, otid: toOtid(id, 0), date, runId, stepId }
  return withMessageHeader('approval_request_message', envelope, {
    tool_call: calls[0],
    tool_calls: calls,
  })
}

/** The replies must answer exactly the calls that wait. */
export function matchReplies(
  pending: PendingApproval | null,
  replies: readonly ClientReply[],
): PendingApproval {
  if (pending === null) throw new RunError(NOTHING_PENDING)
  const expected = pending.clientCalls.map((call) => call.callId)
  const received = replies.map((reply) => reply.callId)
  const same = expected.length === received.length && expected.every((id) => received.includes(id))
  if (same) return pending
  throw new RunError(
    `Invalid tool call IDs. Expected '${formatIds(expected)}', but received '${formatIds(received)}'.`,
  )
}

function formatIds(ids: readonly string[]): string {
  return `[${ids.map((id) => `'${id}'`).join(', ')}]`
}

const NOT_HERE = 'This tool runs on the client: the server cannot run it.'

export function toReplyBody(call: CallRecord, reply: ClientReply): MessageBody {
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
export function isAlreadyAnswered(
  storage: Storage,
  thread: Thread,
  replies: readonly ClientReply[],
): boolean {
  const limit = replies.length + MAX_SERVER_CALLS
  const query = { limit, ascending: false, after: null, before: null }
  const newest = storage.messages.list(thread, query).toReversed()
  const end = newest.findIndex(({ body, position }) => body.role !== 'tool' || position === null)
  const answered = newest.slice(0, end < 0 ? newest.length : end).map(({ body }) => body)
  return replies.every(({ callId }) =>
    answered.some((body) => body.role === 'tool' && body.callId === callId),
  )
}

/** Calls of the server beside them that are looked past. */
const MAX_SERVER_CALLS = 32

const CANCELLED = 'The user cancelled the request, so the tool call was denied.'
const FAILED = 'The run failed, so the tool call was denied.'
const CUT_OFF = 'The answer broke off before the tool call was complete, so it never ran.'

/** The answer to a call of an answer that was cut off. */
export function interruptedReturn(call: CallRecord, isCancelled: boolean): MessageBody {
  return toDeniedBody(call, isCancelled ? CANCELLED : CUT_OFF)
}

function toDeniedBody(call: CallRecord, reason: string): MessageBody {
  return toReplyBody(call, { type: 'approval', callId: call.callId, approve: false, reason })
}

/** Cancelling while a call waits denies it, so that the agent is free at once. */
export function denyPending(storage: Storage, thread: Thread, now: Date): void {
  const pending = findPending(storage, thread)
  if (pending !== null) deny(storage, pending, CANCELLED, now)
}

/** Of a run that does not complete: nobody will answer its calls, and left waiting they would block the agent. */
export function denyCallsOfRun(
  storage: Storage,
  { id, status, ...thread }: Thread & Pick<RunRecord, 'id' | 'status'>,
  now: Date,
): void {
  const pending = findPending(storage, thread)
  if (pending?.message.runId !== id) return
  deny(storage, pending, status === 'cancelled' ? CANCELLED : FAILED, now)
}

function deny(
  storage: Storage,
  { message, clientCalls, serverCalls }: PendingApproval,
  reason: string,
  now: Date,
) {
  const { agentId, conversationId, runId, stepId } = message
  for (const call of [...clientCalls, ...serverCalls]) {
    storage.messages.append({
      ...{ agentId, conversationId, runId, stepId },
      id: newId('message'),
      createdAt: now.toISOString(),
      body: toDeniedBody(call, reason),
    })
  }
}
