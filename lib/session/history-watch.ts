import { setTimeout as delay } from 'node:timers/promises'
import { ignoreUserError } from '../util/user-error.ts'
import type { SessionContext } from './session-context.ts'
import { isAtWork } from './state/selectors.ts'

/** Shows what other sessions have said in the open conversation while this one is idle. */
interface HistoryWatch {
  /** Looks from time to time until it is closed. */
  start(): void
  close(): void
}

/** Milliseconds between two looks. A database in this process knows whether it has changed; another server is asked rarely. */
const INTERVALS = { embedded: 1000, remote: 15_000 } as const

export function createHistoryWatch(
  context: SessionContext,
  catchUp: () => Promise<boolean>,
): HistoryWatch {
  const abort = new AbortController()
  let stamp: string | null = null
  let isRunningElsewhere = false

  const poll = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      const { agent } = context.store.state
      const gateway = agent === null ? null : (context.services?.gateway ?? null)
      const isNear = gateway?.type === 'embedded' || isRunningElsewhere
      const pause = isNear ? INTERVALS.embedded : INTERVALS.remote
      await delay(pause, undefined, { signal: abort.signal, ref: false })
      if (gateway === null || isAtWork(context.store.state)) continue
      const current = gateway.changeStamp()
      if (current !== null && current === stamp) continue
      stamp = current
      // The server may be unreachable for a while: what needs it reports that.
      isRunningElsewhere = (await catchUp().catch(ignoreUserError)) ?? false
    }
  }
  return {
    start() {
      poll().catch((thrown: unknown) => {
        if (!abort.signal.aborted) throw thrown
      })
    },
    close: () => abort.abort(),
  }
}
