import type { ModelRequest } from '../providers/provider.ts'
import type { AgentRecord, Thread, ToolRecord } from '../records.ts'
import type { Storage } from '../storage/storage.ts'
import type { Loop } from './loop-context.ts'
import { compileSystem, toModelMessages } from './prompt.ts'
import { resolveAgent, saveCompiledPrompt } from './resolve-agent.ts'

/** The agent's system prompt for one run; the one before it as long as it says the same of the memory. */
export function compileForRun({ storage, thread, now }: Loop): string {
  return compileSystemPrompt(storage, thread, now(), { afresh: false, keep: true })
}

/** `afresh`: compiled though only the clock or the counts have moved on. `keep`: the model gets it from now on. */
export function compileSystemPrompt(
  storage: Storage,
  thread: Thread,
  now: Date,
  { afresh, keep }: { readonly afresh: boolean; readonly keep: boolean },
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
    const compiled = compileSystem(afresh ? { ...agent, compiledSystem: null } : agent, stored)
    if (keep && compiled !== agent.compiledSystem) saveCompiledPrompt(storage, thread, compiled)
    return compiled
  })
}

export interface RequestParts {
  readonly agent: AgentRecord
  /** The model's id at its vendor. */
  readonly model: string
  readonly tools: readonly ToolRecord[]
  readonly system: string
}

export function createModelRequest(loop: Loop, parts: RequestParts): ModelRequest {
  const { storage, thread } = loop
  const { agent, model, tools, system } = parts
  return {
    model,
    messages: toModelMessages(system, storage.messages.inContext(thread)),
    tools: tools.map(({ name, description, jsonSchema }) => ({
      name,
      description,
      parameters: Object(jsonSchema['parameters'] ?? { type: 'object', properties: {} }),
    })),
    parallelToolCalls: agent.parallelToolCalls,
    maxOutputTokens: agent.maxOutputTokens,
    temperature: agent.temperature,
    reasoningEffort: agent.reasoningEffort,
  }
}
