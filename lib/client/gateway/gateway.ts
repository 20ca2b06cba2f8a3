import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Letta } from '@letta-ai/letta-client'
import * as z from 'zod'
import type { Agent, AgentListing, ServerType } from '../../session/state/agent.ts'
import type { BlockVersion, ChangeAuthor, MemoryBlock } from '../../session/state/memory.ts'
import { DEFAULT_CONVERSATION, defaultThread, type Thread } from '../../session/state/thread.ts'
import type { ReasoningEffort } from '../../util/effort.ts'
import { createTextRedactor, findSecrets } from '../../util/redact.ts'
import { messageOf, UserError } from '../../util/user-error.ts'
import type { Connection } from '../connect.ts'
import { isStatus, toUserError } from '../errors.ts'
import { EMBEDDED_SERVER_NAME, invalidResponse } from '../messages.ts'
import type { ServerError, StreamPart } from '../stream/decode.ts'
import { streamTurn, type TurnInput } from '../stream/stream.ts'
import { type GatewayCopies, gatewayCopies } from './agent-copies.ts'
import {
  agentAnswer,
  blockAnswer,
  compactionAnswer,
  modelsAnswer,
  pageAnswer,
  toolAnswer,
} from './answers.ts'
import { type GatewayArchival, gatewayArchival } from './archival.ts'
import {
  type ChangeDetails,
  changeHeader,
  composeClientId,
  listDeletedBlocks,
  listVersions,
  retrieveVersion,
  type VersionsQuery,
  valueTag,
  versionsPath,
} from './block-versions.ts'
import { type ContextWindow, contextWindow } from './context.ts'
import {
  conversationDetails,
  findMessage,
  type GatewayConversations,
  gatewayConversations,
  listThread,
  type MessagePlace,
  type ThreadDetails,
} from './conversations.ts'
import { effortOf, withEffort } from './effort.ts'
import { type HistoryPage, newestPage } from './history-pagination.ts'
import { type ServerLeases, serverLeases } from './leases.ts'
import { type SearchedMessage, searchMessages } from './message-search.ts'
import { type PendingCall, pendingCallsOf } from './pending-calls.ts'
import { newestFirst, type StoredMessage, storedMessage } from './stored-messages.ts'

export type { PendingCall }

/** An agent as the server reports it, with the details that only opening needs. */
export interface AgentDetails extends Agent {
  readonly toolIds: readonly { readonly id: string; readonly name: string }[]
  /** Names of the tools, attached or not, whose calls require approval. */
  readonly approvalRules: readonly string[]
  readonly blocks: readonly MemoryBlock[]
  /** Ids of the blocks that letta created and maintains. */
  readonly managedBlockIds: readonly string[]
  readonly pending: readonly PendingCall[]
  /** Ids of the messages that the agent sees; null when the server does not say. */
  readonly inContext: readonly string[] | null
}

export interface BlockDraft {
  readonly label: string
  readonly value: string
  readonly description: string
  /** Characters; default: the server's own limit. */
  readonly limit?: number
  /** Marks the block as one that letta maintains. */
  readonly managed?: true
}

export interface BlockProperties {
  readonly label?: string
  readonly description?: string
  /** Characters. */
  readonly limit?: number
  readonly readOnly?: boolean
}

export interface BlockUpdate extends ChangeDetails {
  readonly value: string
  readonly by: ChangeAuthor
  /** The value that it replaces; any value when absent. */
  readonly expected?: string
}

/** A local tool as the server requires it: the schema for the model; the source is a stub that never runs. */
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

/**
 * The requests to a Letta server, independent of the wire format. Apart from `connect`, only this room uses the SDK. Errors of
 * the server and the network are thrown as `UserError`.
 */
export interface Gateway {
  readonly type: ServerType
  readonly url: string | null
  /** Names this client in its requests and leases. */
  readonly session: string
  readonly leases: ServerLeases
  /** Null when the agent does not exist on the server. */
  agent(id: string): Promise<AgentDetails | null>
  createAgent(draft: AgentDraft): Promise<AgentDetails>
  /** Most recently used first. */
  listAgents(): Promise<readonly AgentListing[]>
  renameAgent(id: string, name: string): Promise<void>
  /** Also deletes its conversation. Memory blocks remain, because other agents may share them. */
  deleteAgent(id: string): Promise<void>
  setModel(id: string, model: ModelRecord): Promise<void>
  /** Null leaves the effort to the provider. Returns what the server reports then. */
  setEffort(id: string, effort: ReasoningEffort | null): Promise<ReasoningEffort | null>
  models(): Promise<readonly ModelRecord[]>
  block(id: string): Promise<MemoryBlock | null>
  createBlock(draft: BlockDraft): Promise<MemoryBlock>
  blocks(agentId: string): Promise<readonly MemoryBlock[]>
  /** The blocks, and a tag of the list; null when they are as they were when the server returned this tag. */
  changedBlocks(
    agentId: string,
    tag: string | null,
  ): Promise<{ readonly blocks: readonly MemoryBlock[]; readonly tag: string | null } | null>
  /**
   * Null when the value is no longer `expected`, on a server that checks this. `by` is stored as the author where versions are
   * stored.
   */
  changeBlock(blockId: string, change: BlockUpdate): Promise<MemoryBlock | null>
  /** Newest first; null when the server stores no versions. */
  blockVersions(blockId: string, query: VersionsQuery): Promise<readonly BlockVersion[] | null>
  blockVersion(blockId: string, version: number): Promise<BlockVersion | null>
  deletedBlocks(agentId: string): Promise<readonly BlockVersion[] | null>
  /** Also restores a deleted block. */
  restoreVersion(blockId: string, version: number): Promise<MemoryBlock>
  /** Differs after each change of the embedded server's database; null for other servers. */
  changeStamp(): string | null
  /** Changes what is not the value. */
  setBlockProperties(blockId: string, change: BlockProperties): Promise<MemoryBlock>
  detachBlock(agentId: string, blockId: string): Promise<void>
  deleteBlock(blockId: string): Promise<void>
  /** All blocks of the server, those of other agents included. */
  listBlocks(): Promise<readonly MemoryBlock[]>
  /** The agents that have the block. */
  agentsOfBlock(blockId: string): Promise<readonly { readonly id: string; readonly name: string }[]>
  /** Marks a block of another program, after approval, as one that letta maintains. */
  markManaged(blockId: string): Promise<void>
  attachBlock(agentId: string, blockId: string): Promise<void>
  /** Registers or updates a local tool; returns its id. */
  registerTool(tool: ToolDraft): Promise<string>
  attachTool(agentId: string, toolId: string): Promise<void>
  detachTool(agentId: string, toolId: string): Promise<void>
  /** Sets whether calls of this tool require approval; changes no other rule. */
  setApproval(agentId: string, tool: string, required: boolean): Promise<void>
  readonly archival: GatewayArchival
  readonly conversations: GatewayConversations
  readonly copies: GatewayCopies
  /** Null when the agent or its conversation does not exist. */
  thread(thread: Thread): Promise<ThreadDetails | null>
  /** The newest stored messages as entries; `limit` messages make a page. */
  history(thread: ThreadDetails, limit: number): Promise<HistoryPage>
  /** A page of stored messages, newest first, those older than `before`. */
  messages(thread: Thread, before: string | null): Promise<readonly StoredMessage[]>
  /** The messages with the text in all conversations of the server; null when it has no search. */
  searchMessages(query: string, limit: number): Promise<readonly SearchedMessage[] | null>
  /** Where the message of an entry is stored; null when it is not. */
  findMessage(thread: Thread, entryId: string): Promise<MessagePlace | null>
  stream(thread: Thread, input: TurnInput, limits: StreamLimits): AsyncIterable<StreamPart>
  /** Cancels the active run on the server, which denies its pending calls. */
  cancel(thread: Thread): Promise<void>
  /** Replaces older messages by a summary; null when the server does not support this. */
  compact(thread: Thread): Promise<Compaction | null>
  context(thread: Thread): Promise<ContextWindow>
  /** Removes all messages from the context of the agent's default history; memory remains. */
  reset(agentId: string): Promise<void>
  close(): Promise<void>
}

/** The number of messages in the agent's context before and after. */
export interface Compaction {
  readonly before: number
  readonly after: number
}

export interface StreamLimits {
  /** Model calls that this one request may make; null for the server's own limit. */
  readonly maxSteps: number | null
  /** Tools of the server whose calls this client approves. Only the embedded server, and `letta serve`, know this. */
  readonly approvalTools?: readonly string[]
  readonly signal: AbortSignal
}

const INCLUDE = {
  include: ['agent.tools', 'agent.blocks', 'agent.pending_approval'],
} satisfies Parameters<Letta['agents']['retrieve']>[1]

/** `homeId`: what the sessions of the user on this machine have in common. */
export function createGateway(connection: Connection, homeId: string | null = null): Gateway {
  const { client, type, url } = connection
  const server = url ?? EMBEDDED_SERVER_NAME
  const clean = createTextRedactor(findSecrets({ LETTA_API_KEY: client.apiKey ?? undefined }))
  const cleanError = ({ type, message, detail }: ServerError): ServerError => ({
    type,
    message: clean(message),
    detail: clean(detail),
  })
  const clientId = composeClientId(homeId ?? randomUUID(), randomUUID())
  const background = type !== 'embedded'
  const session = randomUUID()
  /** `shape`: what letta needs of the answer; any JSON when absent. */
  const call = async <Value>(work: Promise<Value>, shape?: z.ZodType): Promise<Value> => {
    const answer = await work.catch((thrown: unknown) => {
      if (isUnreadable(thrown)) throw invalidResponseError(thrown)
      throw toUserError(thrown, server, clean)
    })
    if (Object.is(answer, ABSENT)) return null as Value
    // The SDK returns a body that is not JSON as text: another program answered.
    if (typeof answer === 'string') throw invalidResponseError()
    const parsed = shape?.safeParse(answer)
    if (parsed?.success === false) throw invalidResponseError(parsed.error)
    return answer
  }
  const invalidResponseError = (cause?: unknown): InvalidResponse => {
    const { message, hint } = invalidResponse(server)
    return new InvalidResponse(message, { hint, cause })
  }
  /** Repeats a request that changes nothing, when its answer is not understood: it may have been cut off. */
  const read = async <Value>(ask: () => Promise<Value>, shape?: z.ZodType): Promise<Value> => {
    try {
      return await call(ask(), shape)
    } catch (thrown) {
      if (!(thrown instanceof InvalidResponse)) throw thrown
      await delay(REPEAT_AFTER_MS)
      return call(ask(), shape)
    }
  }
  const orNull = <Value>(work: Promise<Value>): Promise<Value | null> =>
    work.catch((thrown: unknown) => (isUnknown(thrown) ? ABSENT : Promise.reject(thrown)))

  return {
    type,
    url,
    session,
    leases: serverLeases(client, (thrown) => toUserError(thrown, server, clean)),
    agent: async (id) => {
      const ask = () => orNull(client.agents.retrieve(id, INCLUDE))
      const agent = await read(ask, agentAnswer.extend({ id: z.literal(id) }))
      return agent === null ? null : recordOf(agent)
    },
    createAgent: async (draft) =>
      recordOf(await call(client.agents.create(createBody(draft)), agentAnswer)),
    listAgents: async () => {
      const query = { limit: AGENTS_PER_PAGE, include: ['agent.tools' as const] }
      let page = await read(async () => client.agents.list(query), AGENT_PAGE)
      const agents = [...page.items]
      while (page.items.length === AGENTS_PER_PAGE && agents.length < MAX_LISTED_AGENTS) {
        page = await call(page.getNextPage(), AGENT_PAGE)
        agents.push(...page.items)
      }
      return agents.map(listingOf).sort((one, other) => (other.usedAt ?? 0) - (one.usedAt ?? 0))
    },
    renameAgent: async (id, name) => void (await call(client.agents.update(id, { name }))),
    deleteAgent: async (id) => void (await call(client.agents.delete(id))),
    setModel: async (id, model) => void (await call(client.agents.update(id, modelBody(model)))),
    setEffort: async (id, effort) => {
      const agent = await call(client.agents.retrieve(id), agentAnswer)
      const body = { model_settings: withEffort(agent, effort) }
      return effortOf(await call(client.agents.update(id, body), agentAnswer))
    },
    models: async () => {
      const models = await read(async () => client.models.list(), modelsAnswer)
      return models.map(modelOf)
    },
    block: async (id) => {
      const ask = () => orNull(client.blocks.retrieve(id))
      const block = await read(ask, blockAnswer)
      return block === null ? null : blockOf(block)
    },
    createBlock: async ({ managed, ...draft }) => {
      const metadata = managed === true ? { metadata: MANAGED } : {}
      const headers = changeHeader(managed === true ? 'letta' : 'user', clientId)
      return blockOf(
        await call(client.blocks.create({ ...draft, ...metadata }, { headers }), blockAnswer),
      )
    },
    blocks: async (agentId) => {
      const ask = async () => client.agents.blocks.list(agentId, { limit: 100 })
      const page = await read(ask, BLOCK_PAGE)
      return page.items.map(blockOf)
    },
    async changedBlocks(agentId, tag) {
      const headers = tag === null ? {} : { 'if-none-match': tag }
      const list = client.agents.blocks.list(agentId, { limit: 100 }, { headers })
      const answer = await call(
        list.withResponse().catch((thrown: unknown) => {
          if (isStatus(thrown, 304)) return ABSENT
          throw thrown
        }),
        z.looseObject({ data: BLOCK_PAGE }),
      )
      if (answer === null) return null
      return { blocks: answer.data.items.map(blockOf), tag: answer.response.headers.get('etag') }
    },
    async changeBlock(id, { value, by, expected, ...details }) {
      const match = expected === undefined ? {} : { 'if-match': valueTag(expected) }
      const headers = { ...changeHeader(by, clientId, details), ...match }
      const block = await call(
        client.blocks.update(id, { value }, { headers }).catch((thrown: unknown) => {
          if (isStatus(thrown, 412)) return ABSENT
          throw thrown
        }),
        blockAnswer,
      )
      return block === null ? null : blockOf(block)
    },
    blockVersions: (id, query) => call(listVersions(client, id, query, clientId)),
    blockVersion: (id, version) => call(retrieveVersion(client, id, version, clientId)),
    deletedBlocks: (agentId) => call(listDeletedBlocks(client, agentId, clientId)),
    async restoreVersion(id, version) {
      const headers = changeHeader('restore', clientId)
      const path = `${versionsPath(id)}/${version}/restore`
      return blockOf(await call(client.post<BlockState>(path, { headers }), blockAnswer))
    },
    changeStamp: () => connection.changeStamp?.() ?? null,
    async setBlockProperties(id, { label, description, limit, readOnly }) {
      const body = {
        ...(label === undefined ? {} : { label }),
        ...(description === undefined ? {} : { description }),
        ...(limit === undefined ? {} : { limit }),
        ...(readOnly === undefined ? {} : { read_only: readOnly }),
      }
      const headers = changeHeader('user', clientId)
      return blockOf(await call(client.blocks.update(id, body, { headers })))
    },
    detachBlock: async (agentId, blockId) =>
      void (await call(client.agents.blocks.detach(blockId, { agent_id: agentId }))),
    deleteBlock: async (id) =>
      void (await call(client.blocks.delete(id, { headers: changeHeader('user', clientId) }))),
    listBlocks: async () => {
      const page = await call(client.blocks.list({ limit: MAX_LISTED_BLOCKS }))
      return page.items.map(blockOf)
    },
    agentsOfBlock: async (id) => {
      const page = await call(client.blocks.agents.list(id, { limit: 100 }))
      return page.items.map(({ id: agentId, name }) => ({ id: agentId, name }))
    },
    markManaged: async (id) => {
      const block = await call(client.blocks.retrieve(id), blockAnswer)
      const metadata = { ...block.metadata, ...MANAGED }
      await call(
        client.blocks.update(id, { metadata }, { headers: changeHeader('letta', clientId) }),
      )
    },
    attachBlock: async (agentId, blockId) =>
      void (await call(client.agents.blocks.attach(blockId, { agent_id: agentId }))),
    registerTool: async (tool) => (await call(client.tools.upsert(toolBody(tool)), toolAnswer)).id,
    attachTool: async (agentId, toolId) =>
      void (await call(client.agents.tools.attach(toolId, { agent_id: agentId }))),
    detachTool: async (agentId, toolId) =>
      void (await call(client.agents.tools.detach(toolId, { agent_id: agentId }))),
    setApproval: async (agentId, tool, required) => {
      // The SDK's method sends the member under a name that servers do not know.
      const path = `/v1/agents/${encodeURIComponent(agentId)}/tools/approval/${encodeURIComponent(tool)}`
      await call(client.patch<unknown>(path, { body: { requires_approval: required } }))
    },
    archival: gatewayArchival(client, { call }),
    conversations: gatewayConversations(client, { call, orNull }),
    copies: gatewayCopies(client, { call }),
    async thread(thread) {
      if (thread.conversationId !== DEFAULT_CONVERSATION) {
        return read(() => orNull(conversationDetails(client, thread)))
      }
      const ask = () => orNull(client.agents.retrieve(thread.agentId, INCLUDE))
      const agent = await read(ask, agentAnswer)
      return agent === null ? null : defaultThreadOf(recordOf(agent))
    },
    history: (thread, limit) => {
      const readPage = (before: string | null) =>
        read(() => listThread(client, thread, { limit, before }))
      return newestPage({ agent: thread, limit, read: readPage })
    },
    messages: async (thread, before) => {
      const items = await read(() => listThread(client, thread, { limit: 100, before }))
      return newestFirst(items.map(storedMessage))
    },
    searchMessages: (query, limit) => call(searchMessages(client, query, limit)),
    findMessage: (thread, entryId) =>
      findMessage(
        (before) => read(() => listThread(client, thread, { limit: 100, before })),
        entryId,
      ),
    async *stream(thread, input, { maxSteps, approvalTools = [], signal }) {
      try {
        const limits = { background, maxSteps, session, approvalTools }
        for await (const part of streamTurn(client, thread, input, limits, signal)) {
          yield part.type === 'error' ? { ...part, error: cleanError(part.error) } : part
        }
      } catch (thrown) {
        throw toUserError(thrown, server, clean)
      }
    },
    cancel: async ({ agentId, conversationId }) => {
      // The next turn waits for this request.
      const soon = { timeout: 10_000, maxRetries: 1 }
      if (conversationId === DEFAULT_CONVERSATION) {
        await call(client.agents.messages.cancel(agentId, {}, soon))
        return
      }
      const work = client.conversations.cancel(conversationId, {}, soon)
      // Nothing ran any more.
      await call(
        work.catch((thrown: unknown) => (isStatus(thrown, 409) ? {} : Promise.reject(thrown))),
      )
    },
    async compact({ agentId, conversationId }) {
      const work =
        conversationId === DEFAULT_CONVERSATION
          ? client.agents.messages.compact(agentId)
          : client.conversations.messages.compact(conversationId, {})
      const made = await call(
        orNull(
          work.catch((thrown: unknown) => {
            if (isTooShort(thrown)) return { num_messages_before: 0, num_messages_after: 0 }
            throw thrown
          }),
        ),
        compactionAnswer,
      )
      return made && { before: made.num_messages_before, after: made.num_messages_after }
    },
    context: (thread) => call(contextWindow(client, thread)),
    reset: async (agentId) => void (await call(client.agents.messages.reset(agentId, {}))),
    close: () => connection.close(),
  }
}

/** The answer is not that of a Letta server, or was cut off. */
class InvalidResponse extends UserError {
  override readonly name = 'InvalidResponse'
}

/** Stands for what does not exist, which differs from an answer of `null`; callers get null for it. */
const ABSENT = Symbol('absent') as unknown as null

const REPEAT_AFTER_MS = 300

const AGENT_PAGE = pageAnswer(agentAnswer)
const BLOCK_PAGE = pageAnswer(blockAnswer)

/** The SDK passes on what its JSON parser throws, and fails with a `TypeError` on an answer of another type. */
function isUnreadable(thrown: unknown): boolean {
  return (
    thrown instanceof SyntaxError ||
    thrown instanceof z.ZodError ||
    (thrown instanceof TypeError && thrown.message !== 'terminated')
  )
}

type AgentState = Awaited<ReturnType<Letta['agents']['retrieve']>>
type BlockState = Awaited<ReturnType<Letta['blocks']['retrieve']>>
type ModelState = Awaited<ReturnType<Letta['models']['list']>>[number]

/** A conversation with nothing to summarize yet is not an error. */
function isTooShort(thrown: unknown): boolean {
  return isStatus(thrown, 400) && /not have enough messages/.test(messageOf(thrown))
}

/** A malformed id (422) is treated like an id that does not exist (404). */
function isUnknown(thrown: unknown): boolean {
  return isStatus(thrown, 404, 422)
}

function agentOf(agent: AgentState): Agent {
  return {
    id: agent.id,
    name: agent.name,
    model: agent.model ?? agent.llm_config?.handle ?? agent.llm_config?.model ?? '',
    contextWindow: agent.llm_config?.context_window ?? null,
    effort: effortOf(agent),
    tools: (agent.tools ?? []).flatMap((tool) => tool.name ?? []),
  }
}

const AGENTS_PER_PAGE = 200
const MAX_LISTED_BLOCKS = 500
/** More than one person's account has; bounds the requests when a server repeats its pages. */
const MAX_LISTED_AGENTS = 5000

function listingOf(agent: AgentState): AgentListing {
  const { last_run_completion, updated_at, created_at } = agent
  const times = [last_run_completion, updated_at, created_at].map((time) => Date.parse(time ?? ''))
  const known = times.filter((time) => !Number.isNaN(time))
  return { ...agentOf(agent), usedAt: known.length === 0 ? null : Math.max(...known) }
}

function recordOf(agent: AgentState): AgentDetails {
  const pending = agent.pending_approval
  const blocks = agent.blocks ?? agent.memory?.blocks ?? []
  return {
    ...agentOf(agent),
    toolIds: (agent.tools ?? []).map((tool) => ({ id: tool.id, name: tool.name ?? '' })),
    approvalRules: (agent.tool_rules ?? []).flatMap((rule) =>
      rule.type === 'requires_approval' ? [rule.tool_name] : [],
    ),
    blocks: blocks.flatMap((block) =>
      block.id === undefined ? [] : [blockOf({ ...block, id: block.id })],
    ),
    managedBlockIds: blocks.flatMap(({ id, metadata }) =>
      id !== undefined && isManaged(metadata) ? [id] : [],
    ),
    pending: pending === undefined || pending === null ? [] : pendingCallsOf({ ...pending }),
    inContext: agent.message_ids ?? null,
  }
}

/** The default history of an agent that was retrieved. */
export function defaultThreadOf({ id, inContext, pending }: AgentDetails): ThreadDetails {
  return { ...defaultThread(id), inContext, pending }
}

/** The metadata by which a block is recognized that letta has created. Only such a block is written without approval. */
const MANAGED = { managed_by: 'letta-workbench' }

function isManaged(metadata: unknown): boolean {
  return Object(metadata).managed_by === MANAGED.managed_by
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

/** The server-side tools of every agent that letta creates; all others are local. */
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

/** An update with only the model would reset the context window and parallel calls to the server's defaults. */
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

/** A Letta server derives a tool's name from its source. Local tools must never run there, so the stub raises. */
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
