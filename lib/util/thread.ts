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

/** The history of a conversation. */
export function threadOf({
  agentId,
  id,
}: {
  readonly agentId: string
  readonly id: string
}): Thread {
  return { agentId, conversationId: id }
}

export function sameThread(one: Thread, other: Thread): boolean {
  return one.agentId === other.agentId && one.conversationId === other.conversationId
}
