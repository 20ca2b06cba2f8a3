/** Work that is not done yet, so that an end can wait for it. */
interface UnfinishedWork {
  /** Returns the promise that it is given. */
  add<Value>(work: Promise<Value>): Promise<Value>
  /** Resolves when all work is done or has failed, also what was added meanwhile. */
  settled(): Promise<void>
}

export function createPending(): UnfinishedWork {
  const pending = new Set<Promise<unknown>>()
  return {
    add(work) {
      const done = (): void => void pending.delete(work)
      pending.add(work)
      work.then(done, done)
      return work
    },
    async settled() {
      while (pending.size > 0) await Promise.allSettled(pending)
    },
  }
}
