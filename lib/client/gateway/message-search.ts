import type { Letta } from '@letta-ai/letta-client'
import type { FoundMessage } from '../../session/state/conversation.ts'
import { isRecord } from '../../util/is-record.ts'
import { DEFAULT_CONVERSATION } from '../../util/thread.ts'
import { isStatus } from '../errors.ts'
import { contentText, text } from '../stream/decode.ts'
import { stripSystemReminder } from '../system-reminder.ts'

/** A message as the search of a server returns it. `at`: ISO time. */
export interface SearchedMessage extends FoundMessage {
  readonly at: string
}

/** The messages of users and agents with the text, in all conversations; null when the server has no search. */
export async function searchMessages(
  client: Letta,
  query: string,
  limit: number,
): Promise<readonly SearchedMessage[] | null> {
  // Without its vector database, a Letta server answers with 400.
  const found = await client.messages.search({ query, limit }).catch((thrown: unknown) => {
    if (isStatus(thrown, 400, 404, 405, 422, 501)) return null
    throw thrown
  })
  return Array.isArray(found) ? found.flatMap(toFound) : null
}

function toFound(one: unknown): readonly SearchedMessage[] {
  if (!isRecord(one)) return []
  const role = text(one['message_type']).replace(/_message$/, '')
  const content = contentText(one['content'])
  const said = role === 'user' ? stripSystemReminder(content) : content
  const agentId = text(one['agent_id'])
  if ((role !== 'user' && role !== 'assistant') || agentId === '' || said === '') return []
  const conversationId = text(one['conversation_id']) || DEFAULT_CONVERSATION
  return [{ agentId, conversationId, role, text: said, at: text(one['created_at']) }]
}
