import type { ConversationMessage, ReadConversation } from './read-conversation.ts'

/** A new agent with the conversation as its history, in the format of Letta's agent file. */
export function toAgentFile(
  { agent, blocks, messages }: ReadConversation,
  { name, system, at }: { readonly name: string; readonly system: string; readonly at: number },
): object {
  // Letta server accepts no message whose id does not end with a number.
  const all = [
    { role: 'system', ...content(system), created_at: iso(at) },
    ...toMadeMessages(messages, at),
  ].map((message, index) => ({ ...message, id: `message-${index}` }))
  return {
    agents: [
      {
        id: 'agent-0',
        name,
        system,
        agent_type: 'letta_v1_agent',
        llm_config: {
          handle: agent.model,
          model: agent.model.split('/').slice(1).join('/') || agent.model,
          model_endpoint_type: agent.model.split('/')[0] || 'openai',
        },
        block_ids: blocks.map((_, index) => `block-${index}`),
        tool_ids: [],
        tool_rules: [],
        tags: [],
        include_base_tools: false,
        include_base_tool_rules: false,
        in_context_message_ids: all.map(({ id }) => id),
        messages: all,
        files_agents: [],
        group_ids: [],
      },
    ],
    blocks: blocks.map((block, index) => ({ id: `block-${index}`, ...block })),
    tools: [],
    groups: [],
    files: [],
    sources: [],
    mcp_servers: [],
    metadata: {},
    created_at: iso(at),
  }
}

interface MadeMessage {
  readonly role: string
  readonly [name: string]: unknown
}

/** Calls after an answer are part of its message, with their results after it. Messages without a time have that before them. */
function toMadeMessages(
  messages: readonly ConversationMessage[],
  at: number,
): readonly MadeMessage[] {
  const made: MadeMessage[] = []
  let time = messages.find((one) => one.role === 'user')?.at ?? at
  let calls: Extract<ConversationMessage, { role: 'call' }>[] = []
  let answer: string | null = null
  const add = (role: string, text: string, more: object = {}): void => {
    made.push({
      role,
      ...content(text),
      created_at: iso(time),
      ...more,
    })
  }
  const flush = (): void => {
    if (answer !== null || calls.length > 0) {
      const toolCalls = calls.map(({ id, tool, args }) => {
        return { id, type: 'function', function: { name: tool, arguments: args } }
      })
      add('assistant', answer ?? '', calls.length === 0 ? {} : { tool_calls: toolCalls })
      for (const { id, tool, result, isError } of calls) {
        const status = isError ? 'error' : 'success'
        const returns = [{ tool_call_id: id, status, func_response: result }]
        add('tool', result, { name: tool, tool_call_id: id, tool_returns: returns })
      }
    }
    answer = null
    calls = []
  }
  for (const message of messages) {
    if (message.role === 'call') calls.push(message)
    else {
      flush()
      if (message.role === 'assistant') answer = message.text
      else {
        time = message.at ?? time
        add('user', message.text)
      }
    }
  }
  flush()
  return made
}

function content(text: string) {
  return { content: [{ type: 'text', text }] }
}

function iso(at: number): string {
  return new Date(Number.isFinite(at) && Math.abs(at) < 8.64e15 ? at : 0).toISOString()
}
