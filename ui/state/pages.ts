import { learnedBlocks, pendingApprovals, shownChanges } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'

import type { WorkbenchState } from './state.ts'

/** What a tab says about its page: a few characters, or nothing. */
interface TabNote {
  readonly text: string
  readonly level: 'info' | 'warning'
}

interface PageRecord {
  readonly id: string
  /** The pane that fills the main area, between the header and the message. */
  readonly pane: string
  note(session: SessionState, workbench: Pick<WorkbenchState, 'others'>): TabNote | null
}

/**
 * The pages in the order of their tabs. `chat` is the arrangement with the side column; any other page is one pane. The title of a
 * tab is in `ui/view/messages/panes.ts`, its command is `page.<id>`, and the number that it shows is that of the key.
 */
export const PAGES = [
  {
    id: 'chat',
    pane: 'conversation',
    note: (session) => note('?', pendingApprovals(session).length, 'warning'),
  },
  {
    id: 'memory',
    pane: 'memory',
    note: (session) => note('●', learnedBlocks(session).length, 'info'),
  },
  {
    id: 'changes',
    pane: 'changes',
    note: (session) => changedLines(shownChanges(session)),
  },
  {
    id: 'skills',
    pane: 'skills',
    note: ({ skills }) => note('!', skills.problems.length, 'warning'),
  },
  {
    id: 'jobs',
    pane: 'jobs',
    note: ({ jobs }) =>
      note('', jobs.filter(({ status }) => status.type === 'running').length, 'info'),
  },
  {
    id: 'conversations',
    pane: 'conversations',
    note: (_, { others }) => {
      const asking = others.filter(({ status }) => status === 'approval').length
      return asking > 0 ? note('?', asking, 'warning') : note('', others.length, 'info')
    },
  },
] as const satisfies readonly PageRecord[]

export type PageId = (typeof PAGES)[number]['id']
type PagePane = (typeof PAGES)[number]['pane']

export function paneOf(page: PageId): PagePane {
  return PAGES.find(({ id }) => id === page)?.pane ?? 'conversation'
}

/** The page on which a pane fills the main area; null for the message and an approval, which are on every page. */
export function pageOf(pane: string): PageId | null {
  return PAGES.find((page) => page.pane === pane)?.id ?? null
}

function changedLines({
  files,
  added,
  removed,
}: SessionState['changes']['summary']): TabNote | null {
  if (files.length === 0) return null
  const lines = added > 0 ? `+${added}` : removed > 0 ? `−${removed}` : `±${files.length}`
  return { text: lines, level: 'info' }
}

function note(sign: string, count: number, level: TabNote['level']): TabNote | null {
  return count === 0 ? null : { text: `${sign}${count}`, level }
}
