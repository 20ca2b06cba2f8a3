import { SUBCOMMANDS } from '../../lib/cli/subcommands.ts'
import { type Reference, resolveReferences } from '../../lib/util/references.ts'
import { SLASH_NAMES } from '../../ui/commands/slash-names.ts'

/** Command lines that do the same as a command, where no subcommand has its slash name. */
const SHELL_FORMS: Readonly<Record<string, string>> = {
  'account.signIn': 'letta login',
  'agent.choose': 'letta agents list',
  'conversation.resume': 'letta --resume',
  'mode.set': 'letta --permission-mode MODE',
  'model.choose': 'letta --model MODEL',
  'skills.reviewBlock': 'letta --update-skills-block',
  'tools.link': 'letta --link',
  'tools.unlink': 'letta --unlink',
}

/** Signals are the only keys outside the workbench. */
const SHELL_KEYS: Readonly<Record<string, string>> = { 'app.back': 'Ctrl+C' }

/**
 * A message for stdout, stderr or a log: references to commands and keys as a shell knows them. `directory`: where the files of the
 * user are, as it is shown.
 */
export function toShellMessage(message: string, directory = '~/.letta'): string {
  return resolveReferences(message, (reference) =>
    reference.type === 'file' ? `${directory}/${reference.id}` : nameInShell(reference),
  )
}

function nameInShell({ type, id }: Reference): string {
  if (type === 'key') return SHELL_KEYS[id] ?? `${id} in letta`
  const slash = SLASH_NAMES[id] ?? id
  const hasSubcommand = SUBCOMMANDS.some(({ name }) => name === slash)
  return hasSubcommand ? `letta ${slash}` : (SHELL_FORMS[id] ?? `/${slash} in letta`)
}
