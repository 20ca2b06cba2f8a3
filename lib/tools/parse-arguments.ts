import type * as z from 'zod'
import { coerceToSchema } from '../util/coerce-to-schema.ts'
import { isRecord, type JsonObject } from '../util/is-record.ts'
import { findDuplicateKey, repairJsonObject } from '../util/json-repair.ts'
import {
  argumentsNotJson,
  argumentsNotObject,
  duplicateArgument,
  invalidArguments,
  missingParameters,
  wrongParameter,
  wrongParameterType,
} from './messages/calls.ts'
import { jsonSchema } from './schema.ts'
import type { Tool } from './tool.ts'

type Arguments =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string }

/**
 * Parses the raw JSON text into the one value that is shown, checked and run. What a model wrote in another form but with one
 * possible meaning is converted first. Unknown keys are removed.
 */
export function parseArguments(tool: Tool, text: string): Arguments {
  const written = decodeObject(repairJsonObject(text))
  if (typeof written === 'string') return refuse(invalidArguments(tool.name, written))
  const decoded = Object(coerceToSchema(written, jsonSchema(tool)))
  const missing = requiredOf(tool).filter((name) => decoded[name] === undefined)
  if (missing.length > 0) {
    return refuse(missingParameters(tool.name, missing, Object.keys(decoded)))
  }
  const parsed = tool.parameters.safeParse(decoded)
  if (parsed.success) return { ok: true, value: deepFreeze(parsed.data) }
  const reasons = parsed.error.issues.map((issue) => explain(tool, issue, decoded))
  return refuse([...new Set(reasons)].join('\n'))
}

function refuse(reason: string): Arguments {
  return { ok: false, reason }
}

/** The parsed object, or the reason why the text is not one. */
function decodeObject(text: string): JsonObject | string {
  // Models send an empty text when they call a tool without arguments.
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    return argumentsNotJson(thrown.message)
  }
  if (!isRecord(value)) return argumentsNotObject(typeName(value))
  const duplicate = findDuplicateKey(text)
  return duplicate === null ? value : duplicateArgument(duplicate)
}

function requiredOf(tool: Tool): string[] {
  const { required } = jsonSchema(tool)
  return Array.isArray(required) ? required.map(String) : []
}

type Issue = z.core.$ZodIssue

function explain(tool: Tool, issue: Issue, args: JsonObject): string {
  // The schema of the tool defines a specific message.
  if (!/^(Invalid|Too|Unrecognized)/.test(issue.message)) return issue.message
  const name = issue.path.join('.')
  if (issue.code !== 'invalid_type') return wrongParameter(tool.name, name, issue.message)
  const received = issue.path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : value),
    args,
  )
  const types = { expected: issue.expected, received: typeName(received) }
  return wrongParameterType(tool.name, name, types)
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part)
    Object.freeze(value)
  }
  return value
}
