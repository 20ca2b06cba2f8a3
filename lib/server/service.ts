import { DEFAULT_CONVERSATION, defaultThread, type Thread, threadOf } from '../util/thread.ts'
import { HttpError, validationError } from './errors.ts'
import { type IdPrefix, isId, systemMessageId } from './ids.ts'
import {
  agentIdNotFound,
  blockIdNotFound,
  conversationIdNotFound,
  idPatternMismatch,
  modelHandleNotFound,
  NOT_FOUND,
  toolIdNotFound,
} from './messages/api.ts'
import { createFacts } from './providers/models.ts'
import type { ModelFacts, Provider } from './providers/provider.ts'
import type { AgentRecord, BlockRecord, ConversationRecord, ToolRecord } from './records.ts'
import { findPending, toPendingJson } from './runs/approvals.ts'
import type { RunManager } from './runs/runs.ts'
import type { Storage } from './storage/storage.ts'
import { toAgentJson } from './wire/records.ts'

/** What the routes work with. */
export interface Service {
  readonly storage: Storage
  readonly runs: RunManager
  readonly providers: readonly Provider[]
  now(): Date
}

export function assertId(prefix: IdPrefix, id: string): string {
  if (isId(prefix, id)) return id
  // Not a mistyped id but something else, such as a path. Nothing has that name, and the answer reveals no more.
  if (!/^[\w-]*$/.test(id)) throw new HttpError(404, NOT_FOUND)
  const msg = idPatternMismatch(prefix)
  throw validationError([
    { type: 'string_pattern_mismatch', loc: ['path', `${prefix}_id`], msg, input: id },
  ])
}

export function requireAgent({ storage }: Service, id: string): AgentRecord {
  const agent = storage.agents.get(assertId('agent', id))
  if (agent === null) throw new HttpError(404, agentIdNotFound(id))
  return agent
}

export function requireConversationRecord({ storage }: Service, id: string): ConversationRecord {
  const conversation = storage.conversations.get(assertId('conv', id))
  if (conversation === null) throw new HttpError(404, conversationIdNotFound(id))
  return conversation
}

/** The history that a path names: a conversation's, or for `default` or an agent's id the agent's default one. */
export function requireThread(service: Service, id: string, agentId?: string | null): Thread {
  if (isId('agent', id)) return defaultThread(requireAgent(service, id).id)
  if (id !== DEFAULT_CONVERSATION) return threadOf(requireConversationRecord(service, id))
  if (agentId == null) throw new HttpError(404, conversationIdNotFound(id))
  return defaultThread(requireAgent(service, agentId).id)
}

export function requireBlock({ storage }: Service, id: string): BlockRecord {
  const block = storage.blocks.get(assertId('block', id))
  if (block === null) throw new HttpError(404, blockIdNotFound(id))
  return block
}

export function requireTool({ storage }: Service, id: string): ToolRecord {
  const tool = storage.tools.get(assertId('tool', id))
  if (tool === null) throw new HttpError(404, toolIdNotFound(id))
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

/** The provider of a handle. `openai-proxy/X`, Letta server's name for an OpenAI-compatible endpoint, means `openai/X`. */
export function resolveHandle(
  providers: readonly Provider[],
  handle: string,
): { provider: Provider; model: string } {
  const [first = '', ...rest] = handle.split('/')
  const id = first === 'openai-proxy' ? 'openai' : first
  const provider = providers.find((one) => one.id === id)
  if (provider === undefined) {
    const available = providers.map((one) => `${one.id}/…`)
    throw new HttpError(404, modelHandleNotFound(handle, available))
  }
  return { provider, model: rest.join('/') }
}

/** The limits of a model. A model that is not listed is accepted when its provider accepts any. */
export async function findModelLimits(
  service: Service,
  handle: string,
): Promise<Pick<ModelFacts, 'contextWindow' | 'maxOutputTokens'>> {
  const { provider, model } = resolveHandle(service.providers, handle)
  const listed = await provider
    .listModels(AbortSignal.timeout(LIST_MODELS_TIMEOUT_MS))
    .catch(() => [])
  const known = listed.find((one) => one.handle === `${provider.id}/${model}`)
  if (known !== undefined) return known
  if (provider.acceptsAnyModel === true) return createFacts(provider.id, model)
  if (listed.length > 0) {
    const available = listed.map((one) => one.handle)
    throw new HttpError(404, modelHandleNotFound(handle, available))
  }
  return DEFAULT_MODEL_LIMITS
}

/** Letta server assumes 30,000 tokens, which is too small to work with. */
const DEFAULT_MODEL_LIMITS = { contextWindow: 128_000, maxOutputTokens: null }
