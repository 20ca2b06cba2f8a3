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
