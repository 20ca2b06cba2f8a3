import { conversationName } from '../../lib/session/messages/conversations.ts'
import { rowKey } from '../../lib/session/state/conversation-row.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import {
  archivedTitle,
  deleteConversationQuestion,
  exportedTo,
  NO_CONVERSATION_SELECTED,
  RENAME_CONVERSATION,
} from '../messages/conversations.ts'
import { conversationLines, selectedConversation } from '../state/conversations-page.ts'
import type { RootState } from '../state/state.ts'
import { openConversation } from './conversations.ts'
import { openOverlay, openPrompt } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** The page with the conversations of all agents. */
export const CONVERSATIONS_PAGE_COMMANDS: readonly WorkbenchCommand[] = [
  select('conversations.next', 1),
  select('conversations.previous', -1),
  {
    ...onSelected('conversations.open'),
    run: (context) => openSelected(context),
  },
  {
    id: 'conversations.find',
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'conversations.findStarted' }),
  },
  endFind('conversations.acceptFind', true),
  endFind('conversations.cancelFind', false),
  {
    ...onSelected('conversations.rename'),
    run(context) {
      const row = selectedConversation(context.root.state)
      if (row === null) return
      const { id, title } = row
      openPrompt(context, {
        ...RENAME_CONVERSATION,
        text: title ?? '',
        action: { type: 'conversation.rename', conversationId: id },
      })
    },
  },
  beginning('conversations.new', 'conversation.new'),
  beginning('conversations.newAgent', 'agent.new'),
  opening('conversations.fork', 'conversation.fork'),
  {
    ...onSelected('conversations.export'),
    async run(context) {
      const row = selectedConversation(context.root.state)
      if (row === null) return
      flash(context, exportedTo(await context.session.conversations.exportTo('', row)))
    },
  },
  {
    ...onSelected('conversations.archive'),
    async run(context) {
      const row = selectedConversation(context.root.state)
      if (row === null) return
      if (isOpen(context, row)) return context.run('conversation.archive')
      await context.session.conversations.archive(row.id, true)
      flash(context, archivedTitle(conversationName(row.id, row.title)))
      await listConversations(context)
    },
  },
  {
    ...onSelected('conversations.delete'),
    run(context) {
      const row = selectedConversation(context.root.state)
      if (row === null) return
      if (isOpen(context, row)) return context.run('conversation.delete')
      openOverlay(context, {
        type: 'question',
        ...deleteConversationQuestion(conversationName(row.id, row.title)),
        action: { type: 'conversation.delete', conversationId: row.id },
      })
    },
  },
]

function isOpen(
  { root }: WorkbenchContext,
  { id, agentId }: { readonly id: string; readonly agentId: string },
): boolean {
  const { agent, conversation } = root.state.session
  return conversation.id === id && agent?.id === agentId
}

function onSelected(id: WorkbenchCommandId) {
  return {
    id,
    hidden: true,
    unavailable: (state: RootState) =>
      selectedConversation(state) === null ? NO_CONVERSATION_SELECTED : null,
  } as const
}

/** Opens the selected conversation, and runs a command there. */
function opening(id: WorkbenchCommandId, command: string): WorkbenchCommand {
  return {
    ...onSelected(id),
    async run(context) {
      await openSelected(context)
      context.run(command)
    },
  }
}

/** Runs a command that opens something new, which the chat page shows. */
function beginning(id: WorkbenchCommandId, command: string): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run(context) {
      context.run('page.chat')
      context.run(command)
    },
  }
}

async function openSelected(context: WorkbenchContext): Promise<void> {
  const row = selectedConversation(context.root.state)
  if (row === null) return
  if (!isOpen(context, row)) await openConversation(context, row)
  context.run('page.chat')
}

function select(id: WorkbenchCommandId, by: 1 | -1): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run({ root }) {
      const lines = conversationLines(root.state)
      const rows = lines.flatMap((line) => (line.type === 'row' ? [rowKey(line.row)] : []))
      const selected = selectedConversation(root.state, lines)
      if (selected === null) return
      const at = rows.indexOf(rowKey(selected))
      const key = rows[Math.max(0, Math.min(rows.length - 1, at + by))]
      if (key !== undefined) root.dispatch({ type: 'conversations.selected', key })
    },
  }
}

function endFind(id: WorkbenchCommandId, isKept: boolean): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'conversations.findEnded', isKept }),
  }
}

export async function renameConversation(
  context: WorkbenchContext,
  id: string,
  title: string,
): Promise<void> {
  await context.session.conversations.setTitle(title.trim(), id)
  await listConversations(context)
}

export async function deleteConversation(context: WorkbenchContext, id: string): Promise<void> {
  await context.session.conversations.delete(id)
  await listConversations(context)
}

/** The page may not be open: then it is listed when it is opened. */
async function listConversations({ root, session }: WorkbenchContext): Promise<void> {
  if (root.state.workbench.page !== 'conversations') return
  const rows = await session.conversations.listAll()
  root.dispatch({ type: 'conversations.listed', rows, problem: null })
}
