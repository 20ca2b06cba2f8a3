import { setTimeout as delay } from 'node:timers/promises'
import { requestRepeated } from '../session/messages/turns.ts'

/** A request is repeated later. */
interface LaterRequest {
  /** Why, without a full stop: `api.letta.com is busy (429)`. */
  readonly reason: string
  readonly milliseconds: number
}

/**
 * Waits until a request is to be repeated, at once when a person ends the wait. Resolves with false when the person gives it up;
 * rejects when the signal is aborted.
 */
export type WaitToRetry = (request: LaterRequest, signal?: AbortSignal | null) => Promise<boolean>

/** Shorter waits are over before they are read. */
export const MIN_REPORTED_MS = 2000

/** Reports each wait in one line, for programs without a screen. Several requests that wait for the same are reported once. */
export function reportedWaits(report: (notice: string) => void): WaitToRetry {
  let reportedUntil = 0
  return async ({ reason, milliseconds }, signal) => {
    const now = Date.now()
    if (now >= reportedUntil) {
      reportedUntil = now + milliseconds
      report(requestRepeated(reason, Math.ceil(milliseconds / 1000)))
    }
    await delay(milliseconds, undefined, signal ? { signal } : {})
    return true
  }
}
