import type { Letta } from '@letta-ai/letta-client'
import type { Agent, AgentListing, MemoryBlock, ServerType } from '../../session/state.ts'
import { createTextRedactor, findSecrets } from '../../util/redact.ts'
import { messageOf, UserError } from '../../util/user-error.ts'
import type { Connection } from '../connect.ts'
import { isStatus, toUserError } from '../errors.ts'
import { EMBEDDED_SERVER_NAME, invalidResponse } from '../messages.ts'
import { argsOf, type ServerError, type StreamPart, text, toolCallsOf } from '../stream/decode.ts'
import { streamTurn, type TurnInput } from '../stream/stream.ts'
import { type ContextWindow, contextWindow } from './context.ts'
import { type HistoryPage, newestPage } from './history-pagination.ts'
import { newestFirst, type StoredMessage, storedMessage } from './stored-messages.ts'

/** A call of the agent that waits for an answer of ours. */
export interface PendingCall {
  readonly callId: string
  readonly tool: string
  readonly args: string
}

/** An agent as the server tells it, with what only opening needs. */
export interface AgentDetails extends Agent {
  readonly toolIds: readonly { readonly id: string; readonly name: string }[]
  /** Names of tools, attached or not, of which each call waits for an approval. */
  readonly approvalRules: readonly string[]
  readonly blocks: readonly MemoryBlock[]
  readonly pending: readonly PendingCall[]
  /** Ids of the messages that the agent sees; null when the server does not say. */
  readonly inContext: readonly string[] | null
}

export interface BlockDraft {
  readonly label: string
  readonly value: string
  readonly description: string
  /** Characters; the server's own when left out. */
  readonly limit?: number
}

/** A tool of ours as the server wants it: the schema it shows the model, and a stub that never runs. */
export interface ToolDraft {
  readonly name: string
  readonly description: string
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface AgentDraft {
  readonly name: string
  readonly model: string
  readonly contextWindow: number | null
  readonly system: string
  readonly blockIds: readonly string[]
  readonly toolNames: readonly string[]
}

export interface ModelRecord {
  readonly handle: string
  readonly title: string
  readonly contextWindow: number | null
}

/** The calls we make to Letta, in our words; the only user of the SDK beside `connect`. Trouble is thrown as `Problem`. */
export interface Gateway {
  readonly type: ServerType
  readonly url: string | null
  /** Null when the server knows no such agent. */
  agent(id: string): Promise<AgentDetails | null>
  createAgent(draft: AgentDraft): Promise<AgentDetails>
  /** The one used last first. */
  listAgents(): Promise<readonly AgentListing[]>
  renameAgent(id: string, name: string): Promise<void>
  /** Its conversation goes with it; memory blocks stay, for other agents may share them. */
  deleteAgent(id: string): Promise<void>
  setModel(id: string, model: ModelRecord): Promise<void>
  models(): Promise<readonly ModelRecord[]>
  block(id: string): Promise<MemoryBlock | null>
  createBlock(draft: BlockDraft): Promise<MemoryBlock>
  blocks(agentId: string): Promise<readonly MemoryBlock[]>
  changeBlock(blockId: string, value: string): Promise<MemoryBlock>
  attachBlock(agentId: string, blockId: string): Promise<void>
  /** Registers (or brings up to date) a local tool; gives its id. */
  registerTool(tool: ToolDraft): Promise<string>
  attachTool(agentId: string, toolId: string): Promise<void>
  detachTool(agentId: string, toolId: string): Promise<void>
  /** Whether calls of this tool wait for an approval; touches no other rule. */
  setApproval(agentId: string, tool: string, required: boolean): Promise<void>
  /** The newest stored messages as entries; `limit` messages make a page. */
  history(agent: AgentDetails, limit: number): Promise<HistoryPage>
  /** A page of stored messages, newest first, those older than `before`. */
  messages(agentId: string, before: string | null): Promise<readonly StoredMessage[]>
  stream(agentId: string, input: TurnInput, limits: StreamLimits): AsyncIterable<StreamPart>
  /** Ends what runs on the server; a call that waits is denied there. */
  cancel(agentId: string): Promise<void>
  /** Puts a summary in the place of older messages; null when the server cannot. */
  compact(agentId: string): Promise<Compaction | null>
  context(agentId: string): Promise<ContextWindow>
  /** Empties what the agent sees of the conversation; memory stays. */
  reset(agentId: string): Promise<void>
  close(): Promise<void>
}

/** How many messages the agent saw before, and how many since. */
export interface Compaction {
  readonly before: number
  readonly after: number
}

export interface StreamLimits {
  /** Model calls that this one request may make; null for the server's own limit. */
  readonly maxSteps: number | null
  readonly signal: AbortSignal
}

const INCLUDE = {
  include: ['agent.tools', 'agent.blocks', 'agent.pending_approval'],
} satisfies Parameters<Letta['agents']['retrieve']>[1]

/** Not what was said in other conversations of the agent. */
const NEWEST_OF_ITS_OWN = { order: 'desc', conversation_id: 'default' } as const

export function createGateway(connection: Connection): Gateway {
  const { client, type, url } = connection
  const server = url ?? EMBEDDED_SERVER_NAME
  const clean = createTextRedactor(findSecrets({ LETTA_API_KEY: client.apiKey ?? undefined }))
  const cleanError = ({ type, message, detail }: ServerError): ServerError => ({
    type,
    message: clean(message),
    detail: clean(detail),
  })
  const background = type !== 'embedded'
  const call = async <Value>(work: Promise<Value>): Promise<Value> => {
    const answer = await work.catch((thrown: unknown) => {
      throw toUserError(thrown, server, clean)
    })
    // The SDK gives what is no JSON as text: a page of some other program.
    if (typeof answer !== 'string') return answer
    throw noLetta()
  }
  const noLetta = (): UserError => {
    const { message, hint } = invalidResponse(server)
    return new UserError(message, { hint })
  }
  const orNull = <Value>(work: Promise<Value>): Promise<Value | null> =>
    call(work.catch((thrown: unknown) => (isUnknown(thrown) ? null : Promise.reject(thrown))))

  return {
    type,
    url,
    agent: async (id) => {
      const agent = await orNull(client.agents.retrieve(id, INCLUDE))
      return agent === null ? null : recordOf(agent)
    },
    createAgent: async (draft) => recordOf(await call(client.agents.create(createBody(draft)))),
    listAgents: async () => {
      let page = await call(client.agents.list({ limit: LISTED, include: ['agent.tools'] }))
      const agents = [...page.items]
      while (page.items.length === LISTED && agents.length < MOST_LISTED) {
        page = await call(page.getNextPage())
        agents.push(...page.items)
      }
      return agents.map(listingOf).sort((one, other) => (other.usedAt ?? 0) - (one.usedAt ?? 0))
    },
    renameAgent: async (id, name) => void (await call(client.agents.update(id, { name }))),
    deleteAgent: async (id) => void (await call(client.agents.delete(id))),
    setModel: async (id, model) => void (await call(client.agents.update(id, modelBody(model)))),
    models: async () => {
      const models = await call(client.models.list())
      if (!Array.isArray(models)) throw noLetta()
      return models.map(modelOf)
    },
    block: async (id) => {
      const block = await orNull(client.blocks.retrieve(id))
      return block === null ? null : blockOf(block)
    },
    createBlock: async (draft) => blockOf(await call(client.blocks.create(draft))),
    blocks: async (agentId) => {
      const page = await call(client.agents.blocks.list(agentId, { limit: 100 }))
      return page.items.map(blockOf)
    },
    changeBlock: async (id, value) => blockOf(await call(client.blocks.update(id, { value }))),
    attachBlock: async (agentId, blockId) =>
      void (await call(client.agents.blocks.attach(blockId, { agent_id: agentId }))),
    registerTool: async (tool) => (await call(client.tools.upsert(toolBody(tool)))).id,
    attachTool: async (agentId, toolId) =>
      void (await call(client.agents.tools.attach(toolId, { agent_id: agentId }))),
    detachTool: async (agentId, toolId) =>
      void (await call(client.agents.tools.detach(toolId, { agent_id: agentId }))),
    setApproval: async (agentId, tool, required) => {
      // The client's own call sends the member under a name that no server knows.
      const path = `/v1/agents/${encodeURIComponent(agentId)}/tools/approval/${encodeURIComponent(tool)}`
      await call(client.patch<unknown>(path, { body: { requires_approval: required } }))
    },
    history: (agent, limit) => {
      const read = async (before: string | null) => {
        const query = { limit, ...NEWEST_OF_ITS_OWN, ...(before === null ? {} : { before }) }
        return (await call(client.agents.messages.list(agent.id, query))).items
      }
      return newestPage({ agent, limit, read })
    },
    messages: async (agentId, before) => {
      const query = { limit: 100, ...NEWEST_OF_ITS_OWN, ...(before === null ? {} : { before }) }
      const { items } = await call(client.agents.messages.list(agentId, query))
      return newestFirst(items.map(storedMessage))
    },
    async *stream(agentId, input, { maxSteps, signal }) {
      try {
        const limits = { background, maxSteps }
        for await (const part of streamTurn(client, agentId, input, limits, signal)) {
          yield part.type === 'error' ? { ...part, error: cleanError(part.error) } : part
        }
      } catch (thrown) {
        throw toUserError(thrown, server, clean)
      }
    },
    cancel: async (agentId) => {
      // What comes next waits for it.
      const soon = { timeout: 10_000, maxRetries: 1 }
      await call(client.agents.messages.cancel(agentId, {}, soon))
    },
    async compact(agentId) {
      const made = await orNull(
        client.agents.messages.compact(agentId).catch((thrown: unknown) => {
          if (isTooShort(thrown)) return { num_messages_before: 0, num_messages_after: 0 }
          throw thrown
        }),
      )
      return made && { before: made.num_messages_before, after: made.num_messages_after }
    },
    context: (agentId) => call(contextWindow(client, agentId)),
    reset: async (agentId) => void (await call(client.agents.messages.reset(agentId, {}))),
    close: () => connection.close(),
  }
}

type AgentState = Awaited<ReturnType<Letta['agents']['retrieve']>>
type BlockState = Awaited<ReturnType<Letta['blocks']['retrieve']>>
type ModelState = Awaited<ReturnType<Letta['models']['list']>>[number]

/** Nothing is wrong with a conversation that has nothing to summarize yet. */
function isTooShort(thrown: unknown): boolean {
  return isStatus(thrown, 400) && /not have enough messages/.test(messageOf(thrown))
}

/** A malformed id (422) is as unknown as a missing one (404). */
function isUnknown(thrown: unknown): boolean {
  return isStatus(thrown, 404, 422)
}

function agentOf(agent: AgentState): Agent {
  return {
    id: agent.id,
    name: agent.name,
    model: agent.model ?? agent.llm_config?.handle ?? agent.llm_config?.model ?? '',
    contextWindow: agent.llm_config?.context_window ?? null,
    tools: (agent.tools ?? []).flatMap((tool) => tool.name ?? []),
  }
}

/** Agents asked for at once, and in all: more than anybody has, where an account is a person's. */
const LISTED = 200
const MOST_LISTED = 5000

function listingOf(agent: AgentState): AgentListing {
  const { last_run_completion, updated_at, created_at } = agent
  const times = [last_run_completion, updated_at, created_at].map((time) => Date.parse(time ?? ''))
  const known = times.filter((time) => !Number.isNaN(time))
  return { ...agentOf(agent), usedAt: known.length === 0 ? null : Math.max(...known) }
}

function recordOf(agent: AgentState): AgentDetails {
  const pending = agent.pending_approval
  return {
    ...agentOf(agent),
    toolIds: (agent.tools ?? []).map((tool) => ({ id: tool.id, name: tool.name ?? '' })),
    approvalRules: (agent.tool_rules ?? []).flatMap((rule) =>
      rule.type === 'requires_approval' ? [rule.tool_name] : [],
    ),
    blocks: (agent.blocks ?? agent.memory?.blocks ?? []).flatMap((block) =>
      block.id === undefined ? [] : [blockOf({ ...block, id: block.id })],
    ),
    pending: pending === undefined || pending === null ? [] : pendingOf({ ...pending }),
    inContext: agent.message_ids ?? null,
  }
}

function pendingOf(request: Readonly<Record<string, unknown>>): readonly PendingCall[] {
  return toolCallsOf(request).map((call) => ({
    callId: text(call['tool_call_id']),
    tool: text(call['name']),
    args: argsOf(call),
  }))
}

type BlockFields = Pick<
  BlockState,
  'id' | 'label' | 'value' | 'limit' | 'description' | 'read_only'
>

const DEFAULT_LIMIT = 100_000

function blockOf(block: BlockFields): MemoryBlock {
  return {
    id: block.id,
    label: block.label ?? '',
    value: block.value,
    limit: block.limit ?? DEFAULT_LIMIT,
    description: block.description ?? null,
    readOnly: block.read_only ?? false,
  }
}

function modelOf(model: ModelState): ModelRecord {
  return {
    handle: model.handle ?? `${model.provider_name ?? model.provider_type}/${model.model}`,
    title: model.display_name ?? model.name,
    contextWindow: model.max_context_window ?? model.context_window ?? null,
  }
}

/** Server-side tools every agent of ours has; all others are local. */
const SERVER_TOOLS = ['memory_insert', 'memory_replace', 'memory_rethink', 'conversation_search']

function createBody(draft: AgentDraft): Parameters<Letta['agents']['create']>[0] {
  return {
    agent_type: 'letta_v1_agent',
    name: draft.name,
    model: draft.model,
    system: draft.system,
    block_ids: [...draft.blockIds],
    tools: [...draft.toolNames, ...SERVER_TOOLS],
    tags: ['origin:letta-code'],
    include_base_tools: false,
    include_base_tool_rules: false,
    initial_message_sequence: [],
    parallel_tool_calls: true,
    ...(draft.contextWindow === null ? {} : { context_window_limit: draft.contextWindow }),
  }
}

/** The model alone would reset the context window and parallel calls to the server's defaults. */
function modelBody(model: ModelRecord): Parameters<Letta['agents']['update']>[1] {
  const window = model.contextWindow
  return {
    model: model.handle,
    parallel_tool_calls: true,
    ...(window === null ? {} : { context_window_limit: window }),
  }
}

function toolBody(tool: ToolDraft): Parameters<Letta['tools']['upsert']>[0] {
  const { name, description, parameters } = tool
  return {
    source_code: stubOf(tool),
    source_type: 'python',
    description,
    json_schema: { name, description, parameters },
    default_requires_approval: true,
  }
}

/** A Letta server derives a tool's name from its source; ours must never run there, so the stub raises. */
function stubOf({ name, parameters }: ToolDraft): string {
  const properties = Object.keys(Object(parameters['properties']))
  const wanted = parameters['required']
  const required = new Set(Array.isArray(wanted) ? wanted : [])
  const ordered = [
    ...properties.filter((key) => required.has(key)),
    ...properties.filter((key) => !required.has(key)).map((key) => `${key}=None`),
  ]
  return [
    `def ${name}(${ordered.join(', ')}):`,
    '    """Runs on the client, after approval."""',
    '    raise Exception("This tool runs on the client.")',
    '',
  ].join('\n')
}
