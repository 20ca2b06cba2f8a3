import { PENDING, RunError } from '../errors.ts'
import type { CallRecord, MessageBody } from '../records.ts'
import { findPending, isAlreadyAnswered, matchReplies, toReplyBody } from './approvals.ts'
import { type Loop, type RunInput, storeMessage } from './loop-context.ts'
import { answerCalls } from './run-server-tools.ts'

/** Replies and messages are stored, all or none, before anything is asked of the model. */
export function acceptInput(loop: Loop): void {
  const { storage, input } = loop
  const told = storage.transaction(() => {
    const told = acceptReplies(loop)
    for (const message of input.messages) storeMessage(loop, null, toMessageBody(message))
    return told
  })
  for (const tell of told) tell()
}

function toMessageBody({ role, content, otid }: RunInput['messages'][number]): MessageBody {
  if (role === 'user') return { role, content, otid }
  const text = content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('')
  return { role, reasoning: [], text, calls: [], partial: false, model: '' }
}

/** The replies, and the server's own calls that were held back for them; gives what is to be told of these. */
function acceptReplies(loop: Loop): readonly (() => void)[] {
  const { storage, thread } = loop
  const { replies } = loop.input
  const pending = findPending(storage, thread)
  if (replies === null) {
    if (pending !== null) throw new RunError(PENDING)
    return []
  }
  // A client that lost the answer sends its replies again: the model is asked again, nothing is stored twice.
  if (pending === null && replies.length > 0 && isAlreadyAnswered(storage, thread, replies))
    return []
  const { message, clientCalls, serverCalls } = matchReplies(pending, replies)
  const allowed: CallRecord[] = []
  for (const call of clientCalls) {
    const reply = replies.find((one) => one.callId === call.callId)
    if (reply === undefined) continue
    const isServers = storage.tools.named(call.name)?.builtIn === true
    if (isServers && reply.type === 'approval' && reply.approve) allowed.push(call)
    else storeMessage(loop, message.stepId, toReplyBody(call, reply))
  }
  return answerCalls(loop, message.stepId, [...allowed, ...serverCalls])
}
