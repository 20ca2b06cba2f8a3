import { withSuggestion } from '../util/did-you-mean.ts'
import { splitList } from '../util/split-list.ts'
import { UsageError } from '../util/user-error.ts'
import { FLAGS, type Flag } from './flags.ts'
import {
  conflictingFlags,
  FLAG_SYNTAX,
  invalidChoice,
  lastValueCounts,
  repeatedFlag,
  requiresFlag,
  requiresValue,
  singleDash,
  takesNoValue,
  toSendAsPrompt,
  unknownFlag,
  validChoices,
  valueLooksLikeFlag,
} from './messages.ts'

/** The flags that were given, checked against the table. */
export interface ParsedFlags {
  has(name: string): boolean
  /** The value; the last one when the flag was repeated. */
  value(name: string): string | null
  values(name: string): readonly string[]
}

/** An option of `parseArgs` of `node:util`. */
interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly index: number
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

const byName = new Map(FLAGS.map((flag) => [flag.name, flag]))

/** Throws a `UsageError` for an unknown flag, a missing or invalid value, and flags that conflict. */
export function parseFlags(tokens: readonly OptionToken[], argv: readonly string[]): ParsedFlags {
  const values = new Map<string, string[]>()
  for (const token of tokens) {
    const flag = byName.get(token.name)
    rejectSingleDash(argv[token.index] ?? '')
    if (flag === undefined) throw new UsageError(unknownFlagMessage(token.rawName))
    const value = parseValue(flag, token)
    values.set(flag.name, [...(values.get(flag.name) ?? []), ...(value === null ? [] : [value])])
  }
  for (const flag of FLAGS) {
    rejectRepeated(flag, values.get(flag.name) ?? [])
    if (values.has(flag.name)) checkCombination(flag, values)
  }
  return {
    has: (name) => values.has(name),
    value: (name) => values.get(name)?.at(-1) ?? null,
    values: (name) => values.get(name) ?? [],
  }
}

/** `-model x` would be read as `-m odel`. */
function rejectSingleDash(word: string): void {
  const name = /^-([A-Za-z][A-Za-z-]+)/.exec(word)?.[1]
  if (name !== undefined && byName.has(name)) throw new UsageError(singleDash(name))
}

function unknownFlagMessage(rawName: string): string {
  const name = rawName.replace(/^-+/, '')
  const names = [...byName.keys()]
  const message = withSuggestion(unknownFlag(rawName), name, names, (match) => `--${match}`)
  // No flag is named so: it is a number, or the beginning of a list.
  const isText = !/^--?[A-Za-z]/.test(rawName)
  return `${message} ${FLAG_SYNTAX}${isText ? ` ${toSendAsPrompt([rawName])}` : ''}`
}

function parseValue(flag: Flag, { rawName, value, inlineValue }: OptionToken): string | null {
  if (flag.value === undefined) {
    if (value !== undefined) throw new UsageError(takesNoValue(rawName, value))
    return null
  }
  const { name, optional, allowEmpty } = flag.value
  if (value === undefined) {
    if (optional) return null
    throw new UsageError(requiresValue(rawName, name))
  }
  if (inlineValue !== true && value.length > 1 && value.startsWith('-')) {
    const attached = rawName.startsWith('--') ? `${rawName}=${value}` : `--${flag.name}=${value}`
    throw new UsageError(valueLooksLikeFlag(rawName, value, attached))
  }
  const isEmpty = flag.isList === true ? splitList(value).length === 0 : value.trim() === ''
  if (isEmpty && !allowEmpty) throw new UsageError(requiresValue(rawName, name))
  return checkChoice(flag, value)
}

function checkChoice({ name, value: { choices } = { name: '' } }: Flag, value: string): string {
  if (choices === undefined || choices.includes(value)) return value
  const invalid = invalidChoice(name, value)
  const message = withSuggestion(invalid, value, choices, (match) => `"${match}"`)
  throw new UsageError(`${message} ${validChoices(choices)}`)
}

/** A flag of `letta` itself may be in an alias: the last one counts, with a notice. No prompt is left out. */
function rejectRepeated(flag: Flag, values: readonly string[]): void {
  const { name, subcommandOnly } = flag
  if (!isRepeated(flag, values) || !(subcommandOnly || name === 'prompt')) return
  throw new UsageError(repeatedFlag(name, values))
}

function isRepeated({ isList }: Flag, values: readonly string[]): boolean {
  return isList !== true && new Set(values).size > 1
}

/** Notices about flags of which only the last value counts. */
export function repeatedFlags({ values }: Pick<ParsedFlags, 'values'>): readonly string[] {
  return FLAGS.filter((flag) => isRepeated(flag, values(flag.name))).map(({ name }) =>
    lastValueCounts(name, values(name)),
  )
}

function checkCombination(
  { name, requires, conflictsWith }: Flag,
  values: ReadonlyMap<string, unknown>,
): void {
  if (conflictsWith !== undefined && values.has(conflictsWith)) {
    throw new UsageError(conflictingFlags(name, conflictsWith))
  }
  if (requires === undefined || values.has(requires)) return
  throw new UsageError(requiresFlag(name, requires, byName.get(requires)?.value?.name ?? ''))
}
