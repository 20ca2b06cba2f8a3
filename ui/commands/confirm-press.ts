import type { WorkbenchContext } from './workbench-command.ts'

/** How long a first press counts. */
const WITHIN_MS = 2000

/** True at the second press of a command within two seconds; the first one arms it. */
export function pressedTwice(context: WorkbenchContext, command: string): boolean {
  const { armed } = context.root.state.workbench
  const at = context.now()
  if (armed?.command === command && at - armed.at <= WITHIN_MS) return true
  context.root.dispatch({ type: 'command.armed', command, at })
  return false
}
