/** One of several values for an argument; `id` is passed to the command. */
export interface Choice {
  readonly id: string
  readonly title: string
  readonly detail: string
  readonly current: boolean
}

/**
 * An action of the user. One record serves slash input, palette, keys, hints and help: keymaps and the table of slash names refer
 * to its id. `unavailable` reads a `State`, `run` receives a `Context`.
 */
export interface Command<State, Context> {
  /** `noun.verb`: `agent.rename`. Keymaps refer to it. */
  readonly id: string
  /** For palette and help, imperative: "Rename the agent". */
  readonly title: string
  readonly argument?: { readonly name: string; readonly required: boolean }
  /** Suggestions for the argument, shown while it is typed. */
  choices?(context: Context): readonly Choice[] | Promise<readonly Choice[]>
  /** Not shown in the palette: movements and edits that are only useful as keys. */
  readonly hidden?: boolean
  /** The reason why the command is unavailable now; null when it is available. */
  unavailable?(state: State): string | null
  run(context: Context, argument: string): void | Promise<void>
}
