import { type Reference, resolveReferences } from '../../lib/util/references.ts'
import { CONTEXTS, type Keymap, keyFor } from './keymap.ts'

/** Writes the references of a message as the workbench knows them: `/connect`, and the key that the keymap in force binds. */
export type MessagePresenter = (message: string) => string

/** Subcommands of the shell that the workbench offers under another name. */
const SLASH_NAMES: Readonly<Record<string, string>> = { login: 'connect' }

/** `commands`: the titles, which stand in for the key of a command that has none. */
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

/** The key in whichever context binds it: a message outlives the focus it was written under. */
function anyKey(keymap: Keymap, command: string): string | null {
  for (const context of CONTEXTS) {
    const key = keyFor(keymap, [context], command)
    if (key !== null) return key
  }
  return null
}
