import { wellFormed } from '../../util/parse-json.ts'
import { validationError } from '../errors.ts'
import { INVALID_JSON } from '../messages/api.ts'
import { maxDepthExceeded, maxValuesExceeded } from '../messages/serve.ts'

/** The JSON of a request, `{}` when it has no body. Throws a 422 as FastAPI does. */
export async function readJsonBody(request: Request): Promise<unknown> {
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength === 0) return {}
  const value = parseBody(bytes)
  assertJsonLimits(value)
  return value
}

/** `JSON.stringify` is recursive: deeper values overflow the stack when they are stored. */
const MAX_JSON_DEPTH = 200
/** Each value can become a validation issue, and the issues of ten megabytes do not fit into memory. */
const MAX_JSON_VALUES = 100_000

/** Throws a 422 as FastAPI does. */
export function parseBody(bytes: ArrayBuffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return JSON.parse(text, LONE_SURROGATE.test(text) ? wellFormed : undefined)
  } catch {
    throw invalidJson(INVALID_JSON)
  }
}

/** Half of an emoji, as in text cut at any character: providers refuse it, and the database driver aborts on it. */
const LONE_SURROGATE = /\\u[dD][89a-fA-F]/

function invalidJson(msg: string) {
  return validationError([{ type: 'json_invalid', loc: ['body'], msg }])
}

export function assertJsonLimits(value: unknown, maxValues = MAX_JSON_VALUES): void {
  let count = 0
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH) throw invalidJson(maxDepthExceeded(MAX_JSON_DEPTH))
    const next: unknown[] = []
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue
      const members = Object.values(one)
      count += members.length
      if (count > maxValues) throw invalidJson(maxValuesExceeded(maxValues))
      for (const member of members) next.push(member)
    }
    level = next
  }
}
