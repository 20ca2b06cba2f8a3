import type { WorkbenchContext } from './workbench-command.ts'

const DOUBLE_PRESS_MS = 2000

/** True at the second press of a command within two seconds. The first one shows the hint, as long as the second counts. */
export function pressedTwice(context: WorkbenchContext, command: string, hint: string): boolean {
  const { firstPress } = context.root.state.workbench
  const at = context.now()
  if (firstPress?.command === command && at - firstPress.at <= DOUBLE_PRESS_MS) return true
  context.root.dispatch({ type: 'command.pressed', command, at })
  const until = at + DOUBLE_PRESS_MS
  context.root.dispatch({ type: 'flash.shown', level: 'info', text: hint, until })
  return false
}
