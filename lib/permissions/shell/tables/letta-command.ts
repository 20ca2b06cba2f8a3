import { systemProgram } from '../effects/read-access.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import { NO_OPTIONS, type OptionGrammar, sortArgs } from './options.ts'

/**
 * `letta` where it only shows data of this project's agents: no other server, no other directory, no file. `agents list` shows
 * those of every project, and `permissions check` where links of any directory lead.
 */
export function isReadOnlyLettaCommand(args: readonly ShellWord[]): boolean {
  const name = args.slice(0, 2).map((word) => plainValue(word) ?? '')
  if (/^--(version|help)$/.test(name[0] ?? '')) return args.length === 1
  const rest = args.slice(2)
  // Another agent can be that of another project.
  const namesAgent = rest.some((word) => /^(-\w*a|--agent)/.test(plainValue(word) ?? '-a'))
  if (namesAgent && /^(memory|messages)$/.test(name[0] ?? '')) return false
  return (
    READ_ONLY_SUBCOMMAND.test(name.join(' ')) &&
    sortArgs(rest, OPTIONS) !== null &&
    rest.every((word) => plainValue(word) !== null)
  )
}

/** Whether a call of `letta` could change memory blocks, as far as its words are known. */
export function changesMemory([program, ...args]: readonly ShellWord[]): boolean {
  if (!LETTA.has(systemProgram(program) ?? '')) return false
  const at = args.findIndex(({ values }) => values.includes('memory'))
  return at >= 0 && !READS_MEMORY.test(plainValue(args[at + 1]) ?? '')
}

const LETTA: ReadonlySet<string> = new Set(['letta', 'letta-workbench'])

const READS_MEMORY = /^(list|show|log|blame|diff|doctor|export|tokens)$/

const READ_ONLY_SUBCOMMAND =
  /^(memory (tokens|list|show)|messages (list|search)|skills list|tools list|permissions list)$/

const OPTIONS: OptionGrammar = {
  ...NO_OPTIONS,
  flags: 'hq',
  values: 'an',
  long: ['json', 'quiet', 'all', 'help', 'format=', 'limit=', 'agent=', 'query='],
}
