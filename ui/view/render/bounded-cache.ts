/** A map of limited size for what was computed from immutable values; the least recently read value is evicted first. */
export interface BoundedCache<Key, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): void
  delete(key: Key): void
}

export function createBoundedCache<Key, Value>(capacity: number): BoundedCache<Key, Value> {
  // A map iterates in insertion order: the oldest key is first.
  const values = new Map<Key, Value>()
  return {
    get(key) {
      const value = values.get(key)
      if (value === undefined) return undefined
      values.delete(key)
      values.set(key, value)
      return value
    },
    set(key, value) {
      values.delete(key)
      values.set(key, value)
      if (values.size <= capacity) return
      for (const oldest of values.keys()) {
        values.delete(oldest)
        break
      }
    },
    delete: (key) => void values.delete(key),
  }
}
