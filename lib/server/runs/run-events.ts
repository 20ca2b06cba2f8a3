import { type Failure, HttpError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { RunRecord } from '../records.ts'
import { withMessageHeader } from '../wire/messages.ts'
import { denyCallsOf } from './approvals.ts'
import type { Loop, Total } from './loop-context.ts'

/** The first event of every run: tells its id. */
export function emitPing({ run, now }: Loop): void {
  const date = now().toISOString()
  const envelope = { id: newId('ping'), otid: null, date, runId: run.record.id, stepId: null }
  run.emit(withMessageHeader('ping', envelope, {}))
}

export function endCompleted(loop: Loop, stopReason: string): void {
  tellStop(loop, stopReason)
  loop.run.emit(usageJson(loop.total))
  close(loop, 'completed', stopReason)
}

export function endCancelled(loop: Loop): void {
  tellStop(loop, 'cancelled')
  close(loop, 'cancelled', 'cancelled')
}

export function endFailed(loop: Loop, failure: Failure): void {
  tellStop(loop, failure.stopReason)
  tellFailure(loop, failure)
  close(loop, 'failed', failure.stopReason, failure)
}

function tellStop({ run }: Loop, stopReason: string): void {
  run.emit({ message_type: 'stop_reason', stop_reason: stopReason })
}

function tellFailure({ run }: Loop, failure: Failure): void {
  run.emit(failureJson(run.record.id, failure), 'error')
}

function failureJson(runId: string, { errorType, message, detail }: Failure) {
  return { message_type: 'error_message', run_id: runId, error_type: errorType, message, detail }
}

function close(
  loop: Loop,
  status: RunRecord['status'],
  stopReason: string,
  failure: Failure | null = null,
): void {
  const { run, storage, now } = loop
  const completedAt = now().toISOString()
  // Only background runs can be resumed.
  const events = run.record.background ? run.events : []
  let why = failure
  try {
    const error = failure === null ? null : failureJson(run.record.id, failure)
    const record = { ...run.record, status, stopReason, completedAt, error }
    storage.together(() => {
      if (status !== 'completed') denyCallsOf(storage, record, now())
      storage.runs.finish(record, events)
    })
  } catch (thrown) {
    // The disk may be full. The run counts as that of a dead process from now on: the agent stays usable.
    why = notStored(thrown)
    tellFailure(loop, why)
  } finally {
    run.finish(why)
  }
}

function notStored(thrown: unknown): Failure {
  const detail = thrown instanceof Error ? thrown.message : ''
  const message = 'The end of this run could not be stored.'
  const refusal = new HttpError(500, message)
  return { stopReason: 'error', errorType: 'internal_error', message, detail, refusal }
}

function usageJson({ steps, usage, context }: Total): Readonly<Record<string, unknown>> {
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
