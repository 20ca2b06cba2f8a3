import { type Reference, resolveReferences } from '../util/references.ts'
import { SUBCOMMANDS } from './subcommands.ts'

/** Command lines that correspond to a slash command without a subcommand of its name. */
const SHELL_FORMS: Readonly<Record<string, string>> = {
  agents: 'letta agents list',
  link: 'letta --link',
  mode: 'letta --permission-mode MODE',
  model: 'letta --model MODEL',
  new: 'letta --new',
  resume: 'letta --agent ID',
  'skills-block': 'letta --update-skills-block',
  unlink: 'letta --unlink',
}

/** Signals are the only keys outside the workbench. */
const SHELL_KEYS: Readonly<Record<string, string>> = { 'app.back': 'Ctrl+C' }

/** A message for stdout, stderr or a log: references to commands and keys as a shell knows them. */
export function toShellMessage(message: string): string {
  return resolveReferences(message, nameInShell)
}

function nameInShell({ type, id }: Reference): string {
  if (type === 'key') return SHELL_KEYS[id] ?? `${id} in letta`
  const hasSubcommand = SUBCOMMANDS.some(({ name }) => name === id)
  return hasSubcommand ? `letta ${id}` : (SHELL_FORMS[id] ?? `/${id} in letta`)
}
