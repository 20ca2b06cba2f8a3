import { isRecord, type JsonObject } from './is-record.ts'
import { parseJson } from './parse-json.ts'

/** The arguments of a tool call; null while the text is incomplete, or when it is not an object. */
export function decodeArguments(args: string): JsonObject | null {
  const value = parseJson(args)
  return isRecord(value) ? value : null
}
