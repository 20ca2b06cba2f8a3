import {
  type ConversationPreview,
  type ConversationRow,
  rowKey,
} from '../../lib/session/state/conversation-row.ts'
import { openThread, pendingApprovals } from '../../lib/session/state/selectors.ts'
import { threadKey } from '../../lib/util/thread.ts'
import { EMPTY_EDITOR, type TextEditor } from './editor.ts'
import type { OtherConversation, RootState } from './state.ts'

/** The page with the conversations of all agents. */
export interface ConversationsPage {
  /** Most recently used first; null until they are listed. */
  readonly rows: readonly ConversationRow[] | null
  /** Why they could not be listed. */
  readonly problem: string | null
  /** The key of a row. */
  readonly selected: string | null
  /** Only rows with this text in title, agent or directory, and those with it in a message. */
  readonly query: TextEditor
  /** The text is being typed. */
  readonly isFinding: boolean
  /** Messages with the text, by the key of their row. */
  readonly found: { readonly query: string; readonly texts: ReadonlyMap<string, string> } | null
  readonly preview: { readonly key: string; readonly preview: ConversationPreview } | null
}

export const NO_CONVERSATIONS_PAGE: ConversationsPage = {
  rows: null,
  problem: null,
  selected: null,
  query: EMPTY_EDITOR,
  isFinding: false,
  found: null,
  preview: null,
}

export type ConversationsPageEvent =
  | {
      readonly type: 'conversations.listed'
      readonly rows: readonly ConversationRow[] | null
      readonly problem: string | null
    }
  | { readonly type: 'conversations.selected'; readonly key: string }
  | { readonly type: 'conversations.findStarted' }
  /** `isKept`: the list stays as it was narrowed. */
  | { readonly type: 'conversations.findEnded'; readonly isKept: boolean }
  | {
      readonly type: 'conversations.found'
      readonly query: string
      readonly texts: ReadonlyMap<string, string>
    }
  | {
      readonly type: 'conversations.previewed'
      readonly key: string
      readonly preview: ConversationPreview
    }

export function reduceConversationsPage(
  page: ConversationsPage,
  event: ConversationsPageEvent,
): ConversationsPage {
  switch (event.type) {
    case 'conversations.listed':
      return { ...page, rows: event.rows ?? page.rows, problem: event.problem }
    case 'conversations.selected':
      return { ...page, selected: event.key }
    case 'conversations.findStarted':
      return { ...page, isFinding: true }
    case 'conversations.findEnded':
      return event.isKept
        ? { ...page, isFinding: false }
        : { ...page, isFinding: false, query: EMPTY_EDITOR, found: null }
    case 'conversations.found':
      return { ...page, found: event }
    case 'conversations.previewed':
      return { ...page, preview: { key: event.key, preview: event.preview } }
  }
}

/** A line of the list. */
export type ConversationLine =
  | {
      readonly type: 'group'
      readonly agentName: string
      readonly directory: string | null
      readonly isHere: boolean
    }
  | {
      readonly type: 'row'
      readonly row: ConversationRow
      readonly status: OtherConversation['status'] | 'shown' | null
      /** The message with the text that is searched for. */
      readonly found: string | null
    }

/**
 * The rows that the search leaves, by agent and directory: those of the open directory first, then the most recently used. Arranged
 * once for all that ask for them in a frame, and not again for each piece of an answer: there may be thousands.
 */
export function conversationLines(state: RootState): readonly ConversationLine[] {
  const { session, workbench } = state
  const { rows, query, found } = workbench.conversations
  if (rows === null) return []
  const open = threadKey(openThread(session))
  const inputs = [query.text, found, workbench.others, session.directory, open, openStatus(session)]
  const before = arrangements.get(rows)
  if (before?.inputs.every((input, index) => input === inputs[index])) return before.lines
  const lines = arranged(rows, state)
  arrangements.set(rows, { inputs, lines })
  return lines
}

const arrangements = new WeakMap<
  readonly ConversationRow[],
  { readonly inputs: readonly unknown[]; readonly lines: readonly ConversationLine[] }
>()

function arranged(
  rows: readonly ConversationRow[],
  { session, workbench }: RootState,
): readonly ConversationLine[] {
  const { query, found } = workbench.conversations
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean)
  const texts = found !== null && found.query === query.text.trim() ? found.texts : null
  const groups = new Map<string, ConversationLine[]>()
  const statusOf = statuses({ session, workbench })
  for (const row of rows) {
    const key = rowKey(row)
    const text = words.length === 0 ? null : (texts?.get(key) ?? null)
    if (text === null && !hasWords(row, words)) continue
    const group = `${row.agentId} ${row.directory ?? ''}`
    const lines = groups.get(group) ?? [groupOf(row, session.directory)]
    lines.push({ type: 'row', row, status: statusOf(row), found: text })
    groups.set(group, lines)
  }
  const isHere = ([first]: readonly ConversationLine[]): boolean =>
    first?.type === 'group' && first.isHere
  const all = [...groups.values()]
  return [...all.filter(isHere), ...all.filter((lines) => !isHere(lines))].flat()
}

function groupOf({ agentName, directory }: ConversationRow, here: string): ConversationLine {
  return { type: 'group', agentName, directory, isHere: directory === here }
}

function hasWords({ title, agentName, directory }: ConversationRow, words: readonly string[]) {
  if (words.length === 0) return true
  const text = [title ?? '', agentName, directory ?? ''].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}

function statuses({ session, workbench }: RootState) {
  const open = threadKey(openThread(session))
  const others = new Map(workbench.others.map((one) => [threadKey(one), one.status]))
  return (row: ConversationRow) => {
    const key = rowKey(row)
    if (key === open) return openStatus(session)
    return others.get(key) ?? row.status
  }
}

/** That it is open is said by its title on the chat page as well; that it waits comes first. */
function openStatus(session: RootState['session']): 'shown' | 'approval' | 'running' {
  if (pendingApprovals(session).length > 0) return 'approval'
  return session.turn.type === 'running' ? 'running' : 'shown'
}

/** The row that keys apply to: the selected one while it is listed, else the open conversation, else the first one. */
export function selectedConversation(
  state: RootState,
  lines: readonly ConversationLine[] = conversationLines(state),
): ConversationRow | null {
  const rows = lines.flatMap((line) => (line.type === 'row' ? [line] : []))
  const { selected } = state.workbench.conversations
  const open = threadKey(openThread(state.session))
  const chosen = rows.find(({ row }) => rowKey(row) === selected)
  return (chosen ?? rows.find(({ row }) => rowKey(row) === open) ?? rows[0])?.row ?? null
}
