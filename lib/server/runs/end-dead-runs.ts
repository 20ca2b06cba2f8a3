import { INTERRUPTED_TYPE, RUN_INTERRUPTED } from '../messages/api.ts'
import type { RunRecord } from '../records.ts'
import type { Storage } from '../storage/storage.ts'
import type { LoopContext } from './loop-context.ts'
import { toFailureJson } from './run-events.ts'
import type { IsDead } from './run-liveness.ts'
import { storePartialAnswer } from './store-partial-answer.ts'

/**
 * Fails the runs of processes that have ended, which would block their conversations. What the model had written by then becomes
 * part of the history, as it does when a run is cancelled.
 */
export function endDeadRuns(
  { storage, now }: Pick<LoopContext, 'storage' | 'now'>,
  live: ReadonlyMap<string, unknown>,
  isDead: IsDead,
): void {
  const dead = storage.runs.allRunning().filter((run) => !live.has(run.id) && isDead(run))
  if (dead.length === 0) return
  const at = now().toISOString()
  storage.transaction(() => {
    for (const run of dead) endDeadRun(storage, run, at)
  })
}

function endDeadRun(storage: Storage, run: RunRecord, at: string): void {
  // Another process may have been faster.
  if (storage.runs.get(run.id)?.status !== 'running') return
  const partial = storage.partialAnswers.take(run.id)
  if (partial !== null) storePartialAnswer(storage, run, partial, at)
  const failure = { errorType: INTERRUPTED_TYPE, message: RUN_INTERRUPTED, detail: null }
  const error = toFailureJson(run.id, failure)
  const ended = { status: 'failed', stopReason: 'error', completedAt: at, error } as const
  storage.runs.finish({ ...run, ...ended }, [])
}
