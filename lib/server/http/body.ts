import { validationError } from '../errors.ts'

/** A request's JSON, `{}` when it has none; else FastAPI's 422. */
export async function readJsonBody(request: Request): Promise<unknown> {
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength === 0) return {}
  const value = parseJson(bytes)
  assertJsonLimits(value)
  return value
}

/** JSON is written recursively: deeper values overflow the stack when they are stored. */
const MAX_JSON_DEPTH = 200
/** Each may be a mistake that is told of: ten megabytes of mistakes do not fit into memory. */
const MAX_JSON_VALUES = 100_000

function parseJson(bytes: ArrayBuffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return JSON.parse(text, LONE_SURROGATE.test(text) ? replaceLoneSurrogates : undefined)
  } catch {
    throw invalidJson('JSON decode error')
  }
}

/** Half of an emoji, as texts cut anywhere end with: no vendor takes it, and the database's driver dies of it. */
const LONE_SURROGATE = /\\u[dD][89a-fA-F]/

function replaceLoneSurrogates(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}

function invalidJson(msg: string) {
  return validationError([{ type: 'json_invalid', loc: ['body'], msg }])
}

function assertJsonLimits(value: unknown): void {
  let count = 0
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH) throw invalidJson(`Nested deeper than ${MAX_JSON_DEPTH} levels`)
    const within: unknown[] = []
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue
      const parts = Object.values(one)
      count += parts.length
      if (count > MAX_JSON_VALUES) throw invalidJson(`Holds more than ${MAX_JSON_VALUES} values`)
      for (const part of parts) within.push(part)
    }
    level = within
  }
}
