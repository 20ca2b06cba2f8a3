import type { Entry } from '../../session/state/entry.ts'
import type { ThreadDetails } from './conversations.ts'
import type { Gateway } from './gateway.ts'
import type { HistoryPage } from './history-pagination.ts'

const MESSAGES_PER_PAGE = 200
const MAX_PAGES = 1000

/** Every stored message of a conversation that the agent sees or has summarized, as entries, oldest first. */
export async function readThread(
  gateway: Pick<Gateway, 'threads'>,
  thread: ThreadDetails,
): Promise<readonly Entry[]> {
  const pages: (readonly Entry[])[] = []
  let page: HistoryPage | undefined = await gateway.threads.history(thread, MESSAGES_PER_PAGE)
  while (page !== undefined && pages.length < MAX_PAGES) {
    pages.push(page.entries)
    page = await page.earlier?.()
  }
  return pages.toReversed().flat()
}
