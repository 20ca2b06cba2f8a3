import { toRunFailure } from '../errors.ts'
import type { ModelUsage } from '../providers/provider.ts'
import type { AgentRecord, CallRecord, StepRecord } from '../records.ts'
import type { Loop } from './loop-context.ts'

type StepOutcome = Pick<StepRecord, 'usage' | 'stopReason' | 'status' | 'error'>

interface StepIdentity {
  readonly agent: AgentRecord
  readonly stepId: string
  /** When the model was called. */
  readonly date: string
}

/** Stores the usage of a model call, and how it ended. */
export function saveStep(
  loop: Loop,
  { agent, stepId, date }: StepIdentity,
  outcome: StepOutcome,
): void {
  loop.storage.steps.insert({
    id: stepId,
    runId: loop.run.record.id,
    agentId: agent.id,
    model: agent.model,
    contextWindow: agent.contextWindow,
    askedAt: date,
    createdAt: loop.now().toISOString(),
    feedback: null,
    ...outcome,
  })
}

export function toAnsweredOutcome(
  usage: ModelUsage | null,
  calls: readonly CallRecord[],
): StepOutcome {
  const waits = calls.some((call) => call.runs === 'client')
  const stopReason = waits ? 'requires_approval' : calls.length === 0 ? 'end_turn' : null
  return { usage, stopReason, status: 'success', error: null }
}

export function toFailedOutcome(thrown: unknown, isCancelled: boolean): StepOutcome {
  if (isCancelled) return { usage: null, stopReason: 'cancelled', status: 'cancelled', error: null }
  const { errorType, message, stopReason } = toRunFailure(thrown)
  return { usage: null, stopReason, status: 'failed', error: { type: errorType, message } }
}
