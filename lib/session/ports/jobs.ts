import type { SessionContext } from '../session-context.ts'

/** The background jobs. The list and the output are in the state. */
export interface JobsPort {
  /** False when the job does not exist or has exited. */
  kill(id: string): Promise<boolean>
}

export function createJobs({ base }: SessionContext): JobsPort {
  return { kill: (id) => base.runner.shells.kill(id) }
}
