import type { Letta } from '@letta-ai/letta-client'
import * as z from 'zod'
import type { Agent, AgentListing } from '../../session/state/agent.ts'
import type { MemoryBlock } from '../../session/state/memory.ts'
import type { ReasoningEffort } from '../../util/effort.ts'
import { isRecord } from '../../util/is-record.ts'
import { plainAgentName, withPlainAgentName, withPlainAgentNames } from './agent-names.ts'
import { agentAnswer, pageAnswer } from './answers.ts'
import { isManaged, toBlock } from './blocks.ts'
import { effortOf, withEffort } from './effort.ts'
import { type ModelSettings, modelSettingsBody, modelSettingsOf } from './model-settings.ts'
import type { ModelRecord } from './models.ts'
import { type PendingCall, pendingCallsOf } from './pending-calls.ts'
import { nullIfMissing, type Requests } from './requests.ts'

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
  /** The title of its first conversation. */
  readonly firstTitle: string | null
  /** Unix milliseconds; null when the server does not say. */
  readonly createdAt: number | null
}

export interface AgentDraft {
  readonly name: string
  readonly model: string
  readonly contextWindow: number | null
  readonly system: string
  readonly blockIds: readonly string[]
  readonly toolNames: readonly string[]
}

export interface GatewayAgents {
  /** How the agent uses its model. */
  modelSettings(id: string): Promise<ModelSettings>
  /** Returns what the server reports then. */
  setModelSettings(id: string, settings: ModelSettings): Promise<ModelSettings>
  /** The agent as Letta's agent file (JSON). */
  exportFile(id: string): Promise<unknown>
  /** Creates the agents of an agent file; returns their ids. */
  importFile(content: string): Promise<readonly string[]>
  /** Null when the agent does not exist on the server. */
  retrieve(id: string): Promise<AgentDetails | null>
  create(draft: AgentDraft): Promise<AgentDetails>
  /** Most recently used first. */
  list(): Promise<readonly AgentListing[]>
  rename(id: string, name: string): Promise<void>
  /** Names the first conversation, for which the API has no title; null removes it. */
  setFirstTitle(id: string, title: string | null): Promise<void>
  /** Also deletes its conversation. Memory blocks remain, because other agents may share them. */
  delete(id: string): Promise<void>
  setModel(id: string, model: ModelRecord): Promise<void>
  /** Null leaves the effort to the provider. Returns what the server reports then. */
  setEffort(id: string, effort: ReasoningEffort | null): Promise<ReasoningEffort | null>
}

const INCLUDE = {
  include: ['agent.tools', 'agent.blocks', 'agent.pending_approval'],
} satisfies Parameters<Letta['agents']['retrieve']>[1]

const AGENTS_PER_PAGE = 200
/** More than one person's account has; bounds the requests when a server repeats its pages. */
const MAX_LISTED_AGENTS = 5000

const AGENT_PAGE = pageAnswer(agentAnswer)

const importedAnswer = z.looseObject({ agent_ids: z.array(z.string().min(1)) })

export function gatewayAgents(client: Letta, { call, read }: Requests): GatewayAgents {
  return {
    async retrieve(id) {
      const ask = () => nullIfMissing(client.agents.retrieve(id, INCLUDE))
      const agent = await read(ask, agentAnswer.extend({ id: z.literal(id) }))
      return agent === null ? null : toDetails(agent)
    },
    async create(draft) {
      const made = (isPlain: boolean) => {
        const name = isPlain ? plainAgentName(draft.name) : draft.name
        return call(client.agents.create(createBody({ ...draft, name })), agentAnswer)
      }
      return toDetails(await withPlainAgentName(made))
    },
    async list() {
      const query = { limit: AGENTS_PER_PAGE, include: ['agent.tools' as const] }
      let page = await read(async () => client.agents.list(query), AGENT_PAGE)
      const agents = [...page.items]
      while (page.items.length === AGENTS_PER_PAGE && agents.length < MAX_LISTED_AGENTS) {
        page = await call(page.getNextPage(), AGENT_PAGE)
        agents.push(...page.items)
      }
      return agents.map(toListing).sort((one, other) => (other.usedAt ?? 0) - (one.usedAt ?? 0))
    },
    rename: async (id, name) => void (await call(client.agents.update(id, { name }))),
    async setFirstTitle(id, title) {
      const { metadata } = await call(client.agents.retrieve(id), agentAnswer)
      const { [FIRST_TITLE]: _, ...others } = isRecord(metadata) ? metadata : {}
      const changed = title === null ? others : { ...others, [FIRST_TITLE]: title }
      await call(client.agents.update(id, { metadata: changed }))
    },
    exportFile: (id) => call<unknown>(client.agents.exportFile(id)),
    async importFile(content) {
      const imported = (isPlain: boolean) => {
        const text = isPlain ? withPlainAgentNames(content) : content
        const file = new File([text], 'agent.af', { type: 'application/json' })
        // Letta's own server would append "_copy" to the name.
        return call(client.agents.importFile({ file, append_copy_suffix: false }), importedAnswer)
      }
      return (await withPlainAgentName(imported)).agent_ids
    },
    delete: async (id) => void (await call(client.agents.delete(id))),
    setModel: async (id, model) => void (await call(client.agents.update(id, modelBody(model)))),
    modelSettings: async (id) =>
      modelSettingsOf(await call(client.agents.retrieve(id), agentAnswer)),
    async setModelSettings(id, settings) {
      const agent = await call(client.agents.retrieve(id), agentAnswer)
      const body = modelSettingsBody(agent, settings)
      return modelSettingsOf(await call(client.agents.update(id, body), agentAnswer))
    },
    async setEffort(id, effort) {
      const agent = await call(client.agents.retrieve(id), agentAnswer)
      const body = { model_settings: withEffort(agent, effort) }
      return effortOf(await call(client.agents.update(id, body), agentAnswer))
    },
  }
}

/** The entry of the agent's metadata that names its first conversation. */
const FIRST_TITLE = 'letta_workbench_title'
const MAX_TITLE_CHARACTERS = 200

function firstTitleOf({ metadata }: AgentState): string | null {
  const title = isRecord(metadata) ? metadata[FIRST_TITLE] : null
  return typeof title === 'string' && title !== '' ? title.slice(0, MAX_TITLE_CHARACTERS) : null
}

type AgentState = Awaited<ReturnType<Letta['agents']['retrieve']>>

function toAgent(agent: AgentState): Agent {
  return {
    id: agent.id,
    name: agent.name,
    model: agent.model ?? agent.llm_config?.handle ?? agent.llm_config?.model ?? '',
    contextWindow: agent.llm_config?.context_window ?? null,
    effort: effortOf(agent),
    tools: (agent.tools ?? []).flatMap((tool) => tool.name ?? []),
  }
}

function toListing(agent: AgentState): AgentListing {
  const { last_run_completion, updated_at, created_at } = agent
  const times = [last_run_completion, updated_at, created_at].map(timeOf)
  const known = times.filter((time) => time !== null)
  return {
    ...toAgent(agent),
    usedAt: known.length === 0 ? null : Math.max(...known),
    firstTitle: firstTitleOf(agent),
    // The first message in the window is the system prompt.
    isFirstEmpty: agent.message_ids != null && agent.message_ids.length <= 1,
  }
}

function timeOf(text: string | null | undefined): number | null {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? null : time
}

function toDetails(agent: AgentState): AgentDetails {
  const pending = agent.pending_approval
  const blocks = agent.blocks ?? agent.memory?.blocks ?? []
  return {
    ...toAgent(agent),
    toolIds: (agent.tools ?? []).map((tool) => ({ id: tool.id, name: tool.name ?? '' })),
    approvalRules: (agent.tool_rules ?? []).flatMap((rule) =>
      rule.type === 'requires_approval' ? [rule.tool_name] : [],
    ),
    blocks: blocks.flatMap((block) =>
      block.id === undefined ? [] : [toBlock({ ...block, id: block.id })],
    ),
    managedBlockIds: blocks.flatMap(({ id, metadata }) =>
      id !== undefined && isManaged(metadata) ? [id] : [],
    ),
    pending: pending === undefined || pending === null ? [] : pendingCallsOf({ ...pending }),
    inContext: agent.message_ids ?? null,
    firstTitle: firstTitleOf(agent),
    createdAt: timeOf(agent.created_at),
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
