import type { Thread } from '../../util/thread.ts'
import { availableSkills } from '../messages/prompts.ts'
import type { JsonFormat, ModelRequest } from '../providers/provider.ts'
import { type AgentRecord, leaseKey, type ToolRecord } from '../records.ts'
import type { Storage } from '../storage/storage.ts'
import { toCharacters } from './context-size.ts'
import type { Loop } from './loop-context.ts'
import { compileSystem, toModelMessages } from './prompt.ts'
import { resolveAgent, saveCompiledPrompt } from './resolve-agent.ts'

/** The system prompt for a run: the previous one, unless memory or the agent's text has changed. */
export function compileForRun({ storage, thread, now }: Loop): string {
  return compileSystemPrompt(storage, thread, now(), { force: false, save: true })
}

/** With `force` it is compiled even if only the time or the counts have changed; with `save` the agent keeps it. */
export function compileSystemPrompt(
  storage: Storage,
  thread: Thread,
  now: Date,
  { force, save }: { readonly force: boolean; readonly save: boolean },
): string {
  return storage.transaction(() => {
    const agent = resolveAgent(storage, thread)
    if (agent === null) return ''
    const blocks = agent.blockIds.flatMap((id) => storage.blocks.get(id) ?? [])
    const { conversationId } = thread
    const countRecalled = (): number =>
      storage.messages.count(agent.id) - storage.messages.countInContext(thread)
    const countArchived = (): number => storage.passages.count(agent.id)
    const stored = { conversationId, blocks, countRecalled, countArchived, now }
    const compiled = compileSystem(force ? { ...agent, compiledSystem: null } : agent, stored)
    if (save && compiled !== agent.compiledSystem) saveCompiledPrompt(storage, thread, compiled)
    return compiled
  })
}

interface RequestParts {
  readonly agent: AgentRecord
  /** The model's id at its provider. */
  readonly model: string
  readonly tools: readonly ToolRecord[]
  readonly system: string
  /** The share of the context window to which each part is cut; null when none is. */
  readonly partShare: number | null
}

export function createModelRequest(loop: Loop, parts: RequestParts): ModelRequest {
  const { storage, thread } = loop
  const { agent, model, tools, system, partShare } = parts
  const window = partShare === null ? null : agent.contextWindow * partShare
  return {
    model,
    messages: toModelMessages(
      system + availableSkills(loop.input.clientSkills),
      storage.messages.inContext(thread),
      { model: agent.model, maxCharacters: window === null ? null : toCharacters(window) },
    ),
    tools: tools.map(({ name, description, jsonSchema }) => ({
      name,
      description,
      parameters: Object(jsonSchema['parameters'] ?? { type: 'object', properties: {} }),
    })),
    parallelToolCalls: agent.parallelToolCalls,
    cacheKey: leaseKey(thread),
    maxOutputTokens: agent.maxOutputTokens,
    temperature: agent.temperature,
    reasoningEffort: agent.reasoningEffort,
    jsonFormat: toJsonFormat(agent.responseFormat),
  }
}

function toJsonFormat(format: AgentRecord['responseFormat']): JsonFormat | null {
  if (format == null || format.type === 'text') return null
  const { name, description, schema } = format.json_schema ?? {}
  return { name: name ?? null, description: description ?? null, schema: schema ?? null }
}
