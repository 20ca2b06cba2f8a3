import type { RunFailure } from '../errors.ts'
import type { RunRecord } from '../records.ts'

/** One server-sent event of a run. `seq` counts from 1; some events take a number without carrying it. */
export interface RunEvent {
  readonly seq: number
  readonly name: 'error' | null
  readonly json: Readonly<Record<string, unknown>>
}

/** A run under way in this process: its events so far, who listens, and how to stop it. */
export interface LiveRun {
  readonly record: RunRecord
  readonly signal: AbortSignal
  readonly events: readonly RunEvent[]
  readonly isOver: boolean
  /** Why it ended, when it failed. */
  readonly failure: RunFailure | null
  emit(json: Readonly<Record<string, unknown>>, name?: 'error'): void
  /** Events from here on, until the run is over. */
  follow(listener: () => void): () => void
  abort(): void
  finish(failure: RunFailure | null): void
}

/** Events that take a number but do not carry it, as on the real server. */
const UNNUMBERED = new Set(['stop_reason', 'usage_statistics'])

export function createLiveRun(record: RunRecord): LiveRun {
  const controller = new AbortController()
  const events: RunEvent[] = []
  const listeners = new Set<() => void>()
  let isOver = false
  let failure: RunFailure | null = null
  const tell = (): void => {
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
      const carried = record.background ? seq : null
      const numbered = UNNUMBERED.has(String(json['message_type']))
        ? json
        : { ...json, seq_id: carried }
      events.push({ seq, name: name ?? null, json: numbered })
      tell()
    },
    follow(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    abort: () => controller.abort(new Error('The run was cancelled.')),
    finish(why) {
      isOver = true
      failure = why
      tell()
    },
  }
}
