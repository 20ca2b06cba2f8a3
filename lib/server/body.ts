import { unprocessable } from './failure.ts'

/** A request's JSON, `{}` when it has none; else FastAPI's 422. */
export async function jsonBody(request: Request): Promise<unknown> {
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength === 0) return {}
  const value = parsed(bytes)
  if (depthOf(value) > DEEPEST) throw invalid(`Nested deeper than ${DEEPEST} levels`)
  return value
}

/** JSON is written recursively: deeper values overflow the stack when they are stored. */
const DEEPEST = 200

function parsed(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw invalid('JSON decode error')
  }
}

function invalid(msg: string) {
  return unprocessable([{ type: 'json_invalid', loc: ['body'], msg }])
}

/** Stops to count once it is too deep. */
function depthOf(value: unknown): number {
  let depth = 0
  let level: readonly unknown[] = [value]
  while (depth <= DEEPEST) {
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    )
    if (level.length === 0) return depth
    depth++
  }
  return depth
}
