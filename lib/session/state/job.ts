/** A command that runs in the background, or has exited. */
export interface Job {
  readonly id: string
  readonly command: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** The end of its output, at most `MAX_JOB_OUTPUT_CHARACTERS`. */
  readonly output: string
  readonly status: JobStatus
}

export type JobStatus =
  | { readonly type: 'running' }
  /** `code` is null when a signal ended it. */
  | { readonly type: 'exited'; readonly code: number | null; readonly signal: string | null }
