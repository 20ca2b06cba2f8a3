import { PAGES, type PageId, pageOf } from '../state/pages.ts'
import { isOnChat } from '../state/reduce/panes.ts'
import type { WorkbenchCommand } from './workbench-command.ts'

const open = (page: PageId): WorkbenchCommand => ({
  id: `page.${page}`,
  run: ({ root }) => root.dispatch({ type: 'page.opened', page }),
})

export const PAGE_COMMANDS: readonly WorkbenchCommand[] = [
  ...PAGES.map(({ id }) => open(id)),
  {
    id: 'page.zoom',
    hidden: true,
    run({ root }) {
      const { focus, page } = root.state.workbench
      if (focus === 'approval') {
        root.dispatch({ type: 'approval.zoomed' })
        return
      }
      const own = pageOf(focus)
      if (own === 'chat') {
        const { hiddenPanes } = root.state.workbench
        const side = ['memory', 'skills'] as const
        const isZoomed = side.every((pane) => hiddenPanes.includes(pane))
        for (const pane of side) {
          if (hiddenPanes.includes(pane) === isZoomed) root.dispatch({ type: 'pane.toggled', pane })
        }
        return
      }
      if (own === null) return
      root.dispatch({ type: 'page.opened', page: page === own ? 'chat' : own })
      if (page === own && isOnChat(focus)) root.dispatch({ type: 'focus.moved', to: focus })
    },
  },
]
