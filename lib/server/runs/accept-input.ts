import { RunError } from '../errors.ts'
import { APPROVAL_PENDING } from '../messages/api.ts'
import type { CallRecord, MessageBody } from '../records.ts'
import { findPending, isAlreadyAnswered, matchReplies, toReplyBody } from './approvals.ts'
import { type Loop, type RunInput, storeMessage } from './loop-context.ts'
import { answerCalls } from './run-server-tools.ts'
import { toolReturnEvent } from './tool-return-event.ts'

/** Stores replies and messages in one transaction, before the model is called. */
export function acceptInput(loop: Loop): void {
  const { storage, input } = loop
  const emitters = storage.transaction(() => {
    const fromReplies = acceptReplies(loop)
    for (const message of input.messages) {
      if (!isNewest(loop, message)) storeMessage(loop, null, toMessageBody(message))
    }
    return fromReplies
  })
  for (const emit of emitters) emit()
}

/** A client repeats its message when the model has failed: it is in the conversation already, and nothing follows it. */
function isNewest({ storage, thread }: Loop, { otid }: RunInput['messages'][number]): boolean {
  if (otid === null) return false
  const body = storage.messages.lastInContext(thread)?.body
  return body?.role === 'user' && body.otid === otid
}

export function toMessageBody({ role, content, otid }: RunInput['messages'][number]): MessageBody {
  if (role === 'user') return { role, content, otid }
  const text = content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('')
  return { role, reasoning: [], text, calls: [], partial: false, model: '' }
}

/**
 * Stores the replies, and runs the server's own calls that waited for them. Returns the events of these calls, to be sent
 * once everything is stored.
 */
function acceptReplies(loop: Loop): readonly (() => void)[] {
  const { storage, thread } = loop
  const { replies } = loop.input
  const pending = findPending(storage, thread)
  if (replies === null) {
    if (pending !== null) throw new RunError(APPROVAL_PENDING)
    return []
  }
  // A client that lost the response repeats its replies: the model is called again, but nothing is stored twice.
  if (pending === null && replies.length > 0 && isAlreadyAnswered(storage, thread, replies))
    return []
  const { message, clientCalls, serverCalls } = matchReplies(pending, replies)
  const approved: CallRecord[] = []
  const returned: (() => void)[] = []
  for (const call of clientCalls) {
    const reply = replies.find((one) => one.callId === call.callId)
    if (reply === undefined) continue
    const isServers = storage.tools.findByName(call.name)?.builtIn === true
    if (isServers && reply.type === 'approval' && reply.approve) approved.push(call)
    else returned.push(storeReply(loop, message.stepId, toReplyBody(call, reply)))
  }
  return [...returned, ...answerCalls(loop, message.stepId, [...approved, ...serverCalls])]
}

/** A client that reads tokens knows its results. All others get them first, as from Letta server. */
function storeReply(loop: Loop, stepId: string | null, body: SentToolBody): () => void {
  const id = storeMessage(loop, stepId, body)
  const event = toolReturnEvent(loop, { id, stepId }, body)
  return () => {
    if (!loop.input.tokens) loop.run.emit(event)
  }
}

type SentToolBody = Extract<MessageBody, { role: 'tool' }>
