/** Which version of a file the agent has read and a person was shown, so that nothing is changed unseen. */
export interface FileLedger {
  /** The agent knows this version: it has read it, or made it. */
  noteRead(path: string, version: string): void
  lastRead(path: string): string | undefined
}
