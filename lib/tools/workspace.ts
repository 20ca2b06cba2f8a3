/** The directories, environment and clock of the tools. Passed in, so that tests can use a temporary directory. */
export interface Workspace {
  /** Real path of the project. */
  readonly directory: string
  readonly home: string
  /** The user's directory `<home>/.letta`, which contains the journal and the output files, outside the project. */
  readonly lettaDirectory: string
  /** The environment of child processes, without the keys and tokens of letta. */
  readonly environment: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  now(): number
}
