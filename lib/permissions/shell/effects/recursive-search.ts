import type { ShellWord } from '../parse/word.ts'
import type { SimpleCommand } from '../types.ts'
import { CWD, knownName } from './read-access.ts'

/** Folders of which a command reads all files, as far as its words tell: only good to find what a rule forbids. */
export function searchedFolders({ words }: SimpleCommand): readonly ShellWord[] {
  const [program, ...args] = words
  const option = OPTIONS.get(knownName(program) ?? '')
  if (option === undefined || !args.some(({ values }) => option.test(values.at(0) ?? ''))) return []
  const operands = args.filter(({ values }) => !/^-/.test(values.at(0) ?? ''))
  // A pattern to look for is no folder, but does no harm among them.
  return operands.length > 1 ? operands : [...operands, CWD]
}

/** What makes a program go through folders and leave out no file that is hidden. */
const OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ...['grep', 'egrep', 'fgrep'].map((name): [string, RegExp] => [
    name,
    /^(-[a-zA-Z]*[rR]|--(dereference-)?recursive$)/,
  ]),
  ['rg', /^(-[a-zA-Z]*[u.]|--hidden$|--no-ignore$|--unrestricted$)/],
  ['find', /^-(exec|execdir|ok|okdir)$/],
])
