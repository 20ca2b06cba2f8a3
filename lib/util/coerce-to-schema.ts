import { isRecord, type JsonObject } from './is-record.ts'
import { parseJson } from './parse-json.ts'

/**
 * Converts values to the types that a JSON schema requires where only one meaning is possible: numbers and booleans written as
 * text, text written as a number, JSON in a string, null for what is optional, a name in another spelling. Other values stay as
 * they are, for the validation to report.
 */
export function coerceToSchema(value: unknown, schema: unknown): unknown {
  const types = typesOf(schema)
  if (isRecord(value) && types.includes('object')) return coerceObject(value, schema)
  if (Array.isArray(value) && types.includes('array')) {
    const { items } = Object(schema)
    return value.map((one) => coerceToSchema(one, items))
  }
  if (types.includes('string') && typeof value === 'string') return fromEnum(value, schema)
  if (types.length === 0 || types.includes(typeName(value))) return value
  if (typeof value === 'string') return fromText(value, types, schema)
  const isWritten = typeof value === 'number' || typeof value === 'boolean'
  return isWritten && types.length === 1 && types[0] === 'string' ? String(value) : value
}

function fromText(text: string, types: readonly string[], schema: unknown): unknown {
  const plain = text.trim()
  const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?$/.test(plain)
  if (isNumber && types.includes('number')) return Number(plain)
  if (isNumber && types.includes('integer') && Number.isSafeInteger(Number(plain)))
    return Number(plain)
  if (types.includes('boolean') && /^(true|false)$/i.test(plain)) return /^true$/i.test(plain)
  if (types.includes('null') && plain === 'null') return null
  const parsed = types.includes('array') || types.includes('object') ? parseJson(plain) : undefined
  const isWanted = types.includes(typeName(parsed)) && typeof parsed === 'object' && parsed !== null
  return isWanted ? coerceToSchema(parsed, schema) : text
}

/** The only allowed value that differs in its spelling alone. */
function fromEnum(text: string, schema: unknown): string {
  const { enum: values } = Object(schema)
  if (!Array.isArray(values) || values.includes(text)) return text
  const same = values.filter((one) => typeof one === 'string' && plainName(one) === plainName(text))
  return same.length === 1 ? String(same[0]) : text
}

function coerceObject(value: JsonObject, schema: unknown): JsonObject {
  const { properties, required } = Object(schema)
  if (!isRecord(properties)) return value
  const isRequired = (name: string): boolean => Array.isArray(required) && required.includes(name)
  const coerced: [string, unknown][] = []
  for (const [written, one] of Object.entries(unwrap(value, properties))) {
    const name = spelledName(written, value, properties)
    const property = properties[name]
    const types = typesOf(property)
    const isNothing =
      one === null || (isNoText(one) && types.length > 0 && !types.includes('string'))
    const isAbsent = isNothing && !isRequired(name) && !types.includes('null')
    if (isAbsent && property !== undefined) continue
    coerced.push([name, property === undefined ? one : coerceToSchema(one, property)])
  }
  return Object.fromEntries(coerced)
}

/** What stands for nothing where no text is expected. */
function isNoText(value: unknown): boolean {
  return typeof value === 'string' && /^(null|none|undefined)?$/i.test(value.trim())
}

const WRAPPERS = ['arguments', 'parameters', 'input', 'args']

/** Some models repeat the member that contains the arguments. */
function unwrap(value: JsonObject, properties: JsonObject): JsonObject {
  const [name, ...others] = Object.keys(value)
  if (name === undefined || others.length > 0 || name in properties) return value
  const inner = WRAPPERS.includes(name) ? value[name] : undefined
  const parsed = typeof inner === 'string' ? parseJson(inner) : inner
  return isRecord(parsed) ? parsed : value
}

/** The property that differs only in its spelling, when no other member means it. */
function spelledName(written: string, value: JsonObject, properties: JsonObject): string {
  if (written in properties) return written
  const same = Object.keys(properties).filter((name) => plainName(name) === plainName(written))
  const [only, ...others] = same
  if (only === undefined || others.length > 0 || only in value) return written
  const rivals = Object.keys(value).filter((name) => plainName(name) === plainName(written))
  return rivals.length === 1 ? only : written
}

/** The same for every spelling of a name. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '')
}

/** The types that a schema allows; none when it does not restrict them. */
function typesOf(schema: unknown): readonly string[] {
  if (!isRecord(schema)) return []
  const { type } = schema
  if (typeof type === 'string') return [type]
  if (Array.isArray(type)) return type.map(String)
  const alternatives = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(alternatives)) return alternatives.flatMap(typesOf)
  const { enum: values } = schema
  if (Array.isArray(values)) return [...new Set(values.map(typeName))]
  return isRecord(schema['properties']) ? ['object'] : []
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}
