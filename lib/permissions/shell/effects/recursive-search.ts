import type { FsView } from '../../facts/facts.ts'
import type { ShellWord } from '../parse/word.ts'
import { sortArgs } from '../tables/options.ts'
import { READONLY_PROGRAMS } from '../tables/readonly-programs.ts'
import type { SimpleCommand } from '../types.ts'
import { selectingPatterns } from './name-endings.ts'
import { CWD, pathsOf, systemProgram } from './read-access.ts'

interface SearchedDirectories {
  readonly words: readonly ShellWord[]
  /** Whether hidden files are among those that are read. */
  readonly access: 'read' | 'readVisible'
  /** Patterns for names, by which hidden files are read as well. */
  readonly patterns: readonly string[]
}

/** Directories of which a command seems to read the files: used only to find what a rule denies. */
export function searchedDirectories({ words }: SimpleCommand): readonly SearchedDirectories[] {
  const [program, ...args] = words
  const name = systemProgram(program) ?? ''
  const option = RECURSIVE_OPTIONS.get(name)
  // The first word of `tar c .` is its options.
  const isBundle = name === 'tar' && /^[a-zA-Z]*[cru][a-zA-Z]*$/.test(args[0]?.values.at(0) ?? '')
  const isAll =
    isBundle || (option !== undefined && args.some(({ values }) => option.test(values.at(0) ?? '')))
  if (!isAll && !SEARCHES_VISIBLE.has(name)) return []
  const searched = startsOf(name, args)
  const patterns = patternsOf(name, args)
  const isVisible = !isAll && patterns !== null
  return [{ words: searched, access: isVisible ? 'readVisible' : 'read', patterns: patterns ?? [] }]
}

/** Directories of which a program compares the files that have the same names: `diff DIR DIR`, `diff FILE --to-file=DIR`. */
export function comparedDirectories(
  { words }: SimpleCommand,
  directory: string,
  view: FsView,
): readonly string[] {
  const [program, ...args] = words
  if (!COMPARES_DIRECTORIES.has(systemProgram(program) ?? '')) return []
  const named = args.map((word) => ({
    ...word,
    values: word.values.map((value) => value.replace(/^--[ft][a-z-]*=/, '')),
  }))
  const paths = named.flatMap((word) => pathsOf(word, directory, view) ?? [])
  return paths.filter((file) => view.exists(`${file}/.`))
}

const COMPARES_DIRECTORIES: ReadonlySet<string> = new Set(['diff', 'sdiff', 'colordiff'])

/** With options whose values are not known, the values and the pattern are among the directories, which does no harm. */
function startsOf(name: string, args: readonly ShellWord[]): readonly ShellWord[] {
  const program = READONLY_PROGRAMS.get(name)
  const sorted = program?.operands === 'pattern' ? sortArgs(args, program) : null
  const operands = sorted?.operands ?? args.filter(({ values }) => !/^-/.test(values.at(0) ?? ''))
  const isGiven = program?.patternOptions.some((one) => sorted?.usedOptions.includes(one)) === true
  const starts = sorted === null || isGiven ? operands : operands.slice(1)
  if (sorted === null)
    return SEARCHES_VISIBLE.has(name) || operands.length < 2 ? [...operands, CWD] : operands
  return starts.length > 0 ? starts : [CWD]
}

/** The patterns of a search by `rg`; null when they are not known. */
function patternsOf(name: string, args: readonly ShellWord[]): readonly string[] | null {
  const program = READONLY_PROGRAMS.get(name)
  if (name !== 'rg' || program === undefined) return []
  const sorted = sortArgs(args, program)
  return sorted === null ? null : selectingPatterns(sorted)
}

/** Programs that search directories without any option, but not hidden files. */
const SEARCHES_VISIBLE: ReadonlySet<string> = new Set(['rg', 'ag', 'ack', 'ugrep'])

/** Options that make a program search or copy directories recursively, hidden files included. */
const RECURSIVE_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ...['grep', 'egrep', 'fgrep'].map((name): [string, RegExp] => [
    name,
    /^(-[a-zA-Z]*[rRd]|--(dereference-)?recursive$|--di)/,
  ]),
  // What selects files by type, or names other ignore files, can select hidden ones.
  ['rg', /^(-[a-zA-Z]*[uU.t]|--hid\w*$|--no-ignore(?!-messages$)|--unr\w*$|--type|--ignore-file)/],
  ['ag', /^(-[a-zA-Z]*[uU.]|--hid\w*$|--no-ignore|--unr\w*$)/],
  // It searches hidden files without any option.
  ['ack', /^/],
  ['ugrep', /^(-[a-zA-Z]*[rRg.]|--(dereference-)?rec|--hid|--i?glob)/],
  ...['fd', 'fdfind'].map((name): [string, RegExp] => [name, /^(-[a-zA-Z]*[xX]|--exec)/]),
  ['find', /^-(exec|execdir|ok|okdir)$/],
  ['tar', /^-?[a-z]*c[a-zA-Z]*f$|^--(create|append|update)|^-[a-zA-Z]*[cru]/],
  ['zip', /^-[a-zA-Z]*r|^--rec/],
  ['7z', /^a$/],
  ['cp', /^-[a-zA-Z]*[rRa]|^--(rec|arch)/],
  ['scp', /^-[a-zA-Z]*r/],
  ['rsync', /^/],
  ['diff', /^-[a-zA-Z]*r|^--rec/],
])
