import * as z from 'zod'
import { INTERRUPTED_TYPE } from '../../server/messages/api.ts'
import type { RowStatus } from '../../session/state/conversation-row.ts'
import { DEFAULT_CONVERSATION, type Thread } from '../../util/thread.ts'
import { text } from '../stream/decode.ts'

export const runAnswer = z.looseObject({
  agent_id: z.string().min(1),
  conversation_id: z.string().nullish(),
})

const statusAnswer = z.looseObject({
  status: z.string(),
  metadata: z.looseObject({ error: z.looseObject({ error_type: z.string() }) }),
})

/** Whether the process that worked on this run has ended before it. */
export function isInterrupted(run: object): boolean {
  const found = statusAnswer.safeParse(run).data
  return found?.status === 'failed' && found.metadata.error.error_type === INTERRUPTED_TYPE
}

/** The newest run of a history. */
export interface NewestRun {
  readonly status: RowStatus | null
  /** When it began, in milliseconds since 1970; null when the server does not say. */
  readonly at: number | null
}

export function newestRunOf(run: object): NewestRun {
  const { created_at } = Object(run)
  return { status: statusOfRun(run), at: Date.parse(text(created_at)) || null }
}

/** What a run means for its conversation; null when the agent has answered. */
function statusOfRun(run: object): RowStatus | null {
  const { status, stop_reason } = Object(run)
  if (status === 'running' || status === 'created') return 'running'
  if (status === 'failed') return 'failed'
  return stop_reason === 'requires_approval' ? 'approval' : null
}

/** The history that a run, whose shape was checked, belongs to. */
export function threadOfRun(run: object): Thread {
  const { agent_id, conversation_id } = Object(run)
  return {
    agentId: text(agent_id),
    conversationId: text(conversation_id) || DEFAULT_CONVERSATION,
  }
}
