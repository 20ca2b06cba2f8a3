import type { Letta } from '@letta-ai/letta-client'
import { isRecord } from '../../util/is-record.ts'

/** How an agent uses its model; null leaves a value to the provider. */
export interface ModelSettings {
  readonly temperature: number | null
  /** Tokens of one answer. */
  readonly maxTokens: number | null
  /** Tokens. */
  readonly contextWindow: number | null
  /** Whether the model may call several tools at once. */
  readonly parallelCalls: boolean
}

interface AgentModel {
  readonly llm_config?: object | null
  readonly model_settings?: object | null
}

export function modelSettingsOf({ llm_config, model_settings }: AgentModel): ModelSettings {
  const config: Readonly<Record<string, unknown>> = { ...llm_config }
  const settings: Readonly<Record<string, unknown>> = { ...model_settings }
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
  return {
    temperature: number(
      settings['temperature'] ?? (isRecord(model_settings) ? null : config['temperature']),
    ),
    maxTokens: number(settings['max_output_tokens'] ?? config['max_tokens']),
    contextWindow: number(config['context_window']),
    parallelCalls: (settings['parallel_tool_calls'] ?? config['parallel_tool_calls']) !== false,
  }
}

export function modelSettingsBody(
  { model_settings }: AgentModel,
  { temperature, maxTokens, contextWindow, parallelCalls }: ModelSettings,
): Parameters<Letta['agents']['update']>[1] {
  return {
    model_settings: {
      ...model_settings,
      temperature,
      max_output_tokens: maxTokens,
      parallel_tool_calls: parallelCalls,
    } as never,
    ...(contextWindow === null ? {} : { context_window_limit: contextWindow }),
  }
}
