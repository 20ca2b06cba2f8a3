import type { JsonObject } from '../../util/is-record.ts'
import type { Thread } from '../../util/thread.ts'
import { systemMessageId } from '../ids.ts'
import type { AgentRecord, MessageBody, MessageRecord } from '../records.ts'

/** Converts a message to its form in the prompt, which the API returns only with the context window. */
export function toRawMessage({
  id,
  agentId,
  createdAt,
  runId,
  stepId,
  body,
}: MessageRecord): JsonObject {
  const place = { run_id: runId, step_id: stepId }
  return { id, agent_id: agentId, created_at: createdAt, ...place, ...bodyJson(body) }
}

export function toRawSystemMessage(agent: AgentRecord, thread: Thread, text: string): JsonObject {
  return {
    id: systemMessageId(thread),
    agent_id: agent.id,
    created_at: agent.createdAt,
    role: 'system',
    content: [{ type: 'text', text }],
  }
}

function bodyJson(body: MessageBody): JsonObject {
  const said = (text: string) => (text === '' ? [] : [{ type: 'text', text }])
  switch (body.role) {
    case 'user': {
      const text = body.content.map((part) => (part.type === 'text' ? part.text : '[Image]'))
      return { role: 'user', content: said(text.join('')) }
    }
    case 'summary':
      return { role: 'user', content: said(body.text) }
    case 'tool':
      return { role: 'tool', name: body.name, tool_call_id: body.callId, content: said(body.text) }
    case 'assistant': {
      const tool_calls = body.calls.map(({ callId, name, args }) => {
        return { id: callId, type: 'function', function: { name, arguments: args } }
      })
      const called = tool_calls.length === 0 ? null : tool_calls
      return { role: 'assistant', content: said(body.text), tool_calls: called, model: body.model }
    }
  }
}
