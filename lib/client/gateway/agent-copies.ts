import type { Letta } from '@letta-ai/letta-client'
import { COPY_TAG } from '../../util/copy-tag.ts'
import { isRecord } from '../../util/is-record.ts'
import { nameOfCopy } from '../messages.ts'
import { agentAnswer, blockAnswer, toolAnswer } from './answers.ts'
import type { Requests } from './requests.ts'

/** What a copy of an agent is made from: everything except its messages and its archive. */
export interface AgentTemplate {
  readonly name: string
  readonly model: string
  readonly blocks: readonly TemplateBlock[]
  readonly agent: ServerAgent
}

export interface TemplateBlock {
  readonly label: string
  readonly value: string
  readonly description: string | null
  readonly limit: number | null
  readonly readOnly: boolean
}

export interface AgentCopy {
  readonly id: string
  /** Deletes the copy and its blocks. */
  remove(): Promise<void>
}

/** Throw-away copies of agents. A copy has separate blocks, so that what it writes reaches no other agent. */
export interface GatewayCopies {
  template(agentId: string): Promise<AgentTemplate>
  /** `isSameServer`: the server is the one that the template is from, so that the tools are there already. */
  create(template: AgentTemplate, options: { readonly isSameServer: boolean }): Promise<AgentCopy>
  /** Deletes copies of processes that were killed, once they are an hour old. */
  removeLeftovers(now: number): Promise<void>
}

const LEFTOVER_AGE_MS = 3_600_000

/** Tools of the server that only read the memory of the agent, or that are how an agent of an older type answers. */
const HARMLESS_TOOLS = new Set(['conversation_search', 'archival_memory_search', 'send_message'])

const INCLUDE = {
  include: ['agent.tools', 'agent.blocks', 'agent.tags'],
} satisfies Parameters<Letta['agents']['retrieve']>[1]

export function gatewayCopies(client: Letta, { call }: Pick<Requests, 'call'>): GatewayCopies {
  const removeCopy = async (id: string, blockIds: readonly string[]): Promise<void> => {
    await call(client.agents.delete(id))
    for (const blockId of blockIds) await call(client.blocks.delete(blockId))
  }
  return {
    async template(agentId) {
      const agent = await call(client.agents.retrieve(agentId, INCLUDE), agentAnswer)
      return {
        name: agent.name,
        model: agent.model ?? agent.llm_config?.handle ?? agent.llm_config?.model ?? '',
        blocks: blocksOf(agent).map(({ label, value, description, limit, read_only }) => {
          return {
            label: label ?? '',
            value,
            description: description ?? null,
            limit: limit ?? null,
            readOnly: read_only ?? false,
          }
        }),
        agent,
      }
    },
    async create({ name, model, blocks, agent }, { isSameServer }) {
      const blockIds: string[] = []
      try {
        for (const block of blocks) {
          const made = await call(client.blocks.create(blockBody(block)), blockAnswer)
          blockIds.push(made.id)
        }
        const tools = toolsOf(agent)
        if (!isSameServer) {
          const custom = tools.filter(({ tool_type: type }) => type === 'custom')
          for (const tool of custom) await call(client.tools.upsert(toolBody(tool)), toolAnswer)
        }
        const body = {
          ...agentBody(agent, model),
          name: nameOfCopy(name),
          tags: [COPY_TAG],
          block_ids: blockIds,
          tool_rules: approvalRules(tools),
          ...(isSameServer
            ? { tool_ids: tools.map(({ id }) => id) }
            : { tools: tools.map((tool) => tool.name ?? '') }),
        }
        const copy = await call(client.agents.create(body), agentAnswer)
        return { id: copy.id, remove: () => removeCopy(copy.id, blockIds) }
      } catch (thrown) {
        for (const id of blockIds) await client.blocks.delete(id).catch(() => undefined)
        throw thrown
      }
    },
    async removeLeftovers(now) {
      const page = await call(client.agents.list({ tags: [COPY_TAG], limit: 50, ...INCLUDE }))
      for (const agent of page.items) {
        const createdAt = Date.parse(agent.created_at ?? '')
        // A server that ignores the filter lists agents that are no copies.
        if (!agent.tags.includes(COPY_TAG) || !(now - createdAt > LEFTOVER_AGE_MS)) continue
        const own = blocksOf(agent).filter(({ metadata }) => isRecord(metadata?.[COPY_TAG]))
        await removeCopy(
          agent.id,
          own.flatMap(({ id }) => id ?? []),
        )
      }
    },
  }
}

type ServerAgent = Awaited<ReturnType<Letta['agents']['retrieve']>>
type AgentTool = NonNullable<ServerAgent['tools']>[number]
type AgentBody = Parameters<Letta['agents']['create']>[0]

function blocksOf(agent: ServerAgent) {
  return agent.blocks ?? agent.memory?.blocks ?? []
}

function toolsOf(agent: ServerAgent): readonly AgentTool[] {
  return (agent.tools ?? []).filter(({ name }) => typeof name === 'string' && name !== '')
}

function blockBody({ label, value, description, limit, readOnly }: TemplateBlock) {
  return {
    label,
    value,
    ...(description === null ? {} : { description }),
    ...(limit === null ? {} : { limit }),
    ...(readOnly ? { read_only: true } : {}),
    metadata: { [COPY_TAG]: {} },
  }
}

function agentBody(agent: ServerAgent, model: string): AgentBody {
  const { agent_type, system, llm_config, model_settings, description } = agent
  const window = llm_config?.context_window
  return {
    agent_type,
    system,
    model,
    ...(description == null ? {} : { description }),
    ...(model_settings == null ? {} : { model_settings }),
    ...(window == null ? {} : { context_window_limit: window }),
    include_base_tools: false,
    include_base_tool_rules: false,
    initial_message_sequence: [],
    parallel_tool_calls: true,
  }
}

/** Every call that could have an effect is asked about, and then denied. */
function approvalRules(tools: readonly AgentTool[]): NonNullable<AgentBody['tool_rules']> {
  const names = tools.flatMap(({ name }) => name ?? [])
  return names
    .filter((name) => !HARMLESS_TOOLS.has(name))
    .map((name) => ({ type: 'requires_approval', tool_name: name }))
}

/** On another server the tool is only a name with parameters: its source never runs there. */
function toolBody({ name, description, json_schema }: AgentTool) {
  return {
    source_code: `def ${name}():\n    """Never runs."""\n    raise Exception("Never runs.")\n`,
    source_type: 'python',
    default_requires_approval: true,
    ...(description == null ? {} : { description }),
    ...(json_schema == null ? {} : { json_schema }),
  }
}
