import type { GitPort } from '../../lib/session/git-watch.ts'
import type { RootStore } from './render-scheduler.ts'

/** Looks for another branch and for changed files when the person comes back to the terminal. */
export function refreshGitOnFocus(root: RootStore, git: () => GitPort): void {
  let { terminalFocused } = root.state.workbench
  root.subscribe(({ session, workbench }) => {
    const isBack = workbench.terminalFocused && !terminalFocused
    terminalFocused = workbench.terminalFocused
    if (isBack && session.start !== null) void git().refresh()
  })
}
