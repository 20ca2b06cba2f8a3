import type { MemoryPort } from '../../lib/session/ports/memory.ts'
import type { RootStore } from './render-scheduler.ts'

/** Looks for changes of others when the person comes back to the terminal, or goes to the memory pane. */
export function refreshMemoryOnFocus(
  root: RootStore,
  memory: () => Pick<MemoryPort, 'refresh'>,
): void {
  let { terminalFocused, focus } = root.state.workbench
  root.subscribe(({ session, workbench }) => {
    const isBack = workbench.terminalFocused && !terminalFocused
    const isAtMemory = workbench.focus === 'memory' && focus !== 'memory'
    terminalFocused = workbench.terminalFocused
    focus = workbench.focus
    if (session.agent !== null && (isBack || isAtMemory)) void memory().refresh()
  })
}
