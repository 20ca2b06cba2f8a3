import { defaultThread, type Thread } from '../../util/thread.ts'
import type { AgentRecord, MessageRecord } from '../records.ts'
import type { Service } from '../service.ts'
import { endpointType, toToolJson } from '../wire/records.ts'
import { toToolResponse } from '../wire/tool-response.ts'

/** The newest messages of a history that a file contains, besides those in the context. */
const MAX_MESSAGES = 10_000

/** The agent as Letta's agent file. Keys, accounts and ids of this server are not part of it. */
export function exportAgent(service: Service, agent: AgentRecord): object {
  const { storage, now } = service
  const blocks = agent.blockIds.flatMap((id) => storage.blocks.get(id) ?? [])
  const tools = agent.toolIds.flatMap((id) => storage.tools.get(id) ?? [])
  const at = now().toISOString()
  const names = new Map([['system', SYSTEM_ID]])
  const history = historyOf(service, defaultThread(agent.id), names)
  const query = { agentId: agent.id, text: null, isArchived: null, ascending: true } as const
  const conversations = storage.conversations
    .list({ ...query, orderBy: 'createdAt', after: null, limit: MAX_CONVERSATIONS })
    .filter(({ isHidden }) => isHidden !== true)
    .map(({ id, summary }) => ({
      agent_id: AGENT_ID,
      summary,
      ...historyOf(service, { agentId: agent.id, conversationId: id }, names),
    }))
  return {
    agents: [
      {
        id: AGENT_ID,
        name: agent.name,
        description: agent.description,
        system: agent.system,
        agent_type: 'letta_v1_agent',
        llm_config: {
          handle: agent.model,
          model: agent.model.split('/').slice(1).join('/') || agent.model,
          model_endpoint_type: endpointType(agent.model.split('/')[0]),
          context_window: agent.contextWindow,
        },
        block_ids: blocks.map((_, index) => `block-${index}`),
        tool_ids: tools.map((_, index) => `tool-${index}`),
        tool_rules: agent.toolRules,
        tags: agent.tags,
        include_base_tools: false,
        include_base_tool_rules: false,
        in_context_message_ids: [SYSTEM_ID, ...history.in_context_message_ids],
        messages: [systemMessage(agent, at), ...history.messages],
        files_agents: [],
        group_ids: [],
      },
    ],
    blocks: blocks.map(({ label, value, limit, description, readOnly }, index) => {
      return { id: `block-${index}`, label, value, limit, description, read_only: readOnly }
    }),
    tools: tools.map((tool, index) => ({ ...toToolJson(tool), id: `tool-${index}` })),
    groups: [],
    files: [],
    sources: [],
    mcp_servers: [],
    metadata: {},
    created_at: at,
    letta_workbench: { conversations },
  }
}

const AGENT_ID = 'agent-0'
const MAX_CONVERSATIONS = 10_000

/** Letta server accepts no message whose id does not end with a number. */
const SYSTEM_ID = 'message-0'

/** Letta server expects it to be the first message of the context. */
function systemMessage({ system }: AgentRecord, at: string): object {
  const content = [{ type: 'text', text: system }]
  return { id: SYSTEM_ID, role: 'system', content, created_at: at }
}

/** `names`: what the messages are called in the file. */
function historyOf({ storage }: Service, thread: Thread, names: Map<string, string>) {
  const query = { limit: MAX_MESSAGES, ascending: false, after: null, before: null }
  const newest = storage.messages.list(thread, query)
  const known = new Set(newest.map(({ id }) => id))
  const context = storage.messages.inContext(thread)
  const all = [...context.filter(({ id }) => !known.has(id)), ...newest]
  for (const { id } of all) names.set(id, `message-${names.size}`)
  const inContext = new Set(context.map(({ id }) => id))
  const nameOf = (id: string): string => names.get(id) ?? id
  return {
    in_context_message_ids: all.filter(({ id }) => inContext.has(id)).map(({ id }) => nameOf(id)),
    messages: all.map((message) => toFileMessage(message, nameOf(message.id))),
  }
}

function toFileMessage({ createdAt, body }: MessageRecord, id: string): object {
  const message = (role: string, content: string, more: object = {}): object => ({
    id,
    role,
    content: content === '' ? [] : [{ type: 'text', text: content }],
    created_at: createdAt,
    ...more,
  })
  switch (body.role) {
    case 'user':
      return message(
        'user',
        body.content.map((part) => (part.type === 'text' ? part.text : '[image]')).join('\n'),
      )
    case 'summary':
      return message('user', body.text)
    case 'tool':
      return message('tool', '', {
        name: body.name,
        tool_call_id: body.callId,
        tool_returns: [
          {
            tool_call_id: body.callId,
            status: body.status,
            func_response: toToolResponse(body, createdAt),
          },
        ],
      })
    case 'assistant':
      return message('assistant', body.text, {
        model: body.model,
        tool_calls: body.calls.map(({ callId, name, args }) => ({
          id: callId,
          type: 'function',
          function: { name, arguments: args },
        })),
      })
  }
}
