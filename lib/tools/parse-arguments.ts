import type * as z from 'zod'
import { jsonSchema } from './schema.ts'
import type { Tool } from './tool.ts'

export type Arguments =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string }

/** Raw JSON text → the one value that is shown, checked and run. Unknown keys are dropped. */
export function parseArguments(tool: Tool, text: string): Arguments {
  const decoded = decodeObject(text)
  if (typeof decoded === 'string') return refuse(`${tool.name}: ${decoded}`)
  const missing = requiredOf(tool).filter((name) => decoded[name] === undefined)
  if (missing.length > 0) {
    const received = Object.keys(decoded).join(', ')
    const noun = missing.length > 1 ? 'parameters' : 'parameter'
    return refuse(
      `${tool.name} tool missing required ${noun}: ${missing.join(', ')}. Received parameters: ${received}`,
    )
  }
  const parsed = tool.parameters.safeParse(decoded)
  if (parsed.success) return { ok: true, value: deepFreeze(parsed.data) }
  const reasons = parsed.error.issues.map((issue) => explain(tool, issue, decoded))
  return refuse([...new Set(reasons)].join('\n'))
}

function refuse(reason: string): Arguments {
  return { ok: false, reason }
}

/** The object, or why there is none. */
function decodeObject(text: string): Record<string, unknown> | string {
  // A call of a tool without arguments comes with an empty text.
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    return `the arguments are not valid JSON (${thrown.message})`
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `the arguments must be an object, received ${typeName(value)}`
  }
  const twice = repeatedKey(text)
  return twice === null
    ? (value as Record<string, unknown>)
    : `the arguments name "${twice}" twice; nothing was run`
}

/**
 * A key that stands twice in one object: a reader of the first and a reader of the last would see different calls.
 * `text` is valid JSON.
 */
function repeatedKey(text: string): string | null {
  const open: (Set<string> | null)[] = []
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/g)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (token.endsWith(':')) {
      const key = String(JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)))
      const keys = open.at(-1)
      if (keys?.has(key)) return key
      keys?.add(key)
    }
  }
  return null
}

function requiredOf(tool: Tool): string[] {
  const { required } = jsonSchema(tool)
  return Array.isArray(required) ? required.map(String) : []
}

type Issue = z.core.$ZodIssue

function explain(tool: Tool, issue: Issue, args: Record<string, unknown>): string {
  // A message of the tool's own says it best.
  if (!/^(Invalid|Too|Unrecognized)/.test(issue.message)) return issue.message
  const name = issue.path.join('.')
  if (issue.code !== 'invalid_type') return `${tool.name}: Parameter '${name}': ${issue.message}`
  const received = issue.path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : value),
    args,
  )
  const article = /^[aeio]/.test(issue.expected) ? 'an' : 'a'
  return `${tool.name}: Parameter '${name}' must be ${article} ${issue.expected}, received ${typeName(received)}`
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
