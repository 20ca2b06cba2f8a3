import type { FsView } from '../../facts/facts.ts'
import type { ShellWord } from '../parse/word.ts'
import { skipGitOptions } from '../tables/git-options.ts'
import type { SimpleCommand } from '../types.ts'
import { pathsOf, systemProgram } from './read-access.ts'

/**
 * The command without the words that name no file: scripts, modes, owners, values of options, addresses of other machines. Used only
 * to show what a command writes, so that what is shown is true; the verdict takes every word for a file.
 */
export function withFileOperands(command: SimpleCommand): SimpleCommand {
  const words = withoutSudo(command.words)
  const [program, ...args] = words
  const name = systemProgram(program)
  if (program === undefined || name === null) return command
  const values = valuesOfOptions(VALUE_OPTIONS.get(name), args)
  const left = args.filter((word) => !values.has(word))
  return { ...command, words: [program, ...operandsOf(name, left, values.size > 0)] }
}

/**
 * A command of git without versions, branches, actions of a stash, and the patch that is applied. Only for a person to read: what is
 * dangerous or denied is judged with them.
 */
export function withGitFiles(command: SimpleCommand, view: FsView): SimpleCommand {
  const { words } = command
  if (systemProgram(words[0]) !== 'git') return command
  const { subcommand } = skipGitOptions(words)
  const called = textOf(words[subcommand])
  const args = words.slice(subcommand + 1)
  const values = valuesOfOptions(/^(?:-[se]|--source|--exclude)$/, args)
  const end = args.findIndex((word) => textOf(word) === '--')
  const isFile = (word: ShellWord, at: number): boolean => {
    if (GIT_TAKES_FILES.has(called)) return !values.has(word)
    // Git refuses a name of a branch that is a file, too.
    return end < 0 ? called === 'checkout' && exists(word, command, view) : at > end
  }
  const files = args.filter((word, at) => isOption(word) || isFile(word, at))
  return { ...command, words: [...words.slice(0, subcommand + 1), ...files] }
}

function exists(word: ShellWord, { directories }: SimpleCommand, view: FsView): boolean {
  return (directories ?? [view.directory]).some((from) =>
    pathsOf(word, from, view)?.some((file) => view.exists(file)),
  )
}

const GIT_TAKES_FILES = new Set(['mv', 'rm', 'restore', 'clean'])

/** Machines that a program for remote files or shells connects to. */
export function remoteHosts({ words: all }: SimpleCommand): readonly string[] {
  const [program, ...args] = withoutSudo(all)
  const name = systemProgram(program) ?? ''
  const values = valuesOfOptions(VALUE_OPTIONS.get(name) ?? FETCHER_OPTIONS.get(name), args)
  const operands = args.filter((word) => !values.has(word) && !isOption(word))
  if (name === 'ssh') {
    const [target] = operands.slice(0, 1).map(textOf)
    return target === undefined ? [] : [target.replace(/^.*@/, '')]
  }
  if (FETCHERS.has(name)) {
    return operands.flatMap((word) => FETCHED_HOST.exec(textOf(word))?.[1] ?? []).slice(0, 1)
  }
  if (!REMOTE_COPIES.has(name)) return []
  return operands.flatMap((word) => REMOTE_PATH.exec(textOf(word))?.[1] ?? [])
}

/** What git connects to: the machine of an address, or the name of a remote; `origin` where it is chosen by the settings. */
export function gitRemotes({ words: all }: SimpleCommand): readonly string[] {
  const [program, ...args] = withoutSudo(all)
  const values = valuesOfOptions(GIT_VALUE_OPTIONS, args)
  const [action, ...operands] = args
    .filter((word) => !values.has(word) && !isOption(word))
    .map(textOf)
  if (systemProgram(program) !== 'git' || !GIT_CONNECTING.has(action ?? '')) return []
  const [remote] = operands
  if (remote === undefined) return action === 'clone' ? [] : ['origin']
  if (remote.includes('://') || /^[./~]/.test(remote)) return []
  return [REMOTE_PATH.exec(remote)?.[1] ?? remote]
}

const GIT_CONNECTING = new Set(['push', 'fetch', 'pull', 'clone', 'ls-remote'])
const GIT_VALUE_OPTIONS =
  /^(?:-[Ccobj]|--git-dir|--work-tree|--push-option|--branch|--depth|--jobs|--upload-pack|--receive-pack)$/

function operandsOf(
  name: string,
  args: readonly ShellWord[],
  hasScript: boolean,
): readonly ShellWord[] {
  if (name === 'find') return findOperands(args)
  if (REMOTE_COPIES.has(name)) {
    const isUpload = REMOTE_PATH.test(textOf(args.findLast((word) => !isOption(word))))
    return args.filter((word) => isOption(word) || !(isUpload || REMOTE_PATH.test(textOf(word))))
  }
  const isScript = /^g?sed$/.test(name) && !hasScript
  const isMode = /^(chmod|chown|chgrp)$/.test(name) && !args.some(isRemovedMode)
  if (!isScript && !isMode) return args
  const first = args.findIndex((word) => !isOption(word))
  return first < 0 || args.some((word) => textOf(word).startsWith('--reference'))
    ? args
    : args.toSpliced(first, 1)
}

/** The directories, and the files that results are written to. */
function findOperands(args: readonly ShellWord[]): readonly ShellWord[] {
  const start = args.findIndex((word) => /^[-(!]/.test(textOf(word)))
  if (start < 0) return args
  const expression = args.slice(start)
  const kept = expression.flatMap((word, at) => {
    const isRemoval = EXECUTES.test(textOf(word)) && REMOVES.test(textOf(expression[at + 1]))
    if (isRemoval) return [{ ...word, text: '-delete', values: ['-delete'] }]
    return isOption(word) || FIND_OUTPUT.test(textOf(expression[at - 1])) ? [word] : []
  })
  return [...args.slice(0, start), ...kept]
}

const EXECUTES = /^-(exec|ok)(dir)?$/
const REMOVES = /^(rm|unlink|shred|truncate)$/

function valuesOfOptions(
  option: RegExp | undefined,
  args: readonly ShellWord[],
): ReadonlySet<ShellWord> {
  if (option === undefined) return new Set()
  const values = args.filter((_, at) => at > 0 && option.test(textOf(args[at - 1])))
  return new Set(values)
}

function withoutSudo(words: readonly ShellWord[]): readonly ShellWord[] {
  const isSudo = /^(sudo|doas)$/.test(textOf(words[0]))
  return isSudo && words[1] !== undefined && !isOption(words[1]) ? words.slice(1) : words
}

/** `chmod -x file` */
function isRemovedMode(word: ShellWord): boolean {
  return /^-[rwxXst]+$/.test(textOf(word))
}

function isOption(word: ShellWord): boolean {
  return textOf(word).startsWith('-')
}

function textOf(word: ShellWord | undefined): string {
  return word?.values.at(0) ?? ''
}

const FIND_OUTPUT = /^-f(?:print0?|printf|ls)$/

const REMOTE_COPIES = new Set(['scp', 'rsync', 'sftp'])
const FETCHERS = new Set(['curl', 'nc', 'ncat', 'ping', 'telnet', 'wget'])
/** An address without its protocol. */
const FETCHED_HOST = /^([\w-]+(?:\.[\w-]+)*)(?::\d+)?(?:\/.*)?$/

/** `host:path`, `user@host:path` */
const REMOTE_PATH = /^(?:[\w.-]+@)?([\w.-]+):/

/** Options whose value is the next word, and no file that is written. */
const VALUE_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ['sed', /^(?:-[nrEsuz]*[ef]|--expression|--file)$/],
  ['gsed', /^(?:-[nrEsuz]*[ef]|--expression|--file)$/],
  ['perl', /^-[a-zA-Z]*[eE]$/],
  ['ruby', /^-[a-zA-Z]*e$/],
  ['truncate', /^(?:-[cor]*s|--size)$/],
  ['touch', /^(?:-[acm]*[dtr]|--date|--reference)$/],
  ['mkdir', /^(?:-p?m|--mode)$/],
  ['shred', /^(?:-[fuvxz]*[ns]|--iterations|--size)$/],
  ['ssh', /^-[BbcDEeFIiJLlmOopQRSWw]$/],
  ['scp', /^-[cDFiJloPSX]$/],
  ['rsync', /^(?:-e|--rsh|--exclude|--include|--filter)$/],
])

/** The same for programs of which only the address is shown. */
const FETCHER_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  [
    'curl',
    /^(?:-[sSfLkvg]*[odHXuATFeDbcxmrw]|--(?:output|data|data-raw|data-binary|header|request|user|user-agent|form|upload-file|cookie|proxy|max-time|range|write-out|url-query))$/,
  ],
  ['wget', /^(?:-[qcN]*[OPoUeiT]|--(?:output-document|directory-prefix|header))$/],
  ['nc', /^-[nvz]*[wpsiXx]$/],
  ['ping', /^-[ciWIs]$/],
])
