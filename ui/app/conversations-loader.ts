import type { ConversationsPort } from '../../lib/session/ports/conversations.ts'
import {
  type ConversationRow,
  rowKey,
  threadOfRow,
} from '../../lib/session/state/conversation-row.ts'
import { messageOf, UserError } from '../../lib/util/user-error.ts'
import { selectedConversation } from '../state/conversations-page.ts'
import type { RootStore } from './render-scheduler.ts'

type Port = Pick<ConversationsPort, 'listAll' | 'preview' | 'searchMessages'>

/** Milliseconds: how often other clients' turns are looked for, and how long no key must come before messages are searched. */
const TIMES = { list: 3000, search: 200 } as const
/** A shorter text is in most messages. */
const MIN_QUERY = 2

/** Reads what the page with the conversations shows, while it is open. */
export function startConversationsLoader(
  root: RootStore,
  conversations: () => Port,
  times: Readonly<Record<keyof typeof TIMES, number>> = TIMES,
): void {
  let timer: NodeJS.Timeout | null = null
  let isListing = false
  let searching: NodeJS.Timeout | null = null
  let previewed: ConversationRow | null = null
  let query = ''

  const list = async (): Promise<void> => {
    if (isListing) return
    isListing = true
    try {
      const rows = await conversations().listAll()
      root.dispatch({ type: 'conversations.listed', rows, problem: null })
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown
      root.dispatch({ type: 'conversations.listed', rows: null, problem: messageOf(thrown) })
    } finally {
      isListing = false
    }
  }
  const preview = async (row: ConversationRow): Promise<void> => {
    const key = rowKey(row)
    const found = await quietly(conversations().preview(threadOfRow(row)))
    // Another row was selected meanwhile.
    if (found === null || previewed === null || rowKey(previewed) !== key) return
    root.dispatch({ type: 'conversations.previewed', key, preview: found })
  }
  const search = async (wanted: string): Promise<void> => {
    const found = (await quietly(conversations().searchMessages(wanted))) ?? []
    const texts = new Map(
      found
        .toReversed()
        .map(({ agentId, conversationId: id, text }) => [rowKey({ id, agentId }), text] as const),
    )
    root.dispatch({ type: 'conversations.found', query: wanted, texts })
  }
  root.subscribe((state, event) => {
    const { page, conversations: shown } = state.workbench
    if (page !== 'conversations') {
      if (timer !== null) clearInterval(timer)
      timer = null
      previewed = null
      return
    }
    if (timer === null) {
      timer = setInterval(() => void list(), times.list).unref()
      void list()
    } else if (event.type === 'turn.finished' || event.type === 'others.changed') void list()
    const text = shown.query.text.trim()
    if (text !== query) {
      query = text
      if (searching !== null) clearTimeout(searching)
      searching = text.length < MIN_QUERY ? null : setTimeout(() => void search(text), times.search)
    }
    const row = shown.rows === null ? null : selectedConversation(state)
    if (row === null || row === previewed || isSameRow(row, previewed)) return
    previewed = row
    void preview(row)
  })
}

/** The same conversation without a new message. */
function isSameRow(row: ConversationRow, other: ConversationRow | null): boolean {
  return (
    other !== null &&
    rowKey(row) === rowKey(other) &&
    row.lastMessageAt === other.lastMessageAt &&
    row.status === other.status
  )
}

/** What cannot be read is not shown: the conversation itself reports why. */
async function quietly<Value>(work: Promise<Value>): Promise<Value | null> {
  try {
    return await work
  } catch (thrown) {
    if (thrown instanceof UserError) return null
    throw thrown
  }
}
