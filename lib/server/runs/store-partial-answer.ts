import type { Thread } from '../../util/thread.ts'
import { newId } from '../ids.ts'
import type { RunRecord } from '../records.ts'
import type { PartialAnswer } from '../storage/partial-answers.ts'
import type { Storage } from '../storage/storage.ts'
import { interruptedReturn } from './approvals.ts'

type RunOfAnswer = Pick<RunRecord, 'id'> & Thread

/** Makes what a model had written a part of the history. Its calls did not run. */
export function storePartialAnswer(
  storage: Storage,
  { id: runId, agentId, conversationId }: RunOfAnswer,
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

/** Stores what is left of the answers of a run that ends, unless it is reasoning without an answer: nothing reads it later. */
export function keepPartialAnswer(storage: Storage, run: RunOfAnswer, at: string): void {
  const partial = storage.partialAnswers.take(run.id)
  if (partial === null) return
  const isSilent = partial.body.text === '' && partial.body.calls.length === 0
  if (!isSilent) storePartialAnswer(storage, run, partial, at)
}
