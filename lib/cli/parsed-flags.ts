import { withSuggestion } from '../util/did-you-mean.ts'
import { UserError } from '../util/user-error.ts'
import { type Flag, flags } from './flags.ts'

/** The flags that were given, checked against the table. */
export interface Given {
  has(name: string): boolean
  /** The value; the last one when it was given twice. */
  text(name: string): string | null
  all(name: string): readonly string[]
}

/** Wrong use of the command line, in one line: exit code 2. */
export class UsageError extends UserError {}

interface Token {
  readonly name: string
  readonly rawName: string
  readonly index: number
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

const byName = new Map(flags.map((flag) => [flag.name, flag]))

export function readFlags(tokens: readonly Token[], argv: readonly string[]): Given {
  const values = new Map<string, string[]>()
  for (const token of tokens) {
    const flag = byName.get(token.name)
    refuseSingleDash(argv[token.index] ?? '')
    if (flag === undefined) throw new UsageError(unknown(token.rawName))
    const value = givenValue(flag, token)
    values.set(flag.name, [...(values.get(flag.name) ?? []), ...(value === null ? [] : [value])])
  }
  for (const flag of flags) if (values.has(flag.name)) checkCompany(flag, values)
  return {
    has: (name) => values.has(name),
    text: (name) => values.get(name)?.at(-1) ?? null,
    all: (name) => values.get(name) ?? [],
  }
}

/** `-model x` would be read as `-m odel`. */
function refuseSingleDash(word: string): void {
  const name = /^-([A-Za-z][A-Za-z-]+)/.exec(word)?.[1]
  if (name !== undefined && byName.has(name)) {
    throw new UsageError(`Unknown option -${name}: full names take double dashes, --${name}.`)
  }
}

function unknown(rawName: string): string {
  const name = rawName.replace(/^-+/, '')
  const names = [...byName.keys()]
  const sentence = withSuggestion(`Unknown option ${rawName}.`, name, names, (near) => `--${near}`)
  return `${sentence} Full names take double dashes; letta --help lists them.`
}

function givenValue(flag: Flag, { rawName, value, inlineValue }: Token): string | null {
  const wanted = flag.value
  if (wanted === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value, not "${value}".`)
    return null
  }
  if (value === undefined) {
    if (wanted.optional) return null
    throw new UsageError(`${rawName} wants a value: ${rawName} ${wanted.name}`)
  }
  if (inlineValue !== true && value.length > 1 && value.startsWith('-')) {
    const glued = rawName.startsWith('--') ? `${rawName}=${value}` : `--${flag.name}=${value}`
    throw new UsageError(
      `${rawName} wants a value, and "${value}" looks like a flag. If it is the value: ${glued}`,
    )
  }
  if (value.trim() === '' && !wanted.mayBeEmpty) {
    throw new UsageError(`${rawName} wants a value: ${rawName} ${wanted.name}`)
  }
  return chosen(flag, value)
}

function chosen({ name, value: wanted }: Flag, value: string): string {
  const choices = wanted?.choices
  if (choices === undefined || choices.includes(value)) return value
  const invalid = `Invalid ${name.replaceAll('-', ' ')}: ${value}.`
  const sentence = withSuggestion(invalid, value, choices, (near) => `"${near}"`)
  throw new UsageError(`${sentence} Valid: ${choices.join(', ')}`)
}

function checkCompany({ name, needs, excludes }: Flag, values: ReadonlyMap<string, unknown>): void {
  if (excludes !== undefined && values.has(excludes)) {
    throw new UsageError(`--${name} and --${excludes} exclude each other.`)
  }
  if (needs === undefined || values.has(needs)) return
  const operand = byName.get(needs)?.value?.name ?? ''
  throw new UsageError(`--${name} requires --${needs} ${operand}`.trim())
}
