import { unprocessable } from '../errors.ts'

/** A request's JSON, `{}` when it has none; else FastAPI's 422. */
export async function jsonBody(request: Request): Promise<unknown> {
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength === 0) return {}
  const value = parsed(bytes)
  refuseUnwieldy(value)
  return value
}

/** JSON is written recursively: deeper values overflow the stack when they are stored. */
const DEEPEST = 200
/** Each may be a mistake that is told of: ten megabytes of mistakes do not fit into memory. */
const MOST_VALUES = 100_000

function parsed(bytes: ArrayBuffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return JSON.parse(text, HALF_CHARACTER.test(text) ? withWholeCharacters : undefined)
  } catch {
    throw invalid('JSON decode error')
  }
}

/** Half of an emoji, as texts cut anywhere end with: no vendor takes it, and the database's driver dies of it. */
const HALF_CHARACTER = /\\u[dD][89a-fA-F]/

function withWholeCharacters(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}

function invalid(msg: string) {
  return unprocessable([{ type: 'json_invalid', loc: ['body'], msg }])
}

function refuseUnwieldy(value: unknown): void {
  let count = 0
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) throw invalid(`Nested deeper than ${DEEPEST} levels`)
    const within: unknown[] = []
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue
      const parts = Object.values(one)
      count += parts.length
      if (count > MOST_VALUES) throw invalid(`Holds more than ${MOST_VALUES} values`)
      for (const part of parts) within.push(part)
    }
    level = within
  }
}
