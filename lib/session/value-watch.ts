export interface ValueWatch {
  /** Milliseconds for which a value has been the same, as far as this process has seen. */
  unchangedFor(value: string): number
}

/** Remembers since when a value is the same, by the clock of this process. */
export function watchChanges(): ValueWatch {
  let last: string | null = null
  let since = 0
  return {
    unchangedFor(value) {
      if (value !== last) {
        last = value
        since = performance.now()
      }
      return performance.now() - since
    },
  }
}
