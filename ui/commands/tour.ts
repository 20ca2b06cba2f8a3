import { TOUR } from '../messages/tour.ts'
import { hasRoomForPanes, MIN_PANES_SCREEN } from '../view/layout.ts'
import { flash, type WorkbenchCommand } from './workbench-command.ts'

/** Steps through what the workbench can do, in the program itself. */
export const TOUR_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'tour.toggle',
    run(context) {
      const { root } = context
      const isRunning = root.state.workbench.tour !== null
      if (!isRunning && !hasRoomForPanes(root.state.workbench.viewport)) {
        flash(context, TOUR.tooSmall(MIN_PANES_SCREEN.columns, MIN_PANES_SCREEN.rows))
        return
      }
      root.dispatch({ type: isRunning ? 'tour.ended' : 'tour.started' })
      if (isRunning) flash(context, TOUR.ended)
    },
  },
  {
    id: 'tour.next',
    hidden: true,
    run(context) {
      const { root } = context
      if (root.state.workbench.tour === null) return
      root.dispatch({ type: 'tour.stepped' })
      if (root.state.workbench.tour === null) flash(context, TOUR.ended)
    },
  },
]
