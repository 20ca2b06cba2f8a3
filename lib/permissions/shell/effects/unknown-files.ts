import type { ShellWord } from '../parse/word.ts'
import { skipGitOptions } from '../tables/git-options.ts'
import { showsFiles } from '../tables/reading-programs.ts'
import type { SimpleCommand } from '../types.ts'
import { programName } from '../unwrap/wrapper-layer.ts'
import { runsCode } from './inline-code.ts'

/** Whether a word of a program that shows, copies or interprets files is not known: it can name any file. */
export function readsUnknownFile({ words, redirections }: SimpleCommand): boolean {
  if (redirections.some(({ operator, target }) => /^<>?$/.test(operator) && isUnknown(target)))
    return true
  const named = [...words, ...redirections.flatMap(({ target }) => target ?? [])]
  if (named.some(({ values }) => values.some((value) => OF_PROCESS.test(value)))) return true
  const name = programName(words[0])
  if (name === null) return false
  // They read the names of files.
  if (name === 'cpio' || name === 'pax') return true
  if (name === 'git') return readsUnknownGitFile(words)
  if (showsFiles(name) || readsNames(name, words)) return words.slice(1).some(isUnknown)
  return runsCode(name) && interpretedWords(name, words.slice(1)).some(isUnknown)
}

/** Links of the system that lead where a process is, not where letta is. */
const OF_PROCESS = /\/proc\/+[^/]+\/+(?:task\/+[^/]+\/+)?(?:cwd|root|fd)(?:\/|$)/

/** Whether an option makes a program show the lines of a file, as names or in errors. */
function readsNames(name: string, words: readonly ShellWord[]): boolean {
  const option = LISTING_OPTIONS.get(name)
  return option !== undefined && words.some(({ text }) => option.test(text))
}

const LISTING_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ['find', /^-files0-from$/],
  ['xargs', /^(-[a-zA-Z\d]*a|--a)/],
  ['date', /^(-[a-zA-Z]*f|--f)/],
  ['du', /^--f/],
  ['ssh', /^-[a-zA-Z\d]*F/],
])

/** What follows the script of an interpreter is only given to it. */
function interpretedWords(name: string, args: readonly ShellWord[]): readonly ShellWord[] {
  if (!INTERPRETER.test(name)) return args
  const script = args.findIndex(({ values }) => !values.some((value) => value.startsWith('-')))
  return script < 0 ? args : args.slice(0, script + 1)
}

const INTERPRETER =
  /^(python[\d.]*|pypy[\d.]*|node|nodejs|deno|bun|tsx|ts-node|php|lua|luajit|tclsh|Rscript|julia|groovy|pwsh|powershell)$/

/** A name with a known beginning, such as `src/$name`, counts as well: it can contain `..`. */
function isUnknown(word: ShellWord | null): boolean {
  return word !== null && !word.isCertain
}

/** Subcommands of git that show the content of the files, or of the objects, which their operands name. */
function readsUnknownGitFile(words: readonly ShellWord[]): boolean {
  const { subcommand } = skipGitOptions(words)
  const name = words[subcommand]?.values.at(0) ?? ''
  return SHOWING_SUBCOMMANDS.test(name) && words.slice(subcommand + 1).some(isUnknown)
}

const SHOWING_SUBCOMMANDS =
  /^(show|diff|diff-tree|diff-index|diff-files|cat-file|blame|annotate|grep|archive|hash-object|log)$/
