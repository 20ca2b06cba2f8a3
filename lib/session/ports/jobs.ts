import type { ShellSummary } from '../../tools/process/shell-manager.ts'
import type { SessionContext } from '../session-context.ts'

/** Shells that run in the background. */
export interface JobsPort {
  list(): readonly ShellSummary[]
  /** The end of a job's output; null when there is no such job. */
  output(id: string): string | null
  /** False when there is no such job, or it has ended. */
  kill(id: string): Promise<boolean>
}

export function createJobs({ base }: SessionContext): JobsPort {
  const { shells } = base.runner
  return {
    list: () => shells.list(),
    output: (id) => shells.tail(id),
    kill: (id) => shells.kill(id),
  }
}
