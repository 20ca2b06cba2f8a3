/** A member of a decoded JSON value; undefined when there is none. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** A member that is a list; empty when it is not. */
export function members(value: unknown, name: string): readonly unknown[] {
  const list = member(value, name)
  return Array.isArray(list) ? list : []
}

/** The first of the values that is a positive integer. */
export function firstCount(...values: readonly unknown[]): number | null {
  const count = values.find(
    (value) => typeof value === 'number' && Number.isInteger(value) && value > 0,
  )
  return typeof count === 'number' ? count : null
}
