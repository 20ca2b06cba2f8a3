/** One change of one file by a tool. */
export interface JournalEntry {
  readonly id: string
  readonly callId: string
  readonly turnId: string
  readonly at: number
  readonly path: string
}

/** What to take back: a call, a turn, or everything since (and with) an entry. */
export type UndoSelection =
  | { readonly callId: string }
  | { readonly turnId: string }
  | { readonly sinceId: string }

/** Every change that tools make to files, kept outside the project, so that it can be taken back. */
export interface Journal {
  list(): Promise<readonly JournalEntry[]>
}
