import { parse } from 'unbash'
import { expandWord, firstValue, plainValue, type ShellWord } from '../shell/parse/word.ts'
import type { SimpleCommand } from '../shell/types.ts'
import { programName } from '../shell/unwrap/wrapper-layer.ts'
import { compileGlob } from './compile-glob.ts'

/** The payload of a Bash rule. */
export interface CommandPattern {
  /** `all` is every command, `prefix` ends in `:*`, `exact` is one command and no other, `none` matches nothing. */
  readonly type: 'all' | 'prefix' | 'exact' | 'none'
  readonly words: readonly ShellWord[]
  readonly text: string
}

const NO_COMMANDS: CommandPattern = { type: 'none', words: [], text: '' }

/** Parses `npm run test:*`, its other spelling `npm run test *`, or one exact command. A null payload is every command. */
export function parseCommandPattern(payload: string | null): CommandPattern {
  if (payload === null) return { type: 'all', words: [], text: '' }
  const before = PARSED_PATTERNS.get(payload)
  if (before !== undefined) return before
  if (PARSED_PATTERNS.size >= MAX_CACHED_PATTERNS) PARSED_PATTERNS.clear()
  const pattern = parsePayload(payload)
  PARSED_PATTERNS.set(payload, pattern)
  return pattern
}

/** Every decision compares the same few hundred rules, of which each takes a run of the shell parser. */
const PARSED_PATTERNS = new Map<string, CommandPattern>()

const MAX_CACHED_PATTERNS = 2_000

function parsePayload(payload: string): CommandPattern {
  const text = payload.trim()
  if (text === '') return NO_COMMANDS
  if (/^:?\*+$/.test(text)) return { type: 'all', words: [], text }
  const prefix = /^([\s\S]*?)\s*:?\*+$/.exec(text)?.[1]?.trim()
  const words = parseWords(prefix ?? text)
  // A line of several commands is matched only as it is written.
  if (words === null) return prefix === undefined ? { type: 'exact', words: [], text } : NO_COMMANDS
  return { type: prefix === undefined ? 'exact' : 'prefix', words, text }
}

function parseWords(text: string): readonly ShellWord[] | null {
  const { commands, errors = [] } = parse(text)
  const [statement, ...more] = commands
  if (statement?.command.type !== 'Command' || more.length > 0 || errors.length > 0) return null
  const { name, args, redirects, prefix } = statement.command
  if (name === undefined || redirects.length > 0 || prefix.length > 0 || statement.background) {
    return null
  }
  return [name, ...args].flatMap((word) => expandWord(word, UNEXPANDED))
}

/** Variables and substitutions in a rule are not expanded; they are compared as text. */
const UNEXPANDED = {
  home: '~',
  variable: () => ({ values: [], isCertain: false }),
  staticOutput: () => null,
}

/** How many words of a command the rule covers; 0 when it does not allow the command. */
export function countCoveredWords({ type, words }: CommandPattern, command: SimpleCommand): number {
  if (type === 'all') return command.words.length
  if (type === 'none' || words.length === 0) return 0
  if (type === 'exact' && words.length !== command.words.length) return 0
  const last = words.length - 1
  const fits = words.every((word, at) => {
    const callWord = command.words[at]
    if (callWord === undefined) return false
    return (
      isSame(word, callWord) ||
      (type === 'prefix' && at === last && at > 0 && isInsideWord(word, callWord))
    )
  })
  return fits ? words.length : 0
}

function isSame(ruleWord: ShellWord, callWord: ShellWord): boolean {
  const value = plainValue(ruleWord)
  return value === null ? ruleWord.text === callWord.text : value === plainValue(callWord)
}

/** A prefix that ends in the path of a directory covers the files in it. */
function isInsideWord(ruleWord: ShellWord, callWord: ShellWord): boolean {
  return isInsideDirectory(
    plainValue(ruleWord) ?? ruleWord.text.replace(/["']/g, ''),
    plainValue(callWord) ?? callWord.text.replace(/["']/g, ''),
  )
}

function isInsideDirectory(directory: string, file: string): boolean {
  if (!/^(\/|~\/|\.\/|\$HOME\/)/.test(directory) || file.split('/').includes('..')) return false
  return file.startsWith(directory.endsWith('/') ? directory : `${directory}/`)
}

/** Whether a deny or ask rule matches the command: by program, options in any order, and subcommand. */
export function matchesCommand(pattern: CommandPattern, { words }: SimpleCommand): boolean {
  if (pattern.type === 'all') return words.length > 0
  const [name, ...ruleWord] = pattern.words
  if (pattern.type === 'none' || name === undefined) return false
  const program = programName(name)
  return possibleSpellings(words).some(
    ([callWord, ...args]) =>
      isProgram(program, callWord, pattern) &&
      matchesArguments(ruleWord.map(firstValue), args, pattern.type),
  )
}

/** Whether a command could turn out to match the rule, because words that could complete it are not known. */
export function couldMatchCommand(pattern: CommandPattern, { words }: SimpleCommand): boolean {
  const [name, ...ruleWords] = pattern.words
  const program = programName(name)
  const isCalled = words[0]?.values.some((callWord) => isProgram(program, callWord, pattern))
  if (isCalled !== true || ruleWords.length === 0) return false
  const args = words.slice(1)
  const isMissing = (option: string): boolean =>
    option.startsWith('-') &&
    !hasOption(
      option,
      args.flatMap(({ values }) => values),
    )
  const missing = ruleWords.map(firstValue).filter(isMissing)
  const needsOption = missing.length > 0
  const couldBeMissing = (word: ShellWord): boolean =>
    couldBeOption(word) || couldBeSplit(word) || missing.some((one) => couldBeFile(one, word))
  if (needsOption && !args.some(couldBeMissing)) return false
  const operands = ruleWords.map(firstValue).filter((value) => !value.startsWith('-'))
  return operands.length === 0 ? needsOption : couldFindOperands(operands, args, needsOption)
}

function couldBeSplit({ isCertain, isOneWord, glob }: ShellWord): boolean {
  return !isCertain && !isOneWord && glob === null
}

/** Whether a wildcard matches a file with the name of a word, or of an option, also with its letters in another order. */
function couldBeFile(name: string, { glob }: ShellWord): boolean {
  if (glob === null || glob.includes('/')) return false
  const letters = /^-[^-]/.test(name) ? [...name.slice(1)] : []
  const others = letters.flatMap((letter) => [
    `-${letter}`,
    `-${[letter, ...letters.filter((one) => one !== letter)].join('')}`,
    `--${LONG_OPTION_NAMES.get(letter) ?? letter}`,
  ])
  const isMatch = compileGlob(glob)
  return isMatch === null || [name, ...others].some(isMatch)
}

/** Whether a word that is not known begins like an option, or with what the shell replaces. */
export function couldBeOption({ isCertain, text }: ShellWord): boolean {
  return !isCertain && /^["']*[-$`]/.test(text)
}

/** Whether the operands of a rule are at their place when words that are not known fit; one of them must. */
function couldFindOperands(
  operands: readonly string[],
  args: readonly ShellWord[],
  isOpen: boolean,
): boolean {
  let found = 0
  let usesUnknown = isOpen
  let follows = false
  for (const word of args) {
    // It can contain everything that is missing.
    if (couldBeSplit(word)) return true
    const value = word.values.at(0) ?? ''
    if (word.isCertain && value.startsWith('-')) {
      follows = true
      continue
    }
    const isOpenWord = !word.isCertain || couldBeFile(operands[found] ?? '', word)
    const isFound =
      word.isCertain && word.values.some((one) => matchesWildcard(operands[found] ?? '', one))
    if (isFound || isOpenWord) {
      usesUnknown ||= !isFound && !follows
      if (isFound || !follows) found++
      if (found === operands.length) return usesUnknown
    } else if (!follows) return false
    follows = false
  }
  return false
}

/** Whether the rule names this program, whatever its arguments. */
export function namesProgram(pattern: CommandPattern, name: string): boolean {
  return isProgram(programName(pattern.words[0]), name, pattern)
}

function isProgram(
  program: string | null,
  called: string | undefined,
  { text }: CommandPattern,
): boolean {
  if (program === null || called === undefined) return false
  const name = called.slice(called.lastIndexOf('/') + 1)
  // Some file systems ignore case.
  if (name.toLowerCase() === program.toLowerCase()) return true
  // `Bash(rm*)` is meant for every program whose name begins with `rm`.
  return /^\S*[^\s:*]\*$/.test(text) && name.startsWith(program.replace(/\*+$/, ''))
}

/** The command's words with each name it may have; a name that is not certain is also split at blanks. */
function possibleSpellings(words: readonly ShellWord[]): readonly (readonly string[])[] {
  const [name, ...args] = words
  if (name === undefined) return []
  const rest = args.flatMap((word) => (word.values.length === 0 ? [word.text] : [...word.values]))
  return name.values.map((value) => {
    const parts = name.isCertain ? [value] : value.split(/\s+/).filter((part) => part !== '')
    return [...parts, ...rest]
  })
}

function matchesArguments(
  ruleWords: readonly string[],
  callWords: readonly string[],
  type: CommandPattern['type'],
): boolean {
  const rule = splitArguments(ruleWords)
  const call = splitArguments(callWords)
  if (!rule.options.every((option) => hasOption(option, call.options))) return false
  if (type === 'exact') {
    const isExact = rule.operands.length === call.operands.length
    return (
      isExact &&
      ruleWords.length === callWords.length &&
      findOperands(rule, call, matchesWildcard) === 0
    )
  }
  const fits = (value: string, own: string): boolean =>
    matchesWildcard(value, own) || isInsideDirectory(value, own)
  return findOperands(rule, call, fits) >= 0
}

interface CommandArguments {
  readonly options: readonly string[]
  readonly operands: readonly { readonly value: string; readonly follows: boolean }[]
}

function splitArguments(args: readonly string[]): CommandArguments {
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

/** `-rf` is in `-vrf`, `-f -r`, `-r --force`; a longer word with one dash is a name and must be identical. */
function hasOption(option: string, callOptions: readonly string[]): boolean {
  if (callOptions.some((one) => one === option || matchesWildcard(option, one))) return true
  if (option.startsWith('--')) {
    const long = SHORT_AND_LONG.find(([, name]) => name === option.slice(2))
    return callOptions.some(
      (one) =>
        isLongOption(one, option.slice(2)) || (long !== undefined && hasLetter(one, long[0])),
    )
  }
  if (option.length > MAX_BUNDLED_CHARACTERS) return false
  return [...option.slice(1)].every((letter) =>
    callOptions.some(
      (one) => hasLetter(one, letter) || isLongOption(one, LONG_OPTION_NAMES.get(letter) ?? '-'),
    ),
  )
}

const MAX_BUNDLED_CHARACTERS = 5

const SHORT_AND_LONG = [
  ['r', 'recursive'],
  ['R', 'recursive'],
  ['f', 'force'],
  ['n', 'dry-run'],
  ['a', 'all'],
  ['d', 'delete'],
] as const

const LONG_OPTION_NAMES = new Map<string, string>(SHORT_AND_LONG)

function hasLetter(option: string, letter: string): boolean {
  if (option.startsWith('--')) return false
  const letters = letter.toLowerCase() === 'r' ? ['r', 'R'] : [letter]
  return letters.some((one) => option.includes(one))
}

function isLongOption(option: string, name: string): boolean {
  const [prefix = ''] = option.slice(2).split('=')
  return option.startsWith('--') && prefix.length > 2 && name.startsWith(prefix)
}

/** The index of the rule's operands among the call's, or -1; only values of options can precede them. */
function findOperands(
  rule: CommandArguments,
  call: CommandArguments,
  isSame: (ruleValue: string, callValue: string) => boolean,
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

/** `*` matches any text. Runs in one pass for every pattern. */
function matchesWildcard(pattern: string, text: string): boolean {
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
