import type { JsonObject } from '../../util/is-record.ts'
import { defaultThread, type Thread, threadOf } from '../../util/thread.ts'
import { systemMessageId } from '../ids.ts'
import { compileSystemPrompt } from '../runs/request.ts'
import type { Service } from '../service.ts'
import { withMessageHeader } from '../wire/messages.ts'

/** The system prompt as the first message of a history, where Letta server stores it. It is compiled when it is read. */
export function systemMessageItem({ storage, now }: Service, thread: Thread): JsonObject {
  const { agentId, conversationId } = thread
  const { createdAt: date = '' } =
    storage.conversations.get(conversationId) ?? storage.agents.get(agentId) ?? {}
  const header = { id: systemMessageId(thread), otid: null, date, runId: null, stepId: null }
  const content = compileSystemPrompt(storage, thread, now(), { force: false, save: false })
  return withMessageHeader('system_message', header, { content })
}

/** The conversation whose system prompt has this id; null when it is the id of another message. */
export function threadOfSystemMessage({ storage }: Service, id: string): Thread | null {
  const conversation = storage.conversations.get(id.replace(/^message-/, 'conv-'))
  if (conversation !== null) return threadOf(conversation)
  const agent = storage.agents.get(id.replace(/^message-/, 'agent-'))
  return agent === null ? null : defaultThread(agent.id)
}
