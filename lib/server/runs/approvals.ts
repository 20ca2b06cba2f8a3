import type { Thread } from '../../util/thread.ts'
import { RunError } from '../errors.ts'
import { newId, toOtid } from '../ids.ts'
import { NO_PENDING_APPROVAL, wrongCallIds } from '../messages/api.ts'
import {
  CLIENT_TOOL,
  denialResult,
  INTERRUPTED_REASON,
  RUN_CANCELLED_REASON,
  RUN_FAILED_REASON,
} from '../messages/prompts.ts'
import type { Base64Image, CallRecord, MessageBody, MessageRecord, RunRecord } from '../records.ts'
import type { Storage } from '../storage/storage.ts'
import { toCallJson, withMessageHeader } from '../wire/messages.ts'

/** What a client sends for a pending call: its result, or the decision to run it. */
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

interface PendingApproval {
  readonly message: MessageRecord
  /** Calls that the client must answer. */
  readonly clientCalls: readonly CallRecord[]
  /** Calls of the same answer that the server runs once the client has answered. */
  readonly serverCalls: readonly CallRecord[]
}

/** The pending calls: those of the newest message in the prompt, if it is an answer with client calls. */
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
  const header = { id, otid: toOtid(id, 0), date, runId, stepId }
  return withMessageHeader('approval_request_message', header, {
    tool_call: calls[0],
    tool_calls: calls,
  })
}

/** The pending approval, when the replies answer exactly its calls. Throws a `RunError` otherwise. */
export function matchReplies(
  pending: PendingApproval | null,
  replies: readonly ClientReply[],
): PendingApproval {
  if (pending === null) throw new RunError(NO_PENDING_APPROVAL)
  const expected = pending.clientCalls.map((call) => call.callId)
  const received = replies.map((reply) => reply.callId)
  const areEqual =
    expected.length === received.length && expected.every((id) => received.includes(id))
  if (areEqual) return pending
  throw new RunError(wrongCallIds(expected, received))
}

export function toReplyBody(
  call: CallRecord,
  reply: ClientReply,
): Extract<MessageBody, { role: 'tool' }> {
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
  if (reply.approve) return { ...base, text: CLIENT_TOOL, status: 'error' }
  const text = denialResult(reply.reason)
  return { ...base, text, status: 'error', denial: reply.reason ?? '' }
}

/** Whether the replies answer the calls that were answered last. */
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

/** How many results of the server's own calls may be between them. */
const MAX_SERVER_CALLS = 32

/** The result of a call whose answer was interrupted. */
export function interruptedReturn(call: CallRecord, isCancelled: boolean): MessageBody {
  return toDeniedBody(call, isCancelled ? RUN_CANCELLED_REASON : INTERRUPTED_REASON)
}

function toDeniedBody(call: CallRecord, reason: string): MessageBody {
  return toReplyBody(call, { type: 'approval', callId: call.callId, approve: false, reason })
}

/** Denies pending calls when the client cancels, so that the agent is free at once. */
export function denyPending(storage: Storage, thread: Thread, now: Date): void {
  const pending = findPending(storage, thread)
  if (pending !== null) deny(storage, pending, RUN_CANCELLED_REASON, now)
}

/** Denies the pending calls of a run that failed or was cancelled: no client answers them, and they would block the agent. */
export function denyCallsOfRun(
  storage: Storage,
  { id, status, ...thread }: Thread & Pick<RunRecord, 'id' | 'status'>,
  now: Date,
): void {
  const pending = findPending(storage, thread)
  if (pending?.message.runId !== id) return
  deny(storage, pending, status === 'cancelled' ? RUN_CANCELLED_REASON : RUN_FAILED_REASON, now)
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
