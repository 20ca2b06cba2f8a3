/** A decoded object of JSON or YAML, its members still to be checked. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a decoded value is an object with named members: not null, not an array. */
export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The strings of a list from outside; other values are ignored. */
export function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
