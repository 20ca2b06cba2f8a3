import { type Reference, resolveReferences } from '../../lib/util/references.ts'
import { CONTEXTS, type Keymap, keyFor } from './keymap.ts'

/** Replaces the references of a message: commands by `/connect`, keys by what the current keymap binds, files by their path. */
export type MessagePresenter = (message: string) => string

/** What are two subcommands in a shell is one command here. */
const COMMAND_IDS: Readonly<Record<string, string>> = { 'account.signIn': 'account.choose' }

/**
 * `commands`: a title stands for a command without a slash name, and for one without a key. `directory`: where the files of the user
 * are, as it is shown.
 */
export function createMessagePresenter(
  keymap: Keymap,
  commands: readonly {
    readonly id: string
    readonly title: string
    readonly slash: string | null
  }[],
  directory = '~/.letta',
): MessagePresenter {
  const nameOf = ({ type, id }: Reference): string => {
    if (type === 'file') return `${directory}/${id}`
    const wanted = COMMAND_IDS[id] ?? id
    const { title, slash } = commands.find((command) => command.id === wanted) ?? UNKNOWN
    const typed = type === 'command' ? slash && `/${slash}` : anyKey(keymap, id)
    return typed ?? `“${title ?? id}”`
  }
  return (message) => resolveReferences(message, nameOf)
}

const UNKNOWN = { title: null, slash: null }

/** The key in any context, because a message stays when the focus changes. */
function anyKey(keymap: Keymap, command: string): string | null {
  for (const context of CONTEXTS) {
    const key = keyFor(keymap, [context], command)
    if (key !== null) return key
  }
  return null
}
