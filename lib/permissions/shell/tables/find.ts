import {
  CWD,
  mayReadBelowWord,
  mayReadWord,
  pathsOf,
  type ReadPolicy,
  systemProgram,
} from '../effects/read-access.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import type { SimpleCommand } from '../types.ts'

const FIND_FLAGS = new Set([
  ...[
    '-P',
    '-print',
    '-print0',
    '-prune',
    '-empty',
    '-not',
    '!',
    '-o',
    '-or',
    '-a',
    '-and',
    '(',
    ')',
  ],
  ...[
    '-depth',
    '-xdev',
    '-mount',
    '-daystart',
    '-true',
    '-false',
    '-quit',
    '-executable',
    '-readable',
  ],
  ...['-writable', '-ls', '-noleaf', '-nouser', '-nogroup', '-ignore_readdir_race', ','],
])

const FIND_VALUES = new Set([
  ...[
    '-name',
    '-iname',
    '-path',
    '-ipath',
    '-wholename',
    '-iwholename',
    '-regex',
    '-iregex',
    '-regextype',
  ],
  ...[
    '-type',
    '-xtype',
    '-maxdepth',
    '-mindepth',
    '-size',
    '-mtime',
    '-mmin',
    '-atime',
    '-amin',
    '-ctime',
  ],
  ...[
    '-cmin',
    '-perm',
    '-user',
    '-group',
    '-uid',
    '-gid',
    '-links',
    '-inum',
    '-printf',
    '-newermt',
    '-used',
    '-lname',
  ],
])

/** Tests that read another file. */
const FIND_FILES = new Set(['-newer', '-anewer', '-cnewer', '-samefile'])

/** Lists names inside the project. With `-exec`, the programs are checked separately and must get only regular files. */
export function isReadOnlyFind(
  args: readonly ShellWord[],
  { directories }: SimpleCommand,
  readPolicy: ReadPolicy,
): boolean {
  let at = 0
  for (; at < args.length; at++) {
    const value = plainValue(args[at])
    if (value !== null && /^(-.*|[!(),])$/.test(value)) break
    const word = args[at]
    if (word?.values.some((one) => /^[-!(),]/.test(one))) return false
    if (word === undefined || !mayReadWord(word, directories, readPolicy)) return false
  }
  // The names below it include those of processes.
  if (findStarts(args).some((word) => isRoot(word, directories, readPolicy))) return false
  let starts = false
  for (; at < args.length; at++) {
    const value = plainValue(args[at])
    if (value === null) return false
    if (FIND_FLAGS.has(value)) continue
    if (value === '-exec') {
      starts = true
      while (at < args.length && !/^[;+]$/.test(plainValue(args[at]) ?? '')) at++
    } else if (FIND_FILES.has(value)) {
      const file = args[++at]
      if (file === undefined || !mayReadWord(file, directories, readPolicy)) return false
    } else if (!FIND_VALUES.has(value) || !isKnownText(args[++at])) return false
  }
  if (!starts || startsOnlyPrinters(args)) return true
  return actsOnlyOnFiles(args, /^-exec$/) && mayReadBelowAll(args, directories, readPolicy)
}

function isRoot(
  word: ShellWord,
  directories: SimpleCommand['directories'],
  { view }: ReadPolicy,
): boolean {
  const paths = directories?.flatMap((directory) => pathsOf(word, directory, view) ?? []) ?? []
  return paths.some((file) => view.resolve(file) === '/')
}

/** A text, or in a loop one of several. */
function isKnownText(word: ShellWord | undefined): boolean {
  return word?.isCertain === true && word.isOneWord && word.glob === null
}

/** Programs that only print the names that they get. */
function startsOnlyPrinters(args: readonly ShellWord[]): boolean {
  return args.every(
    (word, at) => plainValue(word) !== '-exec' || PRINTERS.has(systemProgram(args[at + 1]) ?? ''),
  )
}

export const PRINTERS = new Set(['echo', 'basename', 'dirname'])

/** The started programs can get every file below. */
function mayReadBelowAll(
  args: readonly ShellWord[],
  directories: SimpleCommand['directories'],
  readPolicy: ReadPolicy,
): boolean {
  return findStarts(args).every((word) => mayReadBelowWord(word, directories, readPolicy))
}

/**
 * The words of each program that it starts, without the end mark; null when it is not known where one ends: `+` is an end only
 * after `{}`.
 */
export function startedCommands(
  args: readonly ShellWord[],
): readonly (readonly ShellWord[])[] | null {
  const commands: (readonly ShellWord[])[] = []
  for (let at = 0; at < args.length; at++) {
    if (plainValue(args[at]) !== '-exec') continue
    const length = args.slice(at + 1).findIndex((word) => /^[;+]$/.test(plainValue(word) ?? ''))
    const words = args.slice(at + 1, at + 1 + length)
    if (length <= 0) return null
    if (plainValue(args[at + 1 + length]) === '+' && plainValue(words.at(-1)) !== '{}') return null
    commands.push(words)
    at += length + 1
  }
  return commands
}

/** Whether no name below a start can be an option, a file of options (`@file`) or the like: all begin with the start. */
export function isSafeStart({ glob, text, values }: ShellWord): boolean {
  const beginnings = glob === null ? values : [text]
  return beginnings.length > 0 && beginnings.every((value) => /^[\w./]/.test(value))
}

/** Where it searches, as written. */
export function findStarts(args: readonly ShellWord[]): readonly ShellWord[] {
  const end = args.findIndex((word) => /^[-!(),]/.test(word.values.at(0) ?? ''))
  const starts = end < 0 ? args : args.slice(0, end)
  return starts.length === 0 ? [CWD] : starts
}

/** All that print or run something. */
const ACTIONS = /^-(f?print\w*|f?ls|exec\w*|ok\w*|delete|quit)$/

/** Where its actions are: not the same words as values of tests. Null when a word is not known. */
export function findActions(values: readonly string[]): readonly number[] | null {
  const actions: number[] = []
  const start = values.findIndex((value) => /^[-!(),]/.test(value))
  for (let at = start; at >= 0 && at < values.length; at++) {
    const value = values[at] ?? ''
    if (ACTIONS.test(value)) actions.push(at)
    if (/^-(exec|ok)/.test(value)) {
      while (at < values.length && !/^[;+]$/.test(values[at] ?? '')) at++
    } else if (FIND_VALUES.has(value) || FIND_FILES.has(value)) at++
    else if (!FIND_FLAGS.has(value)) return null
  }
  return actions
}

/**
 * Whether it acts, and each action is only performed for regular files: in its own sequence of tests, or in one around it,
 * `-type f` comes before it.
 */
export function actsOnlyOnFiles(
  args: readonly ShellWord[],
  actions: RegExp = /^-(exec|print0)$/,
): boolean {
  const values = args.map((word) => plainValue(word) ?? '')
  // For each open bracket: whether `-type f` was tested before it, and whether it was by now.
  const levels = [{ before: false, now: false }]
  let acts = false
  for (let at = 0; at < values.length; at++) {
    const level = levels.at(-1)
    const value = values[at] ?? ''
    if (level === undefined) return false
    if (value === '(') levels.push({ before: level.now, now: level.now })
    else if (value === ')') levels.pop()
    else if (/^(-o|-or|,)$/.test(value)) level.now = level.before
    else if (value === '-type') {
      const isNegated = /^(!|-not)$/.test(values[at - 1] ?? '')
      if (values[++at] === 'f' && !isNegated) level.now = true
    } else if (actions.test(value)) {
      if (!level.now) return false
      acts = true
      while (value === '-exec' && at < values.length && !/^[;+]$/.test(values[at] ?? '')) at++
    } else if (FIND_VALUES.has(value) || FIND_FILES.has(value)) at++
  }
  return acts && levels.length === 1
}
