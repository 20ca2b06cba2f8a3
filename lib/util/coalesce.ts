/** Requests that arrive while `work` runs are answered together by one more run. A failure rejects those that wait for it. */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let isWanted = false
  const run = async (): Promise<void> => {
    try {
      while (isWanted) {
        isWanted = false
        await work()
      }
    } finally {
      running = null
    }
  }
  return () => {
    isWanted = true
    running ??= run()
    return running
  }
}
