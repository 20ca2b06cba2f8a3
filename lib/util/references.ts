/**
 * References to commands, keys and the files of the user in messages. `lib/` knows neither slash names nor keys, so a message refers
 * to a command by its id (`commandReference('agent.rename')`). What is typed for it, or where the file is, is written in its place
 * before the message is shown: by the workbench in `ui/input/workbench-message.ts`, for a shell in `bin/io/shell-message.ts`.
 */

export interface Reference {
  readonly type: 'command' | 'key' | 'file'
  /** The id of a command. For a key, of one that the keymap binds. For a file, its name in the directory of the user's files. */
  readonly id: string
}

const PATTERN = /\{\{(command|key|file):([a-zA-Z][a-zA-Z0-9.-]*)\}\}/g

export function commandReference(id: string): string {
  return `{{command:${id}}}`
}

export function keyReference(id: string): string {
  return `{{key:${id}}}`
}

/** A file or directory of the user: `~/.letta/settings.json`, unless LETTA_HOME names another place. */
export function fileReference(name: string): string {
  return `{{file:${name}}}`
}

/** `message` with each reference replaced by what `name` returns for it. */
export function resolveReferences(message: string, name: (reference: Reference) => string): string {
  return message.replace(PATTERN, (_, type: Reference['type'], id: string) => name({ type, id }))
}
