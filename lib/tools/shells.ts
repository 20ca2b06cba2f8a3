/** A command that runs in the background. */
export interface ShellSummary {
  readonly id: string
  readonly command: string
  readonly startedAt: number
  readonly bytes: number
  readonly status:
    | { readonly at: 'running' }
    | { readonly at: 'exited'; readonly code: number | null; readonly signal: string | null }
}

/** The processes that tools start. */
export interface Shells {
  list(): readonly ShellSummary[]
  /** Ends a background shell with all its processes; false when there is none of that id running. */
  kill(id: string): Promise<boolean>
  /** Ends everything; resolves when nothing is left alive. */
  closeAll(): Promise<void>
}
