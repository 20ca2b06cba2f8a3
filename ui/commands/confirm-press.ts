import type { WorkbenchContext } from './workbench-command.ts'

const DOUBLE_PRESS_MS = 2000

/** True at the second press of a command within two seconds. */
export function pressedTwice(context: WorkbenchContext, command: string): boolean {
  const { firstPress } = context.root.state.workbench
  const at = context.now()
  if (firstPress?.command === command && at - firstPress.at <= DOUBLE_PRESS_MS) return true
  context.root.dispatch({ type: 'command.pressed', command, at })
  return false
}
