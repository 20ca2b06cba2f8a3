import { DEFAULT_CONVERSATION, type Thread } from '../../util/thread.ts'
import type { AgentRecord } from '../records.ts'
import type { Storage } from '../storage/storage.ts'

/** The agent with the model and the blocks that the conversation may replace. Null when either does not exist. */
export function resolveAgent(
  storage: Storage,
  { agentId, conversationId }: Thread,
): AgentRecord | null {
  const agent = storage.agents.get(agentId)
  if (agent === null || conversationId === DEFAULT_CONVERSATION) return agent
  const conversation = storage.conversations.get(conversationId)
  if (conversation === null) return null
  const { compiledSystem, model, isolatedBlockIds } = conversation
  const labelOf = (id: string): string | undefined => storage.blocks.get(id)?.label
  const own = new Map(isolatedBlockIds.map((id) => [labelOf(id), id]))
  const blockIds = agent.blockIds.map((id) => own.get(labelOf(id)) ?? id)
  return { ...agent, compiledSystem, model: model ?? agent.model, blockIds }
}

/** Saves the system prompt of the conversation. */
export function saveCompiledPrompt(
  storage: Storage,
  { agentId, conversationId }: Thread,
  compiledSystem: string,
): void {
  const agent = storage.agents.get(agentId)
  const conversation = storage.conversations.get(conversationId)
  if (conversation !== null) storage.conversations.save({ ...conversation, compiledSystem })
  else if (agent !== null) storage.agents.save({ ...agent, compiledSystem })
}
