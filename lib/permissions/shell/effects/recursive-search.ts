import type { ShellWord } from '../parse/word.ts'
import type { SimpleCommand } from '../types.ts'
import { CWD, systemProgram } from './read-access.ts'

/** Directories of which a command seems to read all files: used only to find what a rule denies. */
export function searchedDirectories({ words }: SimpleCommand): readonly ShellWord[] {
  const [program, ...args] = words
  const option = RECURSIVE_OPTIONS.get(systemProgram(program) ?? '')
  if (option === undefined || !args.some(({ values }) => option.test(values.at(0) ?? ''))) return []
  const operands = args.filter(({ values }) => !/^-/.test(values.at(0) ?? ''))
  // The pattern is among the operands; as a directory it does no harm.
  return operands.length > 1 ? operands : [...operands, CWD]
}

/** Options that make a program search or copy directories recursively, hidden files included. */
const RECURSIVE_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ...['grep', 'egrep', 'fgrep'].map((name): [string, RegExp] => [
    name,
    /^(-[a-zA-Z]*[rRd]|--(dereference-)?recursive$|--di)/,
  ]),
  ['rg', /^(-[a-zA-Z]*[u.]|--hidden$|--no-ignore$|--unrestricted$)/],
  ['find', /^-(exec|execdir|ok|okdir)$/],
  ['tar', /^-?[a-z]*c[a-zA-Z]*f$|^--(create|append|update)|^-[a-zA-Z]*[cru]/],
  ['zip', /^-[a-zA-Z]*r|^--rec/],
  ['7z', /^a$/],
  ['cp', /^-[a-zA-Z]*[rRa]|^--(rec|arch)/],
  ['scp', /^-[a-zA-Z]*r/],
  ['rsync', /^/],
  ['diff', /^-[a-zA-Z]*r|^--rec/],
])
