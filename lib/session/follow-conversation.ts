import { DEFAULT_CONVERSATION, type Thread } from '../util/thread.ts'
import { createUserError } from '../util/user-error.ts'
import { AGENT_GONE, NO_AGENT_OPEN } from './messages/agents.ts'
import { CONVERSATION_GONE } from './messages/conversations.ts'
import type { Services } from './services.ts'
import type { SessionContext } from './session-context.ts'
import { isAtWork, openThread } from './state/selectors.ts'

/** Shows the title that another session has given to the open conversation, and reports once that it was deleted. */
export async function followConversation({ store, services, base }: SessionContext): Promise<void> {
  if (services === null) return
  const { conversation, agent } = store.state
  const thread = openThread({ conversation, agent })
  const found = await findTitle(services, thread)
  // This session itself may have opened another one, or named this one, meanwhile.
  if (isAtWork(store.state) || store.state.conversation !== conversation) return
  if (found === null) {
    const { message, hint } = goneMessage(thread)
    const isReported = store.state.settled.some(
      (entry) => entry.type === 'notice' && entry.text === message,
    )
    if (!isReported) base.notify('warning', message, hint)
    return
  }
  const { title } = found
  if (title === conversation.title || title === null) return
  store.dispatch({ type: 'conversation.titled', id: conversation.id, title })
}

/** A better reason when a turn cannot begin since its conversation does not exist any more. */
export async function withGoneConversation<Result>(
  services: Services,
  thread: Thread,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (thrown) {
    const found = await findTitle(services, thread).catch(() => undefined)
    throw found === null ? createUserError(goneMessage(thread)) : thrown
  }
}

/** Null when the conversation does not exist. */
async function findTitle(
  { gateway }: Services,
  thread: Thread,
): Promise<{ readonly title: string | null } | null> {
  const { conversationId } = thread
  if (conversationId !== DEFAULT_CONVERSATION) return gateway.conversations.retrieve(conversationId)
  const found = await gateway.threads.retrieve(thread)
  return found && { title: found.title ?? null }
}

function goneMessage({ conversationId }: Thread): typeof CONVERSATION_GONE {
  return conversationId === DEFAULT_CONVERSATION ? AGENT_DELETED : CONVERSATION_GONE
}

const AGENT_DELETED = { message: AGENT_GONE, hint: NO_AGENT_OPEN.hint }
