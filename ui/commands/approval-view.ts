import type { WorkbenchCommandId } from '../messages/commands.ts'
import type { RootState } from '../state/state.ts'
import { needsPendingApproval, type WorkbenchCommand } from './workbench-command.ts'

type ApprovalLook = Pick<RootState['workbench']['approval'], 'view' | 'isFull'>

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
    run({ root }) {
      const { view, isFull } = root.state.workbench.approval
      root.dispatch({ type: 'approval.viewChanged', ...change({ view, isFull }) })
    },
  }
}
