/** Background jobs. */

export const NO_JOBS = 'No background jobs.'

export const NO_RUNNING_JOBS = 'No background job is running.'

export const JOB_NOT_RUNNING = 'This job is not running.'

export function pressAgainToEnd(jobs: number): string {
  return jobs === 1 ? 'Press again to end the job.' : `Press again to end ${jobs} jobs.`
}
