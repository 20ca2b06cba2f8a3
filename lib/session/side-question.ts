import { randomUUID } from 'node:crypto'
import { costOf } from '../models/price.ts'
import { MEMORY_TOOLS } from '../permissions/rules/rule.ts'
import type { Thread } from '../util/thread.ts'
import { UserError } from '../util/user-error.ts'
import { conversationsUnavailable } from './messages/conversations.ts'
import { SIDE_QUESTION, SIDE_QUESTION_EMPTY } from './messages/turns.ts'
import { agentServices, type SessionContext } from './session-context.ts'
import { openThread } from './state/selectors.ts'

export interface SideQuestionOptions {
  readonly signal: AbortSignal
  /** The answer so far. */
  show(text: string): void
}

/**
 * Asks the agent something on a hidden copy of the open conversation, which is deleted afterwards. The conversation, its running
 * turn and its context are as before; the agent is asked to use no tools, and its calls are not answered.
 */
export async function askAside(
  context: SessionContext,
  question: string,
  { signal, show }: SideQuestionOptions,
): Promise<string> {
  const services = agentServices(context)
  const { gateway, store } = services
  const copy = await copyBeforeTurn(context)
  let text = ''
  try {
    const message = { otid: randomUUID(), text: question, reminder: SIDE_QUESTION }
    const limits = { maxSteps: 1, approvalTools: MEMORY_TOOLS, signal }
    const stream = gateway.turns.stream(copy, { replies: [], message }, limits)
    for await (const part of stream) {
      if (signal.aborted) break
      if (part.type === 'error') throw new UserError(part.error.message)
      if (part.type === 'usage') {
        const dollars = costOf(store.state.agent?.model ?? '', part.usage)
        store.dispatch({ type: 'aside.answered', usage: { ...part.usage, dollars } })
      }
      if (part.type !== 'assistant') continue
      text += part.text
      show(text)
    }
  } finally {
    await forget(context, copy)
  }
  if (text.trim() === '' && !signal.aborted) throw new UserError(SIDE_QUESTION_EMPTY)
  return text
}

/** A turn that runs is left out: its calls may be pending. */
async function copyBeforeTurn(context: SessionContext): Promise<Thread> {
  const { gateway, store } = agentServices(context)
  const thread = openThread(store.state)
  const { turn, current } = store.state
  const first = current.find(({ type }) => type === 'user')
  const place =
    turn.type === 'running' && first !== undefined
      ? await gateway.threads.findMessage(thread, first.id)
      : null
  const made =
    place !== null && place.previous === null
      ? await gateway.conversations.create(thread.agentId)
      : await gateway.conversations.fork(thread, {
          through: place?.previous ?? null,
          isHidden: true,
        })
  if (made === null) {
    const { message, hint } = conversationsUnavailable(gateway.url)
    throw new UserError(message, { hint })
  }
  return { agentId: made.agentId, conversationId: made.id }
}

async function forget(context: SessionContext, copy: Thread): Promise<void> {
  const { gateway } = agentServices(context)
  const ignore = (thrown: unknown): void => {
    if (!(thrown instanceof UserError)) throw thrown
  }
  // A run that was broken off continues on some servers.
  await gateway.turns.cancel(copy).catch(ignore)
  await gateway.conversations.delete(copy.conversationId).catch(ignore)
}
