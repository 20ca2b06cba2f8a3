import type { Focus } from '../state.ts'
import type { WorkbenchCommand } from './workbench-command.ts'

const TITLES: Readonly<Record<Focus, string>> = {
  composer: 'Go to the message',
  conversation: 'Go to the conversation',
  memory: 'Go to the memory',
  skills: 'Go to the skills',
  approval: 'Go to the approval',
}

export const FOCUS_COMMANDS: readonly WorkbenchCommand[] = [
  ...Object.entries(TITLES).map(([pane, title]) => focusOn(pane as Focus, title)),
  {
    id: 'focus.next',
    title: 'Go to the next pane',
    run: ({ root }) => root.dispatch({ type: 'focus.stepped', by: 1 }),
  },
  {
    id: 'focus.previous',
    title: 'Go to the previous pane',
    run: ({ root }) => root.dispatch({ type: 'focus.stepped', by: -1 }),
  },
]
