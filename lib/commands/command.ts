/** One of several to pick from; `id` is what the command gets. */
export interface Choice {
  readonly id: string
  readonly title: string
  readonly detail: string
  readonly current: boolean
}

/**
 * Something a user may ask for. One record serves slash input, palette, keys, hints and help.
 * `State` is what `unavailable` looks at, `Context` what `run` works with.
 */
export interface Command<State, Context> {
  /** `noun.verb`: `agent.rename`. Keymaps name it. */
  readonly id: string
  /** For palette and help, imperative: "Rename the agent". */
  readonly title: string
  /** Without the slash: `rename`. */
  readonly slash?: string
  readonly argument?: { readonly name: string; readonly required: boolean }
  /** What the argument may be, offered while it is typed. */
  choices?(context: Context): readonly Choice[] | Promise<readonly Choice[]>
  /** Not shown in the palette: moves and edits that only make sense as keys. */
  readonly hidden?: boolean
  /** Why it can't be done now; null when it can. */
  unavailable?(state: State): string | null
  run(context: Context, argument: string): void | Promise<void>
}
