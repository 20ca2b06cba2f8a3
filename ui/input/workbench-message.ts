import { type Reference, resolveReferences } from '../../lib/util/references.ts'
import { CONTEXTS, type Keymap, keyFor } from './keymap.ts'

/** Replaces the references of a message: commands by `/connect`, keys by what the current keymap binds. */
export type MessagePresenter = (message: string) => string

/** Subcommands of the shell that have another name in the workbench. */
const SLASH_NAMES: Readonly<Record<string, string>> = { login: 'connect' }

/** `commands`: their titles are shown for commands without a key. */
export function createMessagePresenter(
  keymap: Keymap,
  commands: readonly { readonly id: string; readonly title: string }[],
): MessagePresenter {
  const nameOf = ({ type, id }: Reference): string => {
    if (type === 'command') return `/${SLASH_NAMES[id] ?? id}`
    const title = commands.find((command) => command.id === id)?.title ?? id
    return anyKey(keymap, id) ?? `“${title}”`
  }
  return (message) => resolveReferences(message, nameOf)
}

/** The key in any context, because a message stays when the focus changes. */
function anyKey(keymap: Keymap, command: string): string | null {
  for (const context of CONTEXTS) {
    const key = keyFor(keymap, [context], command)
    if (key !== null) return key
  }
  return null
}
