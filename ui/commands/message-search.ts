import { conversationName, IS_ARCHIVED } from '../../lib/session/messages/conversations.ts'
import type { FoundMessage } from '../../lib/session/state/conversation.ts'
import type { Entry } from '../../lib/session/state/entry.ts'
import { timeAgo } from '../../lib/util/time-ago.ts'
import {
  foundMessagesTitle,
  MESSAGE_NOT_SHOWN,
  noMessages,
  SEARCH_MESSAGES,
} from '../messages/conversations.ts'
import { showLine } from './find.ts'
import { openPicker, openPrompt } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** The search of all messages, whoever the agent and whichever the conversation. */
export const MESSAGE_SEARCH_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'messages.search',
    argument: { name: 'text', required: false },
    run(context, text) {
      if (text.trim() !== '') return openFoundMessages(context, text)
      return openPrompt(context, { ...SEARCH_MESSAGES, action: { type: 'messages.search' } })
    },
  },
]

const EXCERPT_CHARACTERS = 60

export async function openFoundMessages(context: WorkbenchContext, text: string): Promise<void> {
  const query = text.trim()
  if (query === '') return
  const found = await context.session.conversations.searchMessages(query)
  if (found.length === 0) {
    flash(context, noMessages(query))
    return
  }
  const items = found.map(({ agentName, title, isArchived, at, ...message }, index) => {
    const newer = found.slice(0, index).filter((one) => isSame(one, message)).length
    const age = at === null ? '' : timeAgo(Math.max(0, context.now() - at))
    const name = conversationName(message.conversationId, title)
    const where = [agentName, name, isArchived ? IS_ARCHIVED : '', age]
    return {
      title: excerpt(message.text, query),
      detail: where.filter((part) => part !== '').join(' · '),
      current: false,
      action: { type: 'message.open', newer, ...message } as const,
    }
  })
  openPicker(context, foundMessagesTitle(query), items)
}

/** One line around the first match. */
function excerpt(text: string, query: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  const match = Math.max(0, line.toLowerCase().indexOf(query.toLowerCase()))
  const from = Math.max(0, match - EXCERPT_CHARACTERS / 3)
  return `${from > 0 ? '… ' : ''}${line.slice(from, match + query.length + EXCERPT_CHARACTERS)}`
}

function isSame(one: FoundMessage, other: FoundMessage): boolean {
  return (
    one.agentId === other.agentId &&
    one.conversationId === other.conversationId &&
    one.role === other.role &&
    one.text.trim() === other.text.trim()
  )
}

/** Opens the conversation, and loads its earlier messages until the one that was found is there. */
export async function openFound(
  context: WorkbenchContext,
  found: FoundMessage & { readonly newer: number },
): Promise<void> {
  const { root, session } = context
  const { agent, conversation } = root.state.session
  const isOpen = agent?.id === found.agentId && conversation.id === found.conversationId
  if (!isOpen) await session.conversations.open(found.conversationId, found.agentId)
  context.run('page.chat')
  for (;;) {
    const { settled, current, earlier } = root.state.session
    const entry = [...settled, ...current].filter((one) => isFound(one, found)).at(-1 - found.newer)
    if (entry !== undefined) return showLine(context, entry.id, 0)
    if (!earlier) break
    await session.conversations.loadEarlier()
    // Another command was loading the page.
    if (root.state.session.settled === settled) {
      await root.when(({ session: now }) =>
        now.settled !== settled || !now.earlier ? now : undefined,
      )
    }
  }
  flash(context, MESSAGE_NOT_SHOWN)
}

function isFound(entry: Entry, { role, text }: FoundMessage): boolean {
  return (
    (entry.type === 'user' || entry.type === 'assistant') &&
    entry.type === role &&
    entry.text.trim() === text.trim()
  )
}
