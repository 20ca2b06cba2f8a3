import type { WaitToRetry } from '../client/waits.ts'
import type { Services } from './services.ts'

/** The requests that wait because their server has asked for that. Each is a fact, and a person may end it. */
export interface RetryWaits {
  readonly wait: WaitToRetry
  /** Repeats the requests now, or gives them up. */
  end(repeats: boolean): void
}

export function createRetryWaits({
  store,
  now,
  newId,
}: Pick<Services, 'store' | 'now' | 'newId'>): RetryWaits {
  const waiting = new Set<(repeats: boolean) => void>()
  return {
    wait: ({ reason, milliseconds }, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const id = newId()
        const close = (): void => {
          clearTimeout(timer)
          waiting.delete(end)
          signal?.removeEventListener('abort', abort)
          store.dispatch({ type: 'retry.ended', id })
        }
        const end = (repeats: boolean): void => {
          close()
          resolve(repeats)
        }
        const abort = (): void => {
          close()
          reject(signal?.reason)
        }
        const timer = setTimeout(end, milliseconds, true)
        waiting.add(end)
        signal?.addEventListener('abort', abort, { once: true })
        store.dispatch({ type: 'retry.waiting', id, reason, until: now() + milliseconds })
      }),
    end(repeats) {
      for (const end of [...waiting]) end(repeats)
    },
  }
}
