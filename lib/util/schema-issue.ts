import { suggestionHint } from './did-you-mean.ts'
import { shortName } from './invisible-characters.ts'
import { isRecord } from './is-record.ts'

/** What a schema reports about a value, as far as it is described: an issue of zod. */
interface SchemaIssue {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
  readonly expected?: unknown
  readonly values?: readonly unknown[]
  readonly keys?: readonly string[]
  readonly minimum?: unknown
  readonly maximum?: unknown
  readonly inclusive?: boolean | undefined
}

/** What a file contains at a place and what it may contain there, such as `env.A: expected text in quotes, found a number`. */
export function describeIssue(issue: SchemaIssue, content: unknown): string {
  const where = issue.path.map(String).join('.')
  const found = issue.path.reduce<unknown>(
    (value, key) => (isRecord(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined),
    content,
  )
  return `${where === '' ? '' : `${where}: `}${describe(issue, found)}`
}

function describe(issue: SchemaIssue, found: unknown): string {
  const { code, values = [], keys = [], minimum, maximum, inclusive } = issue
  switch (code) {
    case 'invalid_type': {
      const expected = TYPES[String(issue.expected)] ?? String(issue.expected)
      return `expected ${expected}, found ${kindOf(found)}`
    }
    case 'invalid_value': {
      const expected = `expected ${values.map((value) => JSON.stringify(value)).join(' or ')}`
      if (typeof found !== 'string') return `${expected}, found ${kindOf(found)}`
      const sentence = `${expected}, found "${shortName(found)}"`
      return suggested(sentence, found, values.map(String))
    }
    case 'too_small':
      return `expected ${inclusive === false ? 'more than' : 'at least'} ${minimum}, found ${found}`
    case 'too_big':
      return `expected ${inclusive === false ? 'less than' : 'at most'} ${maximum}, found ${found}`
    case 'unrecognized_keys':
      return `unknown ${keys.length === 1 ? 'key' : 'keys'} ${keys.map((key) => `"${shortName(key)}"`).join(', ')}`
    default:
      return `cannot be ${kindOf(found)}`
  }
}

/** With the value that was probably meant. */
function suggested(sentence: string, found: string, values: readonly string[]): string {
  const write = (value: string): string => `"${value}"`
  const hint = suggestionHint(found, values, { write, otherwise: '' })
  return hint === '' ? sentence : `${sentence}. ${hint}`
}

const TYPES: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  string: 'text in quotes',
  number: 'a number',
  int: 'an integer',
  array: 'a list [ … ]',
  object: 'an object { … }',
  record: 'an object { … }',
}

/** Not the value: it can be a key. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a fraction'
  return typeof value === 'string' ? 'text' : 'an object'
}
