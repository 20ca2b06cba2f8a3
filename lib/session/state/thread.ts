/** A message history of an agent: its default one, or that of one of its conversations. */
export interface Thread {
  readonly agentId: string
  /** `DEFAULT_CONVERSATION`, or the id of a conversation. */
  readonly conversationId: string
}

/** The name of the history that an agent has without any conversation. */
export const DEFAULT_CONVERSATION = 'default'

export function defaultThread(agentId: string): Thread {
  return { agentId, conversationId: DEFAULT_CONVERSATION }
}

/** One name for a history in files and leases: the agent's id for its default history, as before there were others. */
export function threadKey({ agentId, conversationId }: Thread): string {
  return conversationId === DEFAULT_CONVERSATION ? agentId : conversationId
}

/** The conversation that is open. */
export interface Conversation {
  /** `DEFAULT_CONVERSATION` for the history that an agent has without any. */
  readonly id: string
  readonly title: string | null
}

/** A message of any conversation that contains what was searched for. */
export interface FoundMessage {
  readonly agentId: string
  readonly conversationId: string
  /** `user` or `assistant`. */
  readonly role: string
  readonly text: string
}
