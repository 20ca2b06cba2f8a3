import type { HistoryPage } from '../client/gateway/history-pagination.ts'
import { DEFAULT_CONVERSATION, type Thread } from '../util/thread.ts'
import { UserError } from '../util/user-error.ts'
import type { Services } from './services.ts'
import type { Entry } from './state/entry.ts'
import { openThread } from './state/selectors.ts'

export interface RecordedCall {
  readonly callId: string
  readonly name: string
  readonly args: string
}

export interface CallRecords {
  /** The newest calls of the agent in all of its conversations, oldest first; null once they are no longer wanted. */
  read(services: Services, isWanted: () => boolean): Promise<readonly RecordedCall[] | null>
}

/** Older calls are not looked at. */
const MAX_CALLS = 1000
const MESSAGES_PER_PAGE = 100
/** Requests for what is not shown. */
const MAX_PAGES = 40
/** How long what was read is used again. */
const LIFETIME_MS = 60_000

export function createCallRecords(): CallRecords {
  let known: {
    readonly thread: string
    readonly at: number
    readonly calls: readonly RecordedCall[]
  } | null = null
  return {
    async read(services, isWanted) {
      const { store, now } = services
      const open = openThread(store.state)
      const thread = JSON.stringify(open)
      if (known?.thread !== thread || now() - known.at > LIFETIME_MS) {
        const calls = await readStored(services, open, isWanted)
        if (calls === null) return null
        known = { thread, at: now(), calls }
      }
      const { settled, current } = store.state
      const all = [...known.calls, ...callsOf([...settled, ...current])]
      return withoutCopies(all).slice(-MAX_CALLS)
    },
  }
}

/** What the server has besides the shown entries. A server that does not answer leaves it out. */
async function readStored(
  { store, gateway }: Services,
  { agentId, conversationId }: Thread,
  isWanted: () => boolean,
): Promise<readonly RecordedCall[] | null> {
  const { settled, current } = store.state
  const shown = new Set([...settled, ...current].map(({ id }) => id))
  const found: (readonly RecordedCall[])[] = []
  let pages = 0
  const isEnough = (): boolean => pages >= MAX_PAGES || found.flat().length >= MAX_CALLS
  try {
    const listed = (await gateway.conversations.list(agentId)) ?? []
    const ids = [conversationId, DEFAULT_CONVERSATION, ...listed.map(({ id }) => id)]
    for (const id of new Set(ids)) {
      const isOpen = id === conversationId
      if (isOpen && !store.state.earlier) continue
      const details = { agentId, conversationId: id, inContext: null, pending: [] }
      let read: (() => Promise<HistoryPage>) | null = () =>
        gateway.threads.history(details, MESSAGES_PER_PAGE)
      while (read !== null && !isEnough()) {
        if (!isWanted()) return null
        const page: HistoryPage = await read()
        found.unshift(
          callsOf(isOpen ? page.entries.filter((one) => !shown.has(one.id)) : page.entries),
        )
        pages++
        read = page.earlier
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
  }
  return found.flat()
}

function callsOf(entries: readonly Entry[]): readonly RecordedCall[] {
  return entries.flatMap((entry) => {
    if (entry.type !== 'tool' || entry.call.host !== 'local') return []
    const { callId, tool: name, args } = entry.call
    return [{ callId, name, args }]
  })
}

/** A copied conversation has the calls of its original. A provider may use an id again, for another call. */
function withoutCopies(calls: readonly RecordedCall[]): readonly RecordedCall[] {
  const keyOf = ({ callId, name, args }: RecordedCall): string =>
    JSON.stringify([callId, name, args])
  return [...new Map(calls.map((call) => [keyOf(call), call])).values()]
}
