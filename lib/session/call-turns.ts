/**
 * When the calls of one answer run: those that only read together, and never while another one runs, which may replace what they
 * read.
 */
export interface CallTurns {
  reading<Value>(work: () => Promise<Value>): Promise<Value>
  /** One at a time: the caller sees to it. */
  changing<Value>(work: () => Promise<Value>): Promise<Value>
}

export function createCallTurns(): CallTurns {
  const reads = new Set<Promise<unknown>>()
  let change: Promise<unknown> | null = null
  return {
    async reading(work) {
      while (change !== null) await Promise.allSettled([change])
      const running = work()
      reads.add(running)
      try {
        return await running
      } finally {
        reads.delete(running)
      }
    },
    async changing(work) {
      const running = Promise.allSettled(reads).then(work)
      change = running
      try {
        return await running
      } finally {
        change = null
      }
    },
  }
}
