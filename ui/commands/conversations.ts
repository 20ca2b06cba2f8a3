import type { Choice } from '../../lib/commands/command.ts'
import { needsAgent, needsIdleAgent } from '../../lib/commands/session-command.ts'
import { conversationName } from '../../lib/session/messages/conversations.ts'
import type { ConversationRow } from '../../lib/session/state/conversation-row.ts'
import { suggestionHint } from '../../lib/util/did-you-mean.ts'
import { DEFAULT_CONVERSATION } from '../../lib/util/thread.ts'
import { timeAgo } from '../../lib/util/time-ago.ts'
import { UserError } from '../../lib/util/user-error.ts'
import {
  ARCHIVED,
  archivedHint,
  CONVERSATION_ALREADY_OPEN,
  conversationsHint,
  deleteConversationQuestion,
  exportedTo,
  firstConversationOf,
  NO_OTHER_CONVERSATION,
  NOT_ARCHIVED,
  noConversation,
  severalConversations,
} from '../messages/conversations.ts'
import { PICKER_TITLES } from '../messages/program.ts'
import { findAgentId, openAgent } from './agents.ts'
import { openOverlay, openPicker } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

export const CONVERSATION_LIST_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'conversation.resume',
    argument: { name: 'conversation', required: false },
    choices: conversationChoices,
    run: (context, wanted) =>
      wanted === '' ? chooseConversation(context) : resume(context, wanted),
  },
  {
    id: 'conversation.next',
    run(context) {
      if (!context.showNextConversation()) flash(context, NO_OTHER_CONVERSATION)
    },
  },
  {
    id: 'conversation.export',
    argument: { name: 'file', required: false },
    unavailable: ({ session }) => needsAgent(session),
    async run(context, file) {
      const written = await context.session.conversations.exportTo(file.trim())
      context.session.notify('info', exportedTo(written))
    },
  },
  {
    id: 'conversation.archive',
    unavailable: ({ session }) => needsIdleAgent(session),
    async run({ session }) {
      const { id } = session.store.state.conversation
      const listed = await session.conversations.list()
      if (listed?.some((one) => one.id === id && one.isArchived)) {
        await session.conversations.archive(id, false)
        return session.notify('info', NOT_ARCHIVED)
      }
      await session.conversations.archive(id, true)
      await session.conversations.start()
      session.notify('info', ARCHIVED, archivedHint())
    },
  },
  {
    id: 'conversation.delete',
    unavailable: ({ session }) => needsIdleAgent(session),
    run(context) {
      const { id, title } = context.session.store.state.conversation
      openOverlay(context, {
        type: 'question',
        ...deleteConversationQuestion(conversationName(id, title)),
        action: { type: 'conversation.delete', conversationId: id },
      })
    },
  },
]

async function chooseConversation(context: WorkbenchContext): Promise<void> {
  const rows = await context.session.conversations.listAll()
  const open = openIds(context)
  const isFirst = ({ id, title }: ConversationRow): boolean =>
    id === DEFAULT_CONVERSATION && title === null
  const areSeveral = rows.filter(isFirst).length > 1
  const detailOf = describer(context, rows)
  const items = rows.map((row) => ({
    title:
      areSeveral && isFirst(row)
        ? firstConversationOf(row.agentName)
        : conversationName(row.id, row.title),
    detail: detailOf(row),
    current: row.id === open.id && row.agentId === open.agentId,
    action: {
      type: 'conversation.open' as const,
      conversationId: row.id,
      agentId: row.agentId,
    },
  }))
  openPicker(context, PICKER_TITLES.conversations, items)
}

function openIds({ session }: WorkbenchContext) {
  const { agent, conversation } = session.store.state
  return { agentId: agent?.id ?? '', id: conversation.id }
}

/** Agent and time; where other agents have the same name, also the end of the agent's id; the directory, if it is another one. */
function describer({ now, session }: WorkbenchContext, rows: readonly ConversationRow[]) {
  const agents = new Map(rows.map(({ agentId, agentName }) => [agentId, agentName]))
  const namesakes = (name: string): number =>
    [...agents.values()].filter((other) => other === name).length
  const here = session.store.state.directory
  return ({ agentId, agentName, directory, lastMessageAt }: ConversationRow): string => {
    const id = namesakes(agentName) > 1 ? ` (…${agentId.slice(-ID_CHARACTERS)})` : ''
    const place =
      directory === null || directory === here ? '' : (directory.split('/').at(-1) ?? '')
    const time = lastMessageAt === null ? '' : timeAgo(Math.max(0, now() - lastMessageAt))
    return [`${agentName}${id}`, place, time].filter((part) => part !== '').join(' · ')
  }
}

/** Distinguishes agents of the same name. */
const ID_CHARACTERS = 6

async function conversationChoices(context: WorkbenchContext): Promise<readonly Choice[]> {
  const open = openIds(context)
  const rows = await context.session.conversations.listAll()
  const detailOf = describer(context, rows)
  return rows
    .filter(({ id }) => id !== DEFAULT_CONVERSATION)
    .map((row) => ({
      id: row.id,
      title: conversationName(row.id, row.title),
      detail: detailOf(row),
      current: row.id === open.id,
    }))
}

/** A conversation by its id or title, otherwise the agent of this name, otherwise the one whose title contains the text. */
async function resume(context: WorkbenchContext, wanted: string): Promise<void> {
  const rows = await context.session.conversations.listAll()
  const isTitled = ({ title }: ConversationRow): boolean =>
    title?.toLowerCase() === wanted.trim().toLowerCase()
  const found = rows.find(({ id }) => id === wanted) ?? rows.find(isTitled)
  if (found !== undefined) return openConversation(context, found)
  if (/^conv-/.test(wanted)) return context.session.conversations.open(wanted)
  const agents = await context.session.agents.list()
  const agentId = findAgentId(agents, wanted)
  if (agentId !== null) return openAgent(context, agentId)
  const part = wanted.trim().toLowerCase()
  const titled = rows.filter(({ title }) => title?.toLowerCase().includes(part))
  const [only] = titled
  if (only !== undefined && titled.length === 1) return openConversation(context, only)
  if (titled.length > 1) throw new UserError(severalConversations(wanted, titled.length))
  const names = [...rows.flatMap(({ title }) => title ?? []), ...agents.map(({ name }) => name)]
  throw new UserError(noConversation(wanted), {
    hint: suggestionHint(wanted, names, { otherwise: conversationsHint() }),
  })
}

export async function openConversation(
  context: WorkbenchContext,
  { id, agentId }: { readonly id: string; readonly agentId: string },
): Promise<void> {
  const open = openIds(context)
  if (open.id === id && open.agentId === agentId) flash(context, CONVERSATION_ALREADY_OPEN)
  else await context.session.conversations.open(id, agentId)
}
