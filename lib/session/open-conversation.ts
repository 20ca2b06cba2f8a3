import { serverName } from '../client/backend.ts'
import type { ConversationListing } from '../client/gateway/conversations.ts'
import type { Gateway } from '../client/gateway/gateway.ts'
import { UnknownAgent } from '../client/gateway/known-agent.ts'
import { DEFAULT_CONVERSATION, type Thread } from '../util/thread.ts'
import { type MessageWithHint, UserError } from '../util/user-error.ts'
import {
  conversationNotFound,
  conversationOfAnotherAgent,
  conversationsUnavailable,
} from './messages/conversations.ts'
import type { AgentChoice } from './open-agent.ts'
import type { Services } from './services.ts'

/** A conversation that the user names. Throws a `UserError` when it does not exist. */
export async function requireConversation(
  { gateway }: Services,
  id: string,
): Promise<ConversationListing> {
  const found = await gateway.conversations.retrieve(id)
  if (found !== null) return found
  const { message, hint } = await conversationMissing(gateway, id)
  throw new UnknownAgent(message, { hint })
}

/** Why there is no such conversation: older servers have none at all. */
export async function conversationMissing(
  { conversations, url }: Pick<Gateway, 'conversations' | 'url'>,
  id: string,
): Promise<MessageWithHint> {
  const isAvailable = (await conversations.list(null)) !== null
  return isAvailable ? conversationNotFound(id) : conversationsUnavailable(url)
}

/** Throws a `UserError` when another agent was chosen as well. */
export function assertAgentOf({ id, agentId }: ConversationListing, choice: AgentChoice): void {
  if (typeof choice === 'string' || choice.id === agentId) return
  throw new UserError(conversationOfAnotherAgent(id, agentId))
}

/** The agent's last conversation in this directory; null for its default history, also when it was deleted since. */
export async function lastConversation(
  services: Services,
  agentId: string,
): Promise<ConversationListing | null> {
  const id = rememberedIn(services).lastConversation(agentId)
  if (id === null) return null
  const found = await services.gateway.conversations.retrieve(id)
  return found?.agentId === agentId ? found : null
}

export async function rememberThread(
  services: Services,
  { agentId, conversationId }: Thread,
): Promise<void> {
  const id = conversationId === DEFAULT_CONVERSATION ? null : conversationId
  await rememberedIn(services).rememberConversation(agentId, id)
}

function rememberedIn({ settings, options }: Services) {
  return settings.on(serverName(options.backend))
}
