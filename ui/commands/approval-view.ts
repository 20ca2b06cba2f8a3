import { splitNeeds } from '../messages/changes.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import type { RootState } from '../state/state.ts'
import { contentColumns } from '../view/panes/gutter.ts'
import { SELECTION_COLUMNS } from '../view/panes/selection-rows.ts'
import { MIN_SPLIT_COLUMNS } from '../view/render/measure-diff.ts'
import { noteApprovalRows } from './scroll.ts'
import { flash, needsPendingApproval, type WorkbenchCommand } from './workbench-command.ts'

type ApprovalLook = Pick<RootState['workbench']['approval'], 'view' | 'isFull'>

/** Side by side, with the marks of hunks in front. */
const SPLIT_COLUMNS = MIN_SPLIT_COLUMNS + SELECTION_COLUMNS

/** How the change that awaits approval is shown. */
export const APPROVAL_VIEW_COMMANDS: readonly WorkbenchCommand[] = [
  toggle('approval.toggleSplit', ({ view, isFull }) => ({
    view: { ...view, isSplit: !view.isSplit },
    isFull,
  })),
  toggle('approval.toggleWrap', ({ view, isFull }) => ({
    view: { ...view, isWrapped: !view.isWrapped },
    isFull,
  })),
  toggle('approval.toggleBlanks', ({ view, isFull }) => ({
    view: { ...view, showsBlanks: !view.showsBlanks },
    isFull,
  })),
  toggle('approval.toggleFull', ({ view, isFull }) => ({ view, isFull: !isFull })),
]

function toggle(
  id: WorkbenchCommandId,
  change: (shown: ApprovalLook) => ApprovalLook,
): WorkbenchCommand {
  return {
    id,
    unavailable: ({ session }) => needsPendingApproval(session),
    run(context) {
      const { root } = context
      const { viewport, approval } = root.state.workbench
      const { view, isFull } = approval
      const next = change({ view, isFull })
      noteApprovalRows(context)
      root.dispatch({ type: 'approval.viewChanged', ...next })
      const isNew = next.view.isSplit && !view.isSplit
      const margins = viewport.columns - contentColumns('approval', viewport.columns)
      const needed = SPLIT_COLUMNS + margins
      if (isNew && viewport.columns < needed) flash(context, splitNeeds(needed))
    },
  }
}
