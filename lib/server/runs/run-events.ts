import { HttpError, type RunFailure } from '../errors.ts'
import { newId } from '../ids.ts'
import { RUN_NOT_SAVED } from '../messages/api.ts'
import { retryNotice } from '../messages/providers.ts'
import type { RunRecord } from '../records.ts'
import { withMessageHeader } from '../wire/messages.ts'
import { denyCallsOfRun } from './approvals.ts'
import type { Loop, UsageTotal } from './loop-context.ts'
import { keepPartialAnswer } from './store-partial-answer.ts'

/** The first event of every run, which contains the run's id. */
export function emitPing({ run, now }: Loop): void {
  const date = now().toISOString()
  const header = { id: newId('ping'), otid: null, date, runId: run.record.id, stepId: null }
  run.emit(withMessageHeader('ping', header, {}))
}

/** One line for a person, to clients that asked for the events of a run. */
export function emitNotice(
  { run, now, input }: Loop,
  stepId: string,
  text: string,
  wait: Readonly<Record<string, unknown>> = {},
): void {
  if (!input.compactionEvents) return
  const header = { id: newId('message'), otid: null, date: now().toISOString() }
  const fields = { event_type: 'notice', event_data: { text, ...wait } }
  run.emit(withMessageHeader('event_message', { ...header, runId: run.record.id, stepId }, fields))
}

/** Reports that the model is called again later, and waits for that. A client can end the wait. */
export async function waitToRetry(
  loop: Loop,
  stepId: string,
  reason: string,
  milliseconds: number,
): Promise<void> {
  const text = retryNotice(reason, Math.ceil(milliseconds / 1000))
  emitNotice(loop, stepId, text, { reason, retry_in_ms: milliseconds })
  await loop.run.pause(milliseconds)
}

export function endCompleted(loop: Loop, stopReason: string): void {
  emitStopReason(loop, stopReason)
  loop.run.emit(toUsageEvent(loop.total))
  finishRun(loop, 'completed', stopReason)
}

export function endCancelled(loop: Loop): void {
  emitStopReason(loop, 'cancelled')
  finishRun(loop, 'cancelled', 'cancelled')
}

export function endFailed(loop: Loop, failure: RunFailure): void {
  emitStopReason(loop, failure.stopReason)
  emitFailure(loop, failure)
  finishRun(loop, 'failed', failure.stopReason, failure)
}

function emitStopReason({ run }: Loop, stopReason: string): void {
  run.emit({ message_type: 'stop_reason', stop_reason: stopReason })
}

function emitFailure({ run }: Loop, failure: RunFailure): void {
  run.emit(toFailureJson(run.record.id, failure), 'error')
}

export function toFailureJson(
  runId: string,
  {
    errorType,
    message,
    detail,
  }: Pick<RunFailure, 'errorType' | 'message'> & { readonly detail: string | null },
) {
  return { message_type: 'error_message', run_id: runId, error_type: errorType, message, detail }
}

function finishRun(
  loop: Loop,
  status: RunRecord['status'],
  stopReason: string,
  failure: RunFailure | null = null,
): void {
  const { run, storage, now } = loop
  const completedAt = now().toISOString()
  // Only the events of background runs can be requested again.
  const events = run.record.background ? run.events : []
  let finalFailure = failure
  try {
    const error = failure === null ? null : toFailureJson(run.record.id, failure)
    const record = { ...run.record, status, stopReason, completedAt, error }
    storage.transaction(() => {
      keepPartialAnswer(storage, record, completedAt)
      if (status !== 'completed') denyCallsOfRun(storage, record, now())
      storage.runs.finish(record, events)
    })
  } catch (thrown) {
    // The disk may be full. The run is later treated as that of a dead process, so the agent remains usable.
    finalFailure = toStorageFailure(thrown)
    emitFailure(loop, finalFailure)
  } finally {
    run.finish(finalFailure)
  }
}

function toStorageFailure(thrown: unknown): RunFailure {
  const detail = thrown instanceof Error ? thrown.message : ''
  const httpError = new HttpError(500, RUN_NOT_SAVED)
  const fields = { message: RUN_NOT_SAVED, detail, httpError }
  return { stopReason: 'error', errorType: 'internal_error', ...fields }
}

function toUsageEvent({ steps, usage, context }: UsageTotal): Readonly<Record<string, unknown>> {
  return {
    message_type: 'usage_statistics',
    completion_tokens: usage.completionTokens,
    prompt_tokens: usage.promptTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    step_count: steps,
    run_ids: null,
    cached_input_tokens: usage.cachedTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    reasoning_tokens: usage.reasoningTokens,
    context_tokens: context,
  }
}
