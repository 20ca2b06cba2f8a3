import { DECLARING_COMMANDS } from '../parse/variables.ts'
import type { ShellWord } from '../parse/word.ts'
import { skipGitOptions } from '../tables/git-options.ts'
import { showsFiles } from '../tables/reading-programs.ts'
import { isDescriptorCopy, type SimpleCommand } from '../types.ts'
import { programName } from '../unwrap/wrapper-layer.ts'
import { runsCode } from './inline-code.ts'
import { writtenWords } from './written-files.ts'

/** Whether a word of a program that shows, copies or interprets files is not known: it can name any file. */
export function readsUnknownFile(command: SimpleCommand): boolean {
  if (changesWildcards(command)) return true
  const { words, redirections } = command
  if (redirections.some(({ operator, target }) => /^<>?$/.test(operator) && isUnknown(target)))
    return true
  const named = [...words, ...redirections.flatMap(({ target }) => target ?? [])]
  if (named.some(({ values }) => values.some((value) => OF_PROCESS.test(value)))) return true
  // It can be a program and its operands.
  if (words[0] !== undefined && isUnknown(words[0]) && !words[0].isOneWord) return true
  const name = programName(words[0])
  if (name === null) return false
  if (name === 'cpio' || name === 'pax') return true
  if (NAMES_FROM_FILE.get(name)?.test(words.map(({ text }) => text).join(' '))) return true
  if (SHELLS.has(name))
    return interpretedWords(name, words.slice(1)).some(
      (word) => (isUnknown(word) && !word.text.includes('{}')) || word.text.startsWith('<('),
    )
  if (CONTAINERS.has(name)) return words.some((word) => isUnknown(word) && PLACES.test(word.text))
  if (name === 'git') return readsUnknownGitFile(words)
  if (showsFiles(name) || readsNames(name, words)) return words.slice(1).some(isUnknown)
  return runsCode(name) && interpretedWords(name, words.slice(1)).some(isUnknown)
}

/** Programs that read the names of the files which they copy. */
const NAMES_FROM_FILE: ReadonlyMap<string, RegExp> = new Map([
  ...['tar', 'gtar', 'bsdtar'].map((name): [string, RegExp] => [
    name,
    /^\S+ [a-zA-Z]*T|\s(-[a-zA-Z]*T|--files-f)/,
  ]),
  ['zip', /\s(-\w*@|--names-stdin)/],
  ['rsync', /\s--files-f/],
  ...['7z', '7za', '7zz'].map((name): [string, RegExp] => [name, /\s-?i?@/]),
])

const CONTAINERS: ReadonlySet<string> = new Set(
  'docker podman nerdctl buildah bwrap mount proot'.split(' '),
)

/** A word such as `"$(pwd)":/app` gives a directory another place. */
const PLACES = /:\/|^["']?(-v|\$|`|--volume|--mount|type=|src=|source=)/

const SHELLS: ReadonlySet<string> = new Set('bash sh dash zsh ksh ash'.split(' '))

/** Whether a word that names what a program writes is not known, or leads through a process. */
export function writesUnknownFile(command: SimpleCommand): boolean {
  const isAny = (word: ShellWord | null): boolean =>
    isUnknown(word) || word?.values.some((value) => OF_PROCESS.test(value)) === true
  return (
    command.redirections.some(
      (one) => one.operator.includes('>') && !isDescriptorCopy(one) && isAny(one.target),
    ) || writtenWords(command).some(isAny)
  )
}

/** Whether wildcards match other names in what follows, such as hidden ones. */
function changesWildcards({ words, assignments }: SimpleCommand): boolean {
  if (assignments.some(({ name }) => name === WILDCARD_VARIABLE)) return true
  const name = programName(words[0])
  if (name === null) return false
  const args = words.slice(1).flatMap(({ text, values }) => [text, ...values])
  if (DECLARING_COMMANDS.has(name)) return args.some((one) => one.startsWith(WILDCARD_VARIABLE))
  return WILDCARD_OPTIONS.get(name)?.test(args.join(' ')) === true
}

/** With it, wildcards match hidden files too. */
const WILDCARD_VARIABLE = 'GLOBIGNORE'

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
  /^(bash|sh|dash|zsh|ksh|ash|python[\d.]*|pypy[\d.]*|node|nodejs|deno|bun|tsx|ts-node|php|lua|luajit|tclsh|Rscript|julia|groovy|pwsh|powershell)$/

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
