import { DEFAULT_CONVERSATION, type Thread } from '../../util/thread.ts'
import type { Entry } from './entry.ts'

/**
 * A conversation to choose from. `lastMessageAt`: milliseconds since 1970; of a default one without a known run, when its agent was
 * used.
 */
export interface ConversationRow {
  readonly id: string
  readonly agentId: string
  readonly agentName: string
  readonly title: string | null
  readonly lastMessageAt: number | null
  /** Where a message was sent to it last on this machine; null when that is unknown. */
  readonly directory: string | null
  /** What becomes of its newest turn, whichever client has begun it; null when it has ended, and when that is unknown. */
  readonly status: RowStatus | null
}

/** `approval`: a call waits to be approved, also when the session that has asked was killed. */
export type RowStatus = 'running' | 'approval' | 'failed'

export function threadOfRow({ id, agentId }: Pick<ConversationRow, 'id' | 'agentId'>): Thread {
  return { agentId, conversationId: id }
}

/** One name for a row: the default conversations of all agents have the same id. */
export function rowKey({ id, agentId }: Pick<ConversationRow, 'id' | 'agentId'>): string {
  return id === DEFAULT_CONVERSATION ? agentId : id
}

/** What is shown of a conversation before it is opened. */
export interface ConversationPreview {
  readonly model: string
  /** Messages that the agent sees; null when the server does not say. */
  readonly messages: number | null
  readonly memory: readonly { readonly label: string; readonly value: string }[]
  /** The last entries, the newest last. */
  readonly entries: readonly Entry[]
  /** Files that the last calls have changed, the newest first. */
  readonly files: readonly string[]
  /** What another session does in it now. */
  readonly holder: 'model' | 'tool' | 'approval' | null
}
