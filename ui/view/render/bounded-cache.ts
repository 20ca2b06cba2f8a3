/** A map of limited size for what was computed from immutable values; the least recently read value is evicted first. */
export interface BoundedCache<Key, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): void
  delete(key: Key): void
}

/** `weightOf` says how much of the capacity a value takes; without it each takes one. The newest value is kept whatever it takes. */
export function createBoundedCache<Key, Value>(
  capacity: number,
  weightOf: (value: Value) => number = () => 1,
): BoundedCache<Key, Value> {
  // A map iterates in insertion order: the oldest key is first.
  const values = new Map<Key, Value>()
  let weight = 0
  const remove = (key: Key): void => {
    const value = values.get(key)
    if (value === undefined) return
    weight -= weightOf(value)
    values.delete(key)
  }
  return {
    get(key) {
      const value = values.get(key)
      if (value === undefined) return undefined
      values.delete(key)
      values.set(key, value)
      return value
    },
    set(key, value) {
      remove(key)
      values.set(key, value)
      weight += weightOf(value)
      for (const oldest of values.keys()) {
        if (weight <= capacity || values.size === 1) return
        remove(oldest)
      }
    },
    delete: remove,
  }
}
