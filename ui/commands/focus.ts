import { UserError } from '../../lib/util/user-error.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import { FINDINGS_TITLE, unknownMemoryCommand } from '../messages/memory.ts'
import type { Focus } from '../state/state.ts'
import { sideWidth } from '../view/layout.ts'
import { needsPendingApproval, type WorkbenchCommand } from './workbench-command.ts'

/** Panes that a command of this file focuses; others are reached by their page. */
type CommonPane = Extract<Focus, 'composer' | 'conversation' | 'memory' | 'skills' | 'approval'>

const focusOn = (pane: CommonPane): WorkbenchCommand => ({
  id: `focus.${pane}`,
  run: ({ root }) => root.dispatch({ type: 'focus.moved', to: pane }),
})

/** A second press shows the pane as a page. */
const focusOrZoom = (pane: 'memory' | 'skills'): WorkbenchCommand => ({
  ...focusOn(pane),
  run(context) {
    if (context.root.state.workbench.focus === pane) context.run('page.zoom')
    else context.root.dispatch({ type: 'focus.moved', to: pane })
  },
})

/** `/memory doctor` */
function memoryWithDoctor(command: WorkbenchCommand): WorkbenchCommand {
  return {
    ...command,
    argument: { name: DOCTOR, required: false },
    choices: () => [{ id: DOCTOR, title: DOCTOR, detail: FINDINGS_TITLE, current: false }],
    run(context, argument) {
      const name = argument.trim()
      if (name === DOCTOR) return context.run('memory.doctor')
      if (name !== '') throw new UserError(unknownMemoryCommand(name))
      return command.run(context, argument)
    },
  }
}

const DOCTOR = 'doctor'

const toggle = (pane: 'memory' | 'skills'): WorkbenchCommand => ({
  id: `${pane}.toggle`,
  run: ({ root }) => root.dispatch({ type: 'pane.toggled', pane }),
})

const resize = (
  id: WorkbenchCommandId,
  share: 'side' | 'approval',
  by: number,
): WorkbenchCommand => ({
  id,
  hidden: true,
  async run({ root, session }) {
    const { sideShare, viewport } = root.state.workbench
    const shown = sideWidth(root.state) / viewport.columns
    const from = share === 'side' ? shown - sideShare : 0
    root.dispatch({ type: 'pane.resized', share, by: from + by })
    if (share !== 'side') return
    const wanted = Number(root.state.workbench.sideShare.toFixed(4))
    await session.preferences.save('sideColumn', wanted)
  },
})

const RESIZE_STEP = 0.05

export const FOCUS_COMMANDS: readonly WorkbenchCommand[] = [
  focusOn('composer'),
  focusOn('conversation'),
  memoryWithDoctor(focusOrZoom('memory')),
  focusOrZoom('skills'),
  {
    ...focusOn('approval'),
    unavailable: ({ session }) => needsPendingApproval(session),
  },
  {
    id: 'focus.next',
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'focus.stepped', by: 1 }),
  },
  {
    id: 'focus.previous',
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'focus.stepped', by: -1 }),
  },
  toggle('memory'),
  toggle('skills'),
  resize('side.widen', 'side', RESIZE_STEP),
  resize('side.narrow', 'side', -RESIZE_STEP),
  resize('approval.grow', 'approval', RESIZE_STEP),
  resize('approval.shrink', 'approval', -RESIZE_STEP),
]
