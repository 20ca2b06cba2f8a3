import { newId } from '../ids.ts'
import { INTERRUPTED, RUN_INTERRUPTED } from '../messages/api.ts'
import type { RunRecord, ThreadRecord } from '../records.ts'
import type { PartialAnswer } from '../storage/partial-answers.ts'
import type { Storage } from '../storage/storage.ts'
import { interruptedReturn } from './approvals.ts'
import type { LoopContext } from './loop-context.ts'
import { toFailureJson } from './run-events.ts'
import type { IsDead } from './run-liveness.ts'

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
  if (partial !== null) storePartial(storage, run, partial, at)
  const failure = { errorType: INTERRUPTED, message: RUN_INTERRUPTED, detail: null }
  const error = toFailureJson(run.id, failure)
  const ended = { status: 'failed', stopReason: 'error', completedAt: at, error } as const
  storage.runs.finish({ ...run, ...ended }, [])
}

function storePartial(
  storage: Storage,
  { id: runId, agentId, conversationId }: Pick<RunRecord, 'id'> & ThreadRecord,
  { messageId, stepId, body }: PartialAnswer,
  createdAt: string,
): void {
  const header = { agentId, conversationId, runId, stepId, createdAt }
  storage.messages.append({ ...header, id: messageId, body })
  for (const call of body.calls) {
    const returned = interruptedReturn(call, false)
    storage.messages.append({ ...header, id: newId('message'), body: returned })
  }
}
