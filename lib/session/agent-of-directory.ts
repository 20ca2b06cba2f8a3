import type { AgentDetails } from '../client/gateway/agents.ts'
import type { Gateway } from '../client/gateway/gateway.ts'
import type { SavedIds } from '../settings/remembered-ids.ts'
import { UserError } from '../util/user-error.ts'
import { readConversationPlaces } from './conversation-places.ts'
import { agentUnknownHere } from './messages/agents.ts'

interface AgentPlace {
  readonly gateway: Pick<Gateway, 'conversations'>
  readonly savedIds: Pick<SavedIds, 'isAgentOfDirectory'>
  readonly lettaDirectory: string
  readonly directory: string
}

/**
 * A file of the directory can name an agent of another one, whose memory and messages a line of an agent, or a script, would read
 * without approval. Throws a `UserError` unless the user's own files say that letta was used with it here.
 */
export async function requireAgentOfDirectory(
  place: AgentPlace,
  { id, createdAt }: Pick<AgentDetails, 'id' | 'createdAt'>,
): Promise<void> {
  if (createdAt !== null && createdAt < DIRECTORIES_NOTED_SINCE) return
  if (place.savedIds.isAgentOfDirectory(id) || (await hasSpokenHere(place, id))) return
  const { message, hint } = agentUnknownHere(id)
  throw new UserError(message, { hint })
}

/** The versions before noted no directories, and their agents must work in scripts as before. */
const DIRECTORIES_NOTED_SINCE = Date.UTC(2026, 11, 1)

/** Earlier versions noted only where messages were sent. */
async function hasSpokenHere(
  { gateway, lettaDirectory, directory }: AgentPlace,
  id: string,
): Promise<boolean> {
  const places = await readConversationPlaces(lettaDirectory)
  if (places.get(id) === directory) return true
  const listed = (await gateway.conversations.list(id)) ?? []
  return listed.some((one) => places.get(one.id) === directory)
}
