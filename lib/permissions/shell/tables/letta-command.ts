import { plainValue, type ShellWord } from '../parse/word.ts'
import { NO_OPTIONS, type Options, sortArgs } from './options.ts'

/** Our own program, where it only shows what this folder's agents hold: no other server, no other folder, no file. */
export function isReadOnlyLettaCommand(args: readonly ShellWord[]): boolean {
  const name = args.slice(0, 2).map((word) => plainValue(word) ?? '')
  if (/^--(version|help)$/.test(name[0] ?? '')) return args.length === 1
  const rest = args.slice(2)
  return (
    SHOWING.test(name.join(' ')) &&
    sortArgs(rest, OPTIONS) !== null &&
    rest.every((word) => plainValue(word) !== null)
  )
}

const SHOWING =
  /^(memory (tokens|list|show)|agents list|messages (list|search)|skills list|tools list|permissions (list|check))$/

const OPTIONS: Options = {
  ...NO_OPTIONS,
  flags: 'hq',
  values: 'an',
  long: ['json', 'quiet', 'all', 'help', 'format=', 'limit=', 'agent=', 'query='],
}
