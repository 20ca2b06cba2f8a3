import type { Letta } from '@letta-ai/letta-client'
import { type ReasoningEffort, toEffort } from '../../util/effort.ts'
import { isRecord } from '../../util/is-record.ts'

type ServerModelSettings = NonNullable<Parameters<Letta['agents']['update']>[1]['model_settings']>

/** The fields of an agent from which its effort is read. Servers differ in where they have it. */
interface AgentReasoning {
  readonly llm_config?: object | null
  readonly model_settings?: object | null
}

export function effortOf({ llm_config, model_settings }: AgentReasoning): ReasoningEffort | null {
  const settings = { ...model_settings }
  const { reasoning, thinking, effort } = settings as Readonly<Record<string, unknown>>
  if (isRecord(thinking) && thinking['type'] === 'disabled') return 'none'
  const set = isRecord(reasoning) ? reasoning['reasoning_effort'] : effort
  return toEffort(set ?? Object(llm_config)['reasoning_effort'])
}

/** The settings of an agent with another effort, in the form of its provider. Null leaves the effort to the provider. */
export function withEffort(
  { model_settings }: AgentReasoning,
  effort: ReasoningEffort | null,
): ServerModelSettings {
  const settings = { ...model_settings } as ServerModelSettings
  if (settings.provider_type !== 'anthropic') {
    return { ...settings, reasoning: { reasoning_effort: effort } } as ServerModelSettings
  }
  const thinking = effort === 'none' ? { type: 'disabled' } : undefined
  return { ...settings, effort: effort === 'none' ? null : effort, thinking } as ServerModelSettings
}
