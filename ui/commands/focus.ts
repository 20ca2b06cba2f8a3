import type { Focus } from '../state/state.ts'
import { needsPendingApproval, type WorkbenchCommand } from './workbench-command.ts'

const focusOn = (pane: Focus, title: string, slash?: string): WorkbenchCommand => ({
  id: `focus.${pane}`,
  title,
  ...(slash === undefined ? {} : { slash }),
  run: ({ root }) => root.dispatch({ type: 'focus.moved', to: pane }),
})

const toggle = (pane: 'memory' | 'skills'): WorkbenchCommand => ({
  id: `${pane}.toggle`,
  title: `Show or hide the ${pane} pane`,
  run: ({ root }) => root.dispatch({ type: 'pane.toggled', pane }),
})

const resize = (
  id: string,
  title: string,
  share: 'side' | 'approval',
  by: number,
): WorkbenchCommand => ({
  id,
  title,
  hidden: true,
  run: ({ root }) => root.dispatch({ type: 'pane.resized', share, by }),
})

const RESIZE_STEP = 0.05

export const FOCUS_COMMANDS: readonly WorkbenchCommand[] = [
  focusOn('composer', 'Go to the message'),
  focusOn('conversation', 'Go to the conversation'),
  focusOn('memory', 'Go to the memory', 'memory'),
  focusOn('skills', 'Go to the skills', 'skills'),
  {
    ...focusOn('approval', 'Go to the approval'),
    unavailable: ({ session }) => needsPendingApproval(session),
  },
  {
    id: 'focus.next',
    title: 'Go to the next pane',
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'focus.stepped', by: 1 }),
  },
  {
    id: 'focus.previous',
    title: 'Go to the previous pane',
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'focus.stepped', by: -1 }),
  },
  toggle('memory'),
  toggle('skills'),
  resize('side.widen', 'Make the side panes wider', 'side', RESIZE_STEP),
  resize('side.narrow', 'Make the side panes narrower', 'side', -RESIZE_STEP),
  resize('approval.grow', 'Make the approval pane higher', 'approval', RESIZE_STEP),
  resize('approval.shrink', 'Make the approval pane lower', 'approval', -RESIZE_STEP),
]
