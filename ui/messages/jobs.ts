/** Background jobs. */

export const NO_JOBS = 'No background jobs.'

export const NO_RUNNING_JOBS = 'No background job is running.'

export const JOB_NOT_RUNNING = 'This job is not running.'

export function pressAgainToEnd(jobs: number, key: string): string {
  return `Press ${key} again to end ${jobs === 1 ? 'the job' : `${jobs} jobs`}.`
}
