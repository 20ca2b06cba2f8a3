/** Where tools work. Passed in, so that tests can use a temporary directory. */
export interface Workspace {
  /** Real path of the project. */
  readonly directory: string
  readonly home: string
  /** The user's own folder, `<home>/.letta`: the journal and overflow files lie under it, outside the project. */
  readonly lettaFolder: string
  /** Variables of child processes: without the keys and tokens of letta. */
  readonly environment: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  now(): number
}
