import { coalesce } from '../util/coalesce.ts'
import type { SessionEvent } from './events.ts'
import { readGitStatus } from './git-status.ts'
import type { SessionContext } from './session-context.ts'

/** Reports the branch and the number of changed files, for the workbench. */
export interface GitPort {
  /** Looks for changes now. Never rejects. */
  refresh(): Promise<void>
}

interface GitWatch extends GitPort {
  /** Looks now, and again after whatever may have changed files. */
  start(): void
}

/** Events after which files may differ. */
const CHANGES: ReadonlySet<SessionEvent['type']> = new Set([
  'turn.finished',
  'shellLine.finished',
  'job.exited',
  'changes.found',
  'conversation.opened',
])

export function createGitWatch({ store, base }: SessionContext): GitWatch {
  const look = async (): Promise<void> => {
    const status = await readGitStatus(base.options.directory)
    const { git } = store.state
    if (JSON.stringify(git) === JSON.stringify(status)) return
    store.dispatch({ type: 'git.changed', status })
  }

  const refresh = coalesce(look)
  return {
    refresh,
    start() {
      store.subscribe((_, { type }) => {
        if (CHANGES.has(type)) void refresh()
      })
      void refresh()
    },
  }
}
