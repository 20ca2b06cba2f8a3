import type { Letta } from '@letta-ai/letta-client'
import { isRecord } from '../../util/is-record.ts'
import { DEFAULT_CONVERSATION, type Thread } from '../../util/thread.ts'
import { isStatus } from '../errors.ts'
import { CONTEXT_PARTS } from '../messages.ts'
import { agentAnswer } from './answers.ts'
import { listThread } from './conversations.ts'
import { entriesOf } from './history.ts'

/** What fills the agent's context window. */
export interface ContextWindow {
  /** Tokens; null when the server does not say. */
  readonly limit: number | null
  readonly parts: readonly { readonly name: string; readonly tokens: number }[]
  /** Counted by the server, or estimated here from the length of the texts. */
  readonly counted: boolean
}

type AgentInContext = Awaited<ReturnType<Letta['agents']['retrieve']>>

/** The server's count; when it has none, an estimate from the agent's prompt and messages. */
export async function contextWindow(client: Letta, thread: Thread): Promise<ContextWindow> {
  const { agentId, conversationId } = thread
  const isDefault = conversationId === DEFAULT_CONVERSATION
  const query = isDefault ? {} : { conversation_id: conversationId }
  try {
    const counted = countedOf(await client.get(`/v1/agents/${agentId}/context`, { query }))
    if (counted !== null) return counted
  } catch (thrown) {
    if (!isStatus(thrown, 404, 405, 501)) throw thrown
  }
  const agent = await client.agents.retrieve(agentId, { include: ['agent.tools', 'agent.blocks'] })
  agentAnswer.parse(agent)
  const items = await listThread(client, thread, { limit: MAX_ESTIMATED_MESSAGES, before: null })
  const seen = isDefault
    ? agent.message_ids
    : (await client.conversations.retrieve(conversationId)).in_context_message_ids
  return estimateContext(agent, items, seen ?? null)
}

const MAX_ESTIMATED_MESSAGES = 1000

/** Fields of Letta's answer in the order a prompt has them. */
const COUNTS = [
  [CONTEXT_PARTS.system, 'num_tokens_system'],
  [CONTEXT_PARTS.tools, 'num_tokens_functions_definitions'],
  [CONTEXT_PARTS.memory, 'num_tokens_core_memory'],
  [CONTEXT_PARTS.memoryNotes, 'num_tokens_external_memory_summary'],
  [CONTEXT_PARTS.files, 'num_tokens_memory_filesystem'],
  [CONTEXT_PARTS.summary, 'num_tokens_summary_memory'],
  [CONTEXT_PARTS.messages, 'num_tokens_messages'],
] as const

function countedOf(answer: unknown): ContextWindow | null {
  if (!isRecord(answer) || typeof answer['num_tokens_messages'] !== 'number') return null
  const limit = answer['context_window_size_max']
  const parts = COUNTS.flatMap(([name, field]) => {
    const tokens = answer[field]
    return typeof tokens === 'number' && tokens > 0 ? [{ name, tokens }] : []
  })
  return { limit: typeof limit === 'number' ? limit : null, parts, counted: true }
}

function estimateContext(
  agent: AgentInContext,
  messages: readonly { readonly id: string }[],
  inContext: readonly string[] | null,
): ContextWindow {
  const seen = inContext && new Set(inContext)
  const visible = seen ? messages.filter((message) => seen.has(message.id)) : messages
  const blocks = agent.blocks ?? agent.memory?.blocks ?? []
  const tools = (agent.tools ?? []).map((tool) => JSON.stringify(tool.json_schema ?? {}))
  const texts = {
    [CONTEXT_PARTS.system]: agent.system,
    [CONTEXT_PARTS.tools]: tools.join(''),
    [CONTEXT_PARTS.memory]: blocks
      .map((block) => `${block.label}${block.description}${block.value}`)
      .join(''),
    [CONTEXT_PARTS.messages]: entriesOf(visible).map(textOf).join(''),
  }
  const parts = Object.entries(texts).map(([name, text]) => ({ name, tokens: tokensOf(text) }))
  const limit = agent.llm_config?.context_window ?? null
  return { limit, parts: parts.filter(({ tokens }) => tokens > 0), counted: false }
}

function textOf(entry: ReturnType<typeof entriesOf>[number]): string {
  if (entry.type !== 'tool') return entry.text
  const { args, phase } = entry.call
  return args + (phase.type === 'finished' ? phase.text : '')
}

const CHARACTERS_PER_TOKEN = 3.5

function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}
