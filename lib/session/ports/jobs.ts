import type { SessionContext } from '../session-context.ts'

/** Shells that run in the background. Which there are, and what they print, is in the state. */
export interface JobsPort {
  /** False when there is no such job, or it has exited. */
  kill(id: string): Promise<boolean>
}

export function createJobs({ base }: SessionContext): JobsPort {
  return { kill: (id) => base.runner.shells.kill(id) }
}
