import { isRecord, type JsonObject } from './is-record.ts'

/** The arguments of a tool call; null while the text is incomplete, or when it is not an object. */
export function decodeArguments(args: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(args)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}
