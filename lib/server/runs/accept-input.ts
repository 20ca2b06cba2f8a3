import { PENDING, RunProblem } from '../errors.ts'
import type { CallRecord, MessageBody } from '../records.ts'
import { checkReplies, isAnswered, pendingOf, replyBody } from './approvals.ts'
import { type Loop, type RunInput, store } from './loop-context.ts'
import { answerCalls } from './run-server-tools.ts'

/** Replies and messages are stored, all or none, before anything is asked of the model. */
export function takeInput(loop: Loop): void {
  const { storage, input } = loop
  const told = storage.together(() => {
    const told = takeReplies(loop)
    for (const message of input.messages) store(loop, null, bodyOf(message))
    return told
  })
  for (const tell of told) tell()
}

function bodyOf({ role, content, otid }: RunInput['messages'][number]): MessageBody {
  if (role === 'user') return { role, content, otid }
  const text = content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('')
  return { role, reasoning: [], text, calls: [], partial: false, model: '' }
}

/** The replies, and the server's own calls that were held back for them; gives what is to be told of these. */
function takeReplies(loop: Loop): readonly (() => void)[] {
  const { storage, thread } = loop
  const { replies } = loop.input
  const pending = pendingOf(storage, thread)
  if (replies === null) {
    if (pending !== null) throw new RunProblem(PENDING)
    return []
  }
  // A client that lost the answer sends its replies again: the model is asked again, nothing is stored twice.
  if (pending === null && replies.length > 0 && isAnswered(storage, thread, replies)) return []
  const { message, waiting, held } = checkReplies(pending, replies)
  const allowed: CallRecord[] = []
  for (const call of waiting) {
    const reply = replies.find((one) => one.callId === call.callId)
    if (reply === undefined) continue
    const isServers = storage.tools.named(call.name)?.builtIn === true
    if (isServers && reply.type === 'approval' && reply.approve) allowed.push(call)
    else store(loop, message.stepId, replyBody(call, reply))
  }
  return answerCalls(loop, message.stepId, [...allowed, ...held])
}
