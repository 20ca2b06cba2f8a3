/**
 * References to commands and keys in messages. `lib/` knows neither slash names nor keys, so a message refers to a command by its id
 * (`commandReference('agent.rename')`). What is typed for it is written in its place before the message is shown: by the workbench
 * in `ui/input/workbench-message.ts`, for a shell in `bin/io/shell-message.ts`.
 */

export interface Reference {
  readonly type: 'command' | 'key'
  /** The id of a command. For a key, of one that the keymap binds. */
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
