/**
 * References to commands and keys in messages. `lib/` knows neither the slash names nor the keymap, so a message names the id of
 * what it means (`commandReference('connect')`); the workbench writes `/connect` or the bound key in its place, the shell
 * `letta connect`.
 */

export interface Reference {
  readonly type: 'command' | 'key'
  /** A command's id without its slash (`connect`), or the id of a bound action of the keymap (`app.back`). */
  readonly id: string
}

const PATTERN = /\{\{(command|key):([a-zA-Z][a-zA-Z0-9.-]*)\}\}/g

export function commandReference(id: string): string {
  return `{{command:${id}}}`
}

export function keyReference(id: string): string {
  return `{{key:${id}}}`
}

/** `message` with each reference replaced by what `name` returns for it. */
export function resolveReferences(message: string, name: (reference: Reference) => string): string {
  return message.replace(PATTERN, (_, type: Reference['type'], id: string) => name({ type, id }))
}
