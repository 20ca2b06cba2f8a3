import type { ShellWord } from '../parse/word.ts'
import { skipGitOptions } from '../tables/git-options.ts'
import { showsFiles } from '../tables/reading-programs.ts'
import type { SimpleCommand } from '../types.ts'
import { programName } from '../unwrap/wrapper-layer.ts'
import { runsCode } from './inline-code.ts'

/** Whether a word of a program that shows, copies or interprets files is not known: it can name any file. */
export function readsUnknownFile(command: SimpleCommand): boolean {
  if (changesWildcards(command)) return true
  const { words, redirections } = command
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

/** Whether wildcards match other names in what follows, such as hidden ones. */
function changesWildcards({ words, assignments }: SimpleCommand): boolean {
  if (assignments.some(({ name }) => name === WILDCARD_VARIABLE)) return true
  const name = programName(words[0])
  if (name === null) return false
  const args = words.slice(1).flatMap(({ text, values }) => [text, ...values])
  if (DECLARING.has(name)) return args.some((one) => one.startsWith(WILDCARD_VARIABLE))
  return WILDCARD_OPTIONS.get(name)?.test(args.join(' ')) === true
}

/** With it, wildcards match hidden files too. */
const WILDCARD_VARIABLE = 'GLOBIGNORE'

const DECLARING: ReadonlySet<string> = new Set('export declare typeset local readonly'.split(' '))

const WILDCARD_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ['shopt', /glob|[$`]/],
  ['setopt', /./],
  ...['bash', 'zsh', 'sh'].map((name): [string, RegExp] => [name, /(^| )[-+][a-zA-Z]*O/]),
])

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
