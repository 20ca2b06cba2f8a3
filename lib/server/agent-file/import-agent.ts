import { countCodePoints } from '../../util/code-points.ts'
import { isRecord } from '../../util/is-record.ts'
import { DEFAULT_CONVERSATION } from '../../util/thread.ts'
import { newId } from '../ids.ts'
import type { AgentRecord, BlockAuthor, MessageBody, ToolRecord } from '../records.ts'
import type { Service } from '../service.ts'
import { fromToolResponse } from '../wire/tool-response.ts'
import type { AgentFile, FileAgent, FileMessage } from './agent-file.ts'

interface ImportOptions {
  /** For each handle of the file, the model to use and the size of its window. */
  readonly models: ReadonlyMap<string, { readonly model: string; readonly contextWindow: number }>
  readonly author: BlockAuthor
}

/** The model that an agent of a file names; an address of it is never used. */
export function handleOf({ llm_config: config }: FileAgent): string {
  return config?.handle ?? config?.model ?? ''
}

/**
 * Creates the agents of a file with new blocks, and their conversations. A tool that exists here is used as it is, so that a file
 * changes nothing of other agents; another one is stored as a name with parameters, and asks before it runs.
 */
export function importAgents(
  service: Service,
  file: AgentFile,
  options: ImportOptions,
): readonly string[] {
  const { storage, now } = service
  const at = now().toISOString()
  return storage.transaction(() =>
    file.agents.map((agent) => {
      const blockIds = createBlocks(service, file, agent, options.author)
      const tools = (agent.tool_ids ?? []).flatMap((id) => {
        const found = file.tools.find((tool) => tool.id === id)
        return found === undefined ? [] : [toolOf(service, found, at)]
      })
      const handle = handleOf(agent)
      const { model, contextWindow } = options.models.get(handle) ?? {
        model: handle,
        contextWindow: 32_000,
      }
      const window = Math.min(agent.llm_config?.context_window ?? contextWindow, contextWindow)
      const record: AgentRecord = {
        id: newId('agent'),
        name: agent.name?.trim() || 'agent',
        description: agent.description ?? null,
        system: agent.system ?? '',
        compiledSystem: null,
        model,
        contextWindow: window,
        maxOutputTokens: null,
        reasoningEffort: null,
        temperature: null,
        parallelToolCalls: true,
        tags: agent.tags ?? [],
        blockIds,
        toolIds: [...new Set(tools.map(({ id }) => id))],
        toolRules: tools
          .filter(({ requiresApproval }) => requiresApproval)
          .map((tool) => ({
            type: 'requires_approval',
            tool_name: tool.name,
            prompt_template: null,
          })),
        metadata: {},
        // The system prompt, which is as old as the agent, comes before the messages.
        createdAt: oldest(agent.messages ?? [], at),
        updatedAt: at,
      }
      storage.agents.insert(record)
      storeHistory(service, { agentId: record.id, conversationId: DEFAULT_CONVERSATION }, agent)
      for (const one of file.letta_workbench?.conversations ?? []) {
        if (one.agent_id === agent.id) storeConversation(service, record.id, one)
      }
      return record.id
    }),
  )
}

type FileConversation = NonNullable<AgentFile['letta_workbench']>['conversations'][number]

function storeConversation(service: Service, agentId: string, one: FileConversation): void {
  const at = service.now().toISOString()
  const id = newId('conv')
  service.storage.conversations.insert({
    id,
    agentId,
    summary: one.summary ?? null,
    model: null,
    modelSettings: null,
    isolatedBlockIds: [],
    compiledSystem: null,
    createdAt: oldest(one.messages, at),
    updatedAt: at,
    lastMessageAt: one.messages.length === 0 ? null : at,
  })
  storeHistory(service, { agentId, conversationId: id }, one)
}

/** A block that is named twice is created once. */
function createBlocks(
  { storage, now }: Service,
  file: AgentFile,
  agent: FileAgent,
  author: BlockAuthor,
): readonly string[] {
  const at = now().toISOString()
  const labels = new Set<string>()
  return (agent.block_ids ?? []).flatMap((fileId) => {
    const found = file.blocks.find(({ id }) => id === fileId)
    if (found === undefined || labels.has(found.label)) return []
    labels.add(found.label)
    const id = newId('block')
    const { label, value, description = null } = found
    const block = {
      id,
      label,
      value,
      limit: Math.max(found.limit ?? 0, countCodePoints(value), 1),
      description,
      readOnly: found.read_only ?? false,
      tags: [],
      metadata: {},
      createdAt: at,
      updatedAt: at,
    }
    storage.blocks.insert(block, author)
    return [id]
  })
}

function toolOf({ storage }: Service, tool: AgentFile['tools'][number], at: string): ToolRecord {
  const known = storage.tools.findByName(tool.name)
  if (known !== null) return known
  const description = tool.description ?? ''
  const record: ToolRecord = {
    id: newId('tool'),
    name: tool.name,
    description,
    jsonSchema: { ...tool.json_schema, name: tool.name, description },
    sourceCode: tool.source_code ?? '',
    sourceType: 'python',
    requiresApproval: true,
    builtIn: false,
    tags: [],
    createdAt: at,
  }
  storage.tools.put(record)
  return record
}

/** As this server writes times, so that they can be compared as texts. */
function timeOf({ created_at: created }: FileMessage, otherwise: string): string {
  const at = Date.parse(created ?? '')
  return Number.isNaN(at) ? otherwise : new Date(at).toISOString()
}

/** The time of the oldest message, at most that of the import. */
function oldest(messages: readonly FileMessage[], at: string): string {
  return messages.reduce((first, one) => (timeOf(one, at) < first ? timeOf(one, at) : first), at)
}

interface FileHistory {
  readonly messages?: readonly FileMessage[] | null | undefined
  readonly in_context_message_ids?: readonly string[] | null | undefined
}

/** Messages that are not in the context are stored before the others, and then removed from it. */
function storeHistory(
  { storage, now }: Service,
  thread: { readonly agentId: string; readonly conversationId: string },
  { messages, in_context_message_ids: ids }: FileHistory,
): void {
  const inContext = new Set(ids ?? [])
  const all = withCompleteCalls(messages ?? [])
  const [seen, older] = [true, false].map((isSeen) =>
    all.filter(({ message }) => inContext.has(message.id) === isSeen),
  )
  const store = (some: typeof all): void => {
    for (const { message, body } of some) {
      const createdAt = timeOf(message, now().toISOString())
      storage.messages.append({
        ...thread,
        id: newId('message'),
        runId: null,
        stepId: null,
        createdAt,
        body,
      })
    }
  }
  store(older ?? [])
  storage.messages.forget(thread)
  store(seen ?? [])
}

interface ReadMessage {
  readonly message: FileMessage
  readonly body: MessageBody
}

/** Without calls that have no result and results that have no call: no provider would take them. */
function withCompleteCalls(messages: readonly FileMessage[]): readonly ReadMessage[] {
  const read = messages.flatMap((message) => bodiesOf(message).map((body) => ({ message, body })))
  const asked = new Map(
    read.flatMap(({ body }) =>
      body.role === 'assistant'
        ? body.calls.map(({ callId, name }) => [callId, name] as const)
        : [],
    ),
  )
  const answered = new Set(read.flatMap(({ body }) => (body.role === 'tool' ? [body.callId] : [])))
  // Letta server writes a result twice: with the approval of the call, and as the message of a tool.
  let results = new Set<string>()
  return read.flatMap(({ message, body }): readonly ReadMessage[] => {
    if (body.role === 'tool') {
      const name = asked.get(body.callId)
      if (name === undefined || results.has(body.callId)) return []
      results.add(body.callId)
      return [{ message, body: { ...body, name } }]
    }
    results = new Set()
    if (body.role !== 'assistant') return [{ message, body }]
    const calls = body.calls.filter(({ callId }) => answered.has(callId))
    if (body.text === '' && calls.length === 0) return []
    return [{ message, body: { ...body, calls } }]
  })
}

function bodiesOf(message: FileMessage): readonly MessageBody[] {
  const text = textOf(message.content)
  switch (message.role) {
    case 'user':
      return text === '' ? [] : [{ role: 'user', content: [{ type: 'text', text }], otid: null }]
    case 'assistant':
    case 'approval':
      if (message.role === 'approval' && (message.tool_calls ?? []).length === 0) {
        return (message.approvals ?? []).flatMap((one) => resultOf(one, ''))
      }
      return [
        {
          role: 'assistant',
          reasoning: [],
          text,
          calls: (message.tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => {
            return { callId: id, name, args, runs: 'client' as const }
          }),
          partial: false,
          model: '',
        },
      ]
    case 'tool': {
      const returns = message.tool_returns ?? []
      if (returns.length > 0) return returns.flatMap((one) => resultOf(one, text))
      return resultOf({ tool_call_id: message.tool_call_id, status: 'success' }, text)
    }
    default:
      return []
  }
}

function resultOf(value: unknown, otherwise: string): readonly MessageBody[] {
  if (!isRecord(value)) return []
  const { tool_call_id: callId, status, func_response: response, tool_return: returned } = value
  if (typeof callId !== 'string') return []
  const found = fromToolResponse(textOf(response ?? returned))
  return [
    {
      role: 'tool',
      callId,
      name: '',
      text: found === '' ? otherwise : found,
      pictures: [],
      status: status === 'error' ? 'error' : 'success',
      stdout: [],
      stderr: [],
      denial: null,
    },
  ]
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part) => (isRecord(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .filter((part) => part !== '')
    .join('\n')
}
