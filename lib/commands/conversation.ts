import { conversationForked, conversationTitled, TITLES } from './messages.ts'
import { needsAgent, needsIdleAgent, type SessionCommand } from './session-command.ts'

/** The conversations of the open agent. */
export const CONVERSATION_COMMANDS: readonly SessionCommand[] = [
  {
    id: 'conversation.new',
    title: TITLES['conversation.new'],
    unavailable: needsAgent,
    run: ({ session }) => session.conversations.start(),
  },
  {
    id: 'conversation.title',
    title: TITLES['conversation.title'],
    argument: { name: 'title', required: true },
    unavailable: needsAgent,
    async run({ session }, title) {
      await session.conversations.setTitle(title)
      session.notify('info', conversationTitled(title))
    },
  },
  {
    id: 'conversation.fork',
    title: TITLES['conversation.fork'],
    unavailable: needsIdleAgent,
    async run({ session }) {
      await session.conversations.fork()
      session.notify('info', conversationForked(session.store.state.conversation.title))
    },
  },
]
