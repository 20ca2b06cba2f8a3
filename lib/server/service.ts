import { HttpError, unprocessable } from './errors.ts'
import { isId, type Kind, systemMessageId } from './ids.ts'
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
import { pendingJson, pendingOf } from './runs/approvals.ts'
import type { Runs } from './runs/runs.ts'
import type { Storage } from './storage/storage.ts'
import { agentJson } from './wire/records.ts'

/** What routes work with. */
export interface Service {
  readonly storage: Storage
  readonly runs: Runs
  readonly providers: readonly Provider[]
  now(): Date
}

export function checkId(kind: Kind, id: string): string {
  if (isId(kind, id)) return id
  // No slip in an id, but something else tried: there is nothing of that name, and no more is said.
  if (!/^[\w-]*$/.test(id)) throw new HttpError(404, 'Not Found')
  const msg = `String should match pattern '${kind}-{uuid4}'`
  throw unprocessable([
    { type: 'string_pattern_mismatch', loc: ['path', `${kind}_id`], msg, input: id },
  ])
}

export function agentOf({ storage }: Service, id: string): AgentRecord {
  const agent = storage.agents.get(checkId('agent', id))
  if (agent === null) throw new HttpError(404, `Agent with ID ${id} not found`)
  return agent
}

export function conversationOf({ storage }: Service, id: string): ConversationRecord {
  const conversation = storage.conversations.get(checkId('conv', id))
  if (conversation === null) throw noConversation(id)
  return conversation
}

/** The history a path names: a conversation's, or with `default` (or the agent's id instead) the agent's own. */
export function historyOf(service: Service, id: string, agentId?: string | null): Thread {
  if (isId('agent', id)) return defaultThread(agentOf(service, id).id)
  if (id !== DEFAULT_CONVERSATION) return threadOf(conversationOf(service, id))
  if (agentId == null) throw noConversation(id)
  return defaultThread(agentOf(service, agentId).id)
}

function noConversation(id: string): HttpError {
  return new HttpError(404, `Conversation not found with id='${id}'`)
}

export function blockOf({ storage }: Service, id: string): BlockRecord {
  const block = storage.blocks.get(checkId('block', id))
  if (block === null) throw new HttpError(404, `Block with id '${id}' not found`)
  return block
}

export function toolOf({ storage }: Service, id: string): ToolRecord {
  const tool = storage.tools.get(checkId('tool', id))
  if (tool === null) throw new HttpError(404, `Tool with ID ${id} not found`)
  return tool
}

export function describeAgent({ storage }: Service, agent: AgentRecord) {
  const thread = defaultThread(agent.id)
  const pending = pendingOf(storage, thread)
  const last = storage.runs.last(thread)
  return agentJson(agent, {
    blocks: agent.blockIds.flatMap((id) => storage.blocks.get(id) ?? []),
    tools: agent.toolIds.flatMap((id) => storage.tools.get(id) ?? []),
    messageIds: [systemMessageId(thread), ...storage.messages.inContextIds(thread)],
    pending: pending === null ? null : pendingJson(pending),
    lastStopReason: last?.stopReason ?? null,
    lastRunCompletion: last?.completedAt ?? null,
  })
}

const LIST_MS = 10_000

export async function allModels({
  providers,
}: Pick<Service, 'providers'>): Promise<readonly ModelFacts[]> {
  const lists = await Promise.all(
    providers.map((provider) => provider.listModels(AbortSignal.timeout(LIST_MS)).catch(() => [])),
  )
  return lists.flat()
}

/** `openai-proxy/X`, as a real server calls the models of an OpenAI-compatible endpoint, is `openai/X` here. */
export function providerOf(
  providers: readonly Provider[],
  handle: string,
): { provider: Provider; model: string } {
  const [first = '', ...rest] = handle.split('/')
  const wanted = first === 'openai-proxy' ? 'openai' : first
  const provider = providers.find((one) => one.id === wanted)
  if (provider === undefined)
    throw unknownModel(
      handle,
      providers.map((one) => `${one.id}/…`),
    )
  return { provider, model: rest.join('/') }
}

function unknownModel(handle: string, known: readonly string[]): HttpError {
  const list = known.map((one) => `'${one}'`).join(', ')
  return new HttpError(404, `NOT_FOUND: Handle ${handle} not found, must be one of [${list}]`)
}

/** The model's facts; one that a provider does not list is taken when the provider takes any. */
export async function modelFacts(
  service: Service,
  handle: string,
): Promise<Pick<ModelFacts, 'contextWindow' | 'maxOutputTokens'>> {
  const { provider, model } = providerOf(service.providers, handle)
  const listed = await provider.listModels(AbortSignal.timeout(LIST_MS)).catch(() => [])
  const known = listed.find((one) => one.handle === `${provider.id}/${model}`)
  if (known !== undefined) return known
  if (provider.acceptsAnyModel !== true && listed.length > 0) {
    throw unknownModel(
      handle,
      listed.map((one) => one.handle),
    )
  }
  return UNLISTED
}

/** What the real server assumes is too small to work with. */
const UNLISTED = { contextWindow: 128_000, maxOutputTokens: null }
