import { setTimeout as delay } from 'node:timers/promises'
import type { RunFailure } from '../errors.ts'
import { RUN_CANCELLED } from '../messages/api.ts'
import type { RunRecord } from '../records.ts'

/** One server-sent event of a run. `seq` counts from 1; some events have a number but are sent without it. */
export interface RunEvent {
  readonly seq: number
  readonly name: 'error' | null
  readonly json: Readonly<Record<string, unknown>>
}

/** An active run of this process: its events so far, its listeners, and how to stop it. */
export interface LiveRun {
  readonly record: RunRecord
  readonly signal: AbortSignal
  readonly events: readonly RunEvent[]
  readonly isOver: boolean
  /** Why the run failed; null otherwise. */
  readonly failure: RunFailure | null
  emit(json: Readonly<Record<string, unknown>>, name?: 'error'): void
  /** Calls `listener` for every new event and at the end. Returns the function that stops it. */
  follow(listener: () => void): () => void
  abort(): void
  /** Waits before another attempt of a model call. Rejects when the run is aborted. */
  pause(milliseconds: number): Promise<void>
  /** Ends such a wait. Returns whether there was one. */
  retryNow(): boolean
  finish(failure: RunFailure | null): void
}

/** Events that have a number but are sent without it, as on Letta server. */
const UNNUMBERED = new Set(['stop_reason', 'usage_statistics'])

export function createLiveRun(record: RunRecord): LiveRun {
  const controller = new AbortController()
  const events: RunEvent[] = []
  const listeners = new Set<() => void>()
  let isOver = false
  let failure: RunFailure | null = null
  let endPause: (() => void) | null = null
  const notifyListeners = (): void => {
    for (const listener of [...listeners]) listener()
  }
  return {
    record,
    events,
    signal: controller.signal,
    get isOver() {
      return isOver
    },
    get failure() {
      return failure
    },
    emit(json, name) {
      const seq = events.length + 1
      const seqId = record.background ? seq : null
      const numbered = UNNUMBERED.has(String(json['message_type']))
        ? json
        : { ...json, seq_id: seqId }
      events.push({ seq, name: name ?? null, json: numbered })
      notifyListeners()
    },
    follow(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    abort: () => controller.abort(new Error(RUN_CANCELLED)),
    async pause(milliseconds) {
      const early = new AbortController()
      endPause = () => early.abort()
      const ends = AbortSignal.any([early.signal, controller.signal])
      await delay(milliseconds, undefined, { signal: ends }).catch(() => undefined)
      endPause = null
      controller.signal.throwIfAborted()
    },
    retryNow() {
      endPause?.()
      return endPause !== null
    },
    finish(why) {
      isOver = true
      failure = why
      notifyListeners()
    },
  }
}
