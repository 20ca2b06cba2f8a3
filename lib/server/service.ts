import { HttpError, validationError } from './errors.ts'
import { type IdPrefix, isId, systemMessageId } from './ids.ts'
import type { ModelFacts, Provider } from './providers/provider.ts'
import {
  type AgentRecord,
  type BlockRecord,
  type ConversationRecord,
  DEFAULT_CONVERSATION,
  defaultThread,
  type Thread,
  type ToolRecord,
  threadOf,
} from './records.ts'
import { findPending, toPendingJson } from './runs/approvals.ts'
import type { RunManager } from './runs/runs.ts'
import type { Storage } from './storage/storage.ts'
import { toAgentJson } from './wire/records.ts'

/** What routes work with. */
export interface Service {
  readonly storage: Storage
  readonly runs: RunManager
  readonly providers: readonly Provider[]
  now(): Date
}

export function assertId(kind: IdPrefix, id: string): string {
  if (isId(kind, id)) return id
  // No slip in an id, but something else tried: there is nothing of that name, and no more is said.
  if (!/^[\w-]*$/.test(id)) throw new HttpError(404, 'Not Found')
  const msg = `String should match pattern '${kind}-{uuid4}'`
  throw validationError([
    { type: 'string_pattern_mismatch', loc: ['path', `${kind}_id`], msg, input: id },
  ])
}

export function requireAgent({ storage }: Service, id: string): AgentRecord {
  const agent = storage.agents.get(assertId('agent', id))
  if (agent === null) throw new HttpError(404, `Agent with ID ${id} not found`)
  return agent
}

export function requireConversation({ storage }: Service, id: string): ConversationRecord {
  const conversation = storage.conversations.get(assertId('conv', id))
  if (conversation === null) throw conversationNotFound(id)
  return conversation
}

/** The history a path names: a conversation's, or with `default` (or the agent's id instead) the agent's own. */
export function requireThread(service: Service, id: string, agentId?: string | null): Thread {
  if (isId('agent', id)) return defaultThread(requireAgent(service, id).id)
  if (id !== DEFAULT_CONVERSATION) return threadOf(requireConversation(service, id))
  if (agentId == null) throw conversationNotFound(id)
  return defaultThread(requireAgent(service, agentId).id)
}

function conversationNotFound(id: string): HttpError {
  return new HttpError(404, `Conversation not found with id='${id}'`)
}

export function requireBlock({ storage }: Service, id: string): BlockRecord {
  const block = storage.blocks.get(assertId('block', id))
  if (block === null) throw new HttpError(404, `Block with id '${id}' not found`)
  return block
}

export function requireTool({ storage }: Service, id: string): ToolRecord {
  const tool = storage.tools.get(assertId('tool', id))
  if (tool === null) throw new HttpError(404, `Tool with ID ${id} not found`)
  return tool
}

export function describeAgent({ storage }: Service, agent: AgentRecord) {
  const thread = defaultThread(agent.id)
  const pending = findPending(storage, thread)
  const last = storage.runs.last(thread)
  return toAgentJson(agent, {
    blocks: agent.blockIds.flatMap((id) => storage.blocks.get(id) ?? []),
    tools: agent.toolIds.flatMap((id) => storage.tools.get(id) ?? []),
    messageIds: [systemMessageId(thread), ...storage.messages.inContextIds(thread)],
    pending: pending === null ? null : toPendingJson(pending),
    lastStopReason: last?.stopReason ?? null,
    lastRunCompletion: last?.completedAt ?? null,
  })
}

const LIST_MODELS_TIMEOUT_MS = 10_000

export async function listAllModels({
  providers,
}: Pick<Service, 'providers'>): Promise<readonly ModelFacts[]> {
  const lists = await Promise.all(
    providers.map((provider) =>
      provider.listModels(AbortSignal.timeout(LIST_MODELS_TIMEOUT_MS)).catch(() => []),
    ),
  )
  return lists.flat()
}

/** `openai-proxy/X`, as a real server calls the models of an OpenAI-compatible endpoint, is `openai/X` here. */
export function resolveModel(
  providers: readonly Provider[],
  handle: string,
): { provider: Provider; model: string } {
  const [first = '', ...rest] = handle.split('/')
  const wanted = first === 'openai-proxy' ? 'openai' : first
  const provider = providers.find((one) => one.id === wanted)
  if (provider === undefined)
    throw modelNotFound(
      handle,
      providers.map((one) => `${one.id}/…`),
    )
  return { provider, model: rest.join('/') }
}

function modelNotFound(handle: string, known: readonly string[]): HttpError {
  const list = known.map((one) => `'${one}'`).join(', ')
  return new HttpError(404, `NOT_FOUND: Handle ${handle} not found, must be one of [${list}]`)
}

/** The model's facts; one that a provider does not list is taken when the provider takes any. */
export async function findModelLimits(
  service: Service,
  handle: string,
): Promise<Pick<ModelFacts, 'contextWindow' | 'maxOutputTokens'>> {
  const { provider, model } = resolveModel(service.providers, handle)
  const listed = await provider
    .listModels(AbortSignal.timeout(LIST_MODELS_TIMEOUT_MS))
    .catch(() => [])
  const known = listed.find((one) => one.handle === `${provider.id}/${model}`)
  if (known !== undefined) return known
  if (provider.acceptsAnyModel !== true && listed.length > 0) {
    throw modelNotFound(
      handle,
      listed.map((one) => one.handle),
    )
  }
  return DEFAULT_MODEL_LIMITS
}

/** What the real server assumes is too small to work with. */
const DEFAULT_MODEL_LIMITS = { contextWindow: 128_000, maxOutputTokens: null }
