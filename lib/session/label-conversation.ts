import { DEFAULT_CONVERSATION, threadKey } from '../util/thread.ts'
import { ignoreUserError } from '../util/user-error.ts'
import { writeConversationPlace } from './conversation-places.ts'
import { conversationTitle } from './conversation-title.ts'
import { agentServices, openAgentId, type SessionContext } from './session-context.ts'
import { openThread } from './state/selectors.ts'
import type { SessionState } from './state/session-state.ts'

/** The title and the directory of a conversation. */
export interface ConversationLabels {
  setTitle(id: string, title: string): Promise<void>
  /** Notes that the conversation belongs to the directory of the session. `key`: that of `threadKey`. */
  notePlace(key: string): Promise<void>
  /** Names the open conversation after its first message when another client has not named it. */
  nameUntitled(): void
}

/** Gives the open conversation its title and directory when a message is sent in it, also without a workbench. */
export function labelConversations(context: SessionContext): ConversationLabels {
  const { store } = context
  const setTitle = async (id: string, title: string): Promise<void> => {
    const { gateway } = agentServices(context)
    if (id === DEFAULT_CONVERSATION) await gateway.agents.setFirstTitle(openAgentId(context), title)
    else await gateway.conversations.update(id, { title })
    store.dispatch({ type: 'conversation.titled', id, title })
  }
  const notePlace = (key: string): Promise<void> => {
    const { lettaDirectory, directory } = context.base.options
    return writeConversationPlace(lettaDirectory, key, directory)
  }
  let placed: string | null = null
  store.subscribe((state, event) => {
    const key = threadKey(openThread(state))
    if (event.type !== 'message.sent' || key === placed || context.base.options.demo) return
    placed = key
    void notePlace(key)
  })
  const nameBy = (sent: string): void => {
    const { conversation } = store.state
    if (conversation.title !== null || context.services === null) return
    const title = conversationTitle(firstMessage(store.state) ?? sent)
    // The next message, or the next client, can name it as well.
    if (title !== null) setTitle(conversation.id, title).catch(ignoreUserError)
  }
  const nameUntitled = (): void => nameBy('')
  store.subscribe((_, event) => {
    if (event.type === 'message.sent') nameBy(event.text)
    if (event.type === 'history.loaded') nameUntitled()
  })
  return { setTitle, notePlace, nameUntitled }
}

/** That of a history without a title, such as one of an earlier version; null when it is not shown. */
function firstMessage({ settled, earlier }: SessionState): string | null {
  if (earlier) return null
  return settled.find((entry) => entry.type === 'user')?.text ?? null
}
