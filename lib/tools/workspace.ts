/** Where tools work. Handed in: tests give a temp folder. */
export interface Workspace {
  /** Real path of the project. */
  readonly directory: string
  readonly home: string
  /** The user's own folder, `<home>/.letta`: the journal and overflow files lie under it, outside the project. */
  readonly lettaFolder: string
  /** What child processes get: never a key or token of ours. */
  readonly environment: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  now(): number
}
