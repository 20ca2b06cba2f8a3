import { firstThatFits } from './compaction.ts'
import type { Loop } from './loop.ts'
import { compileSystem, modelMessages } from './prompt.ts'
import type { ModelRequest } from './providers/provider.ts'
import type { AgentRecord, ToolRecord } from './records.ts'

/** The agent's system prompt for one run; the one before it as long as it says the same of the memory. */
export function systemPrompt({ storage, agentId, now }: Loop): string {
  return storage.together(() => {
    const agent = storage.agents.get(agentId)
    if (agent === null) return ''
    const blocks = agent.blockIds.flatMap((id) => storage.blocks.get(id) ?? [])
    const recalled = storage.messages.countOutOfContext(agentId)
    const compiledSystem = compileSystem(agent, blocks, recalled, now())
    if (compiledSystem !== agent.compiledSystem) storage.agents.save({ ...agent, compiledSystem })
    return compiledSystem
  })
}

export interface RequestParts {
  readonly agent: AgentRecord
  /** The model's id at its vendor. */
  readonly model: string
  readonly tools: readonly ToolRecord[]
  readonly system: string
}

export function modelRequest(loop: Loop, parts: RequestParts): ModelRequest {
  const { storage, agentId } = loop
  const { agent, model, tools, system } = parts
  const records = storage.messages.inContext(agentId)
  const from = firstThatFits(records, system, agent.contextWindow)
  if (from !== null) storage.messages.forget(agentId, from)
  const kept = from === null ? records : records.filter((record) => record.sequence >= from)
  return {
    model,
    messages: modelMessages(system, kept),
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
