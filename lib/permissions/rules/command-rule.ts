import { parse } from 'unbash'
import { plainValue, readWord, type ShellWord } from '../shell/parse/word.ts'
import type { SimpleCommand } from '../shell/types.ts'
import { programOf } from '../shell/unwrap/wrapper-layer.ts'

/** What stands between the parentheses of a Bash rule. */
export interface CommandPattern {
  /** `all` is every command, `prefix` ends in `:*`, `exact` is one command and no other, `none` matches nothing. */
  readonly kind: 'all' | 'prefix' | 'exact' | 'none'
  readonly words: readonly ShellWord[]
  readonly text: string
}

const NONE: CommandPattern = { kind: 'none', words: [], text: '' }

/** `npm run test:*`, its other spelling `npm run test *`, or one exact command. A null payload is the whole tool. */
export function readPattern(payload: string | null): CommandPattern {
  if (payload === null) return { kind: 'all', words: [], text: '' }
  const text = payload.trim()
  if (text === '') return NONE
  if (/^:?\*+$/.test(text)) return { kind: 'all', words: [], text }
  const prefix = /^([\s\S]*?)\s*:?\*+$/.exec(text)?.[1]?.trim()
  const words = wordsOf(prefix ?? text)
  // A line of several commands is matched as it is written, or not at all.
  if (words === null) return prefix === undefined ? { kind: 'exact', words: [], text } : NONE
  return { kind: prefix === undefined ? 'exact' : 'prefix', words, text }
}

function wordsOf(text: string): readonly ShellWord[] | null {
  const { commands, errors = [] } = parse(text)
  const [statement, ...more] = commands
  if (statement?.command.type !== 'Command' || more.length > 0 || errors.length > 0) return null
  const { name, args, redirects, prefix } = statement.command
  if (name === undefined || redirects.length > 0 || prefix.length > 0 || statement.background) {
    return null
  }
  return [name, ...args].flatMap((word) => readWord(word, AS_WRITTEN))
}

/** A rule's variables and substitutions stand for themselves: they are compared as text. */
const AS_WRITTEN = {
  home: '~',
  variable: () => ({ values: [], isCertain: false }),
  printed: () => null,
}

/** How many words of a command the rule covers; 0 when it doesn't allow the command. */
export function allowedWords({ kind, words }: CommandPattern, command: SimpleCommand): number {
  if (kind === 'all') return command.words.length
  if (kind === 'none' || words.length === 0) return 0
  if (kind === 'exact' && words.length !== command.words.length) return 0
  const last = words.length - 1
  const fits = words.every((word, at) => {
    const given = command.words[at]
    if (given === undefined) return false
    return (
      isSame(word, given) || (kind === 'prefix' && at === last && at > 0 && isBelow(word, given))
    )
  })
  return fits ? words.length : 0
}

function isSame(wanted: ShellWord, given: ShellWord): boolean {
  const value = plainValue(wanted)
  return value === null ? wanted.text === given.text : value === plainValue(given)
}

/** A prefix that ends in a folder's path covers what lies in the folder. */
function isBelow(wanted: ShellWord, given: ShellWord): boolean {
  return liesIn(
    plainValue(wanted) ?? wanted.text.replace(/["']/g, ''),
    plainValue(given) ?? given.text.replace(/["']/g, ''),
  )
}

function liesIn(folder: string, file: string): boolean {
  if (!/^(\/|~\/|\.\/|\$HOME\/)/.test(folder) || file.split('/').includes('..')) return false
  return file.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

/** Whether a rule that forbids, or wants to ask, speaks of the command: by name, options in any order, sub-command. */
export function forbidsCommand(pattern: CommandPattern, { words }: SimpleCommand): boolean {
  if (pattern.kind === 'all') return words.length > 0
  const [name, ...wanted] = pattern.words
  if (pattern.kind === 'none' || name === undefined) return false
  const program = programOf(name)
  return spellings(words).some(
    ([given, ...args]) =>
      isProgram(program, given, pattern) && isMeant(wanted.map(textOf), args, pattern.kind),
  )
}

/** Whether a command may turn out to be one that the rule forbids: the word that says what it does is not known. */
export function mayBeForbidden(pattern: CommandPattern, { words }: SimpleCommand): boolean {
  const [name, wanted] = pattern.words
  const program = programOf(name)
  const isMeant = words[0]?.values.some((given) => isProgram(program, given, pattern)) ?? false
  if (!isMeant || wanted === undefined || textOf(wanted).startsWith('-')) return false
  let follows = false
  for (const word of words.slice(1)) {
    const isOption = (word.values.at(0) ?? '').startsWith('-')
    if (!isOption && !follows) return !word.isCertain
    follows = isOption
  }
  return false
}

/** Whether the rule speaks of a program of this name, whatever it is told to do. */
export function speaksOfProgram(pattern: CommandPattern, name: string): boolean {
  return isProgram(programOf(pattern.words[0]), name, pattern)
}

function isProgram(
  program: string | null,
  given: string | undefined,
  { text }: CommandPattern,
): boolean {
  if (program === null || given === undefined) return false
  const own = given.slice(given.lastIndexOf('/') + 1)
  // Some file systems take capitals for the same name.
  if (own.toLowerCase() === program.toLowerCase()) return true
  // `Bash(rm*)`: whoever wrote that fears all that begins so.
  return /^\S*[^\s:*]\*$/.test(text) && own.startsWith(program.replace(/\*+$/, ''))
}

function textOf(word: ShellWord): string {
  return word.values.at(0) ?? word.text
}

/** The command's words as they may be: each name it may have, and a name that falls apart at blanks. */
function spellings(words: readonly ShellWord[]): readonly (readonly string[])[] {
  const [name, ...args] = words
  if (name === undefined) return []
  const rest = args.flatMap((word) => (word.values.length === 0 ? [word.text] : [...word.values]))
  return name.values.map((value) => {
    const parts = name.isCertain ? [value] : value.split(/\s+/).filter((part) => part !== '')
    return [...parts, ...rest]
  })
}

function isMeant(wanted: readonly string[], given: readonly string[], kind: string): boolean {
  const rule = sortArgs(wanted)
  const call = sortArgs(given)
  if (!rule.options.every((option) => hasOption(option, call.options))) return false
  if (kind === 'exact') {
    const isWhole = rule.operands.length === call.operands.length
    return isWhole && wanted.length === given.length && findOperands(rule, call, wildcard) === 0
  }
  const fits = (value: string, own: string): boolean => wildcard(value, own) || liesIn(value, own)
  return findOperands(rule, call, fits) >= 0
}

interface Args {
  readonly options: readonly string[]
  readonly operands: readonly { readonly value: string; readonly follows: boolean }[]
}

function sortArgs(args: readonly string[]): Args {
  const options: string[] = []
  const operands: { value: string; follows: boolean }[] = []
  let onlyOperands = false
  let follows = false
  for (const value of args) {
    if (!onlyOperands && value === '--') onlyOperands = true
    else if (!onlyOperands && value.length > 1 && value.startsWith('-')) {
      options.push(value)
      follows = true
      continue
    } else operands.push({ value, follows })
    follows = false
  }
  return { options, operands }
}

/** `-rf` is in `-vrf`, `-f -r`, `-r --force`; a longer word with one dash is a name and must stand as it is. */
function hasOption(option: string, given: readonly string[]): boolean {
  if (given.some((one) => one === option || wildcard(option, one))) return true
  if (option.startsWith('--')) {
    const long = LETTERS.find(([, name]) => name === option.slice(2))
    return given.some(
      (one) => isLong(one, option.slice(2)) || (long !== undefined && hasLetter(one, long[0])),
    )
  }
  if (option.length > MOST_BUNDLED) return false
  return [...option.slice(1)].every((letter) =>
    given.some((one) => hasLetter(one, letter) || isLong(one, LONG_NAMES.get(letter) ?? '-')),
  )
}

const MOST_BUNDLED = 5

const LETTERS = [
  ['r', 'recursive'],
  ['R', 'recursive'],
  ['f', 'force'],
  ['n', 'dry-run'],
  ['a', 'all'],
  ['d', 'delete'],
] as const

const LONG_NAMES = new Map<string, string>(LETTERS)

function hasLetter(option: string, letter: string): boolean {
  if (option.startsWith('--')) return false
  const letters = letter.toLowerCase() === 'r' ? ['r', 'R'] : [letter]
  return letters.some((one) => option.includes(one))
}

function isLong(given: string, name: string): boolean {
  const [own = ''] = given.slice(2).split('=')
  return given.startsWith('--') && own.length > 2 && name.startsWith(own)
}

/** Where the rule's operands stand among the call's; words before them may only be values of options. */
function findOperands(
  rule: Args,
  call: Args,
  isSame: (value: string, own: string) => boolean,
): number {
  for (let at = 0; at + rule.operands.length <= call.operands.length; at++) {
    const fits = rule.operands.every(({ value }, index) =>
      isSame(value, call.operands[at + index]?.value ?? ''),
    )
    if (fits) return at
    if (call.operands[at]?.follows !== true) return -1
  }
  return -1
}

/** `*` is any text; in one pass, whatever the pattern. */
function wildcard(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text
  const [head = '', ...middle] = pattern.split('*')
  const tail = middle.pop() ?? ''
  if (!text.startsWith(head) || text.length < head.length + tail.length) return false
  let at = head.length
  for (const part of middle) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - tail.length >= at && text.endsWith(tail)
}
