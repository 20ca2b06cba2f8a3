import * as z from 'zod'
import type { ModelFacts } from '../providers/provider.ts'
import type { AgentRecord, ResponseFormat } from '../records.ts'
import { blockShape } from './blocks.ts'
import { compactionSettings } from './compaction-settings.ts'
import { spokenMessage } from './send-body.ts'

/** Verbatim: the response formats of the Letta API. */
const responseFormat = z.union([
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({
      name: z.string().nullish(),
      description: z.string().nullish(),
      schema: z.record(z.string(), z.unknown()).nullish(),
    }),
  }),
  z.looseObject({ type: z.enum(['text', 'json_object']) }),
])

const modelSettings = z.looseObject({
  response_format: responseFormat.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  max_output_tokens: z.int().positive().nullish(),
  temperature: z.number().nullish(),
  /** The setting of OpenAI's models. */
  reasoning: z.looseObject({ reasoning_effort: z.string().nullish() }).nullish(),
  /** The setting of Anthropic's models. */
  thinking: z.looseObject({ type: z.string().nullish() }).nullish(),
  effort: z.string().nullish(),
})

const TOOL_RULE_TYPES = [
  'run_first',
  'exit_loop',
  'conditional',
  'continue_loop',
  'constrain_child_tools',
  'max_count_per_step',
  'parent_last_tool',
  'required_before_exit',
  'requires_approval',
] as const

const toolRule = z
  .looseObject({ type: z.enum(TOOL_RULE_TYPES), tool_name: z.string() })
  .transform((rule) => ({ prompt_template: null, ...rule }))

const changes = {
  name: z.string().min(1).nullish(),
  description: z.string().nullish(),
  system: z.string().nullish(),
  model: z.string().nullish(),
  model_settings: modelSettings.nullish(),
  context_window_limit: z.int().positive().nullish(),
  max_tokens: z.int().positive().nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  tags: z.array(z.string()).nullish(),
  tool_ids: z.array(z.string()).nullish(),
  block_ids: z.array(z.string()).nullish(),
  tool_rules: z.array(toolRule).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  compaction_settings: compactionSettings.nullish(),
  llm_config: z
    .looseObject({ handle: z.string().nullish(), context_window: z.int().positive().nullish() })
    .nullish(),
}

export const agentCreateShape = z.looseObject({
  ...changes,
  memory_blocks: z.array(blockShape).nullish(),
  tools: z.array(z.string()).nullish(),
  include_base_tools: z.boolean().nullish(),
  initial_message_sequence: z.array(spokenMessage).nullish(),
})
export type AgentCreateBody = z.output<typeof agentCreateShape>

export const agentUpdateShape = z.looseObject(changes)
export type AgentUpdateBody = z.output<typeof agentUpdateShape>

type ModelFields =
  | 'contextWindow'
  | 'maxOutputTokens'
  | 'reasoningEffort'
  | 'temperature'
  | 'parallelToolCalls'

export type ModelOptions = Pick<AgentRecord, ModelFields>

/** The options of an agent that sets none. */
export function defaultModelOptions(
  facts: Pick<ModelFacts, 'contextWindow' | 'maxOutputTokens'>,
): ModelOptions {
  const { contextWindow, maxOutputTokens } = facts
  return {
    contextWindow,
    maxOutputTokens,
    reasoningEffort: null,
    temperature: null,
    parallelToolCalls: true,
  }
}

/** Merges the options of a request into the previous ones; absent options keep their values. */
export function mergeModelOptions(body: AgentUpdateBody, before: ModelOptions): ModelOptions {
  const settings = body.model_settings ?? {}
  return {
    contextWindow:
      body.context_window_limit ?? body.llm_config?.context_window ?? before.contextWindow,
    maxOutputTokens: body.max_tokens ?? settings.max_output_tokens ?? before.maxOutputTokens,
    reasoningEffort: effortOf(settings, before.reasoningEffort),
    temperature: settings.temperature === undefined ? before.temperature : settings.temperature,
    parallelToolCalls:
      body.parallel_tool_calls ?? settings.parallel_tool_calls ?? before.parallelToolCalls,
  }
}

const EFFORTS: Readonly<Record<string, AgentRecord['reasoningEffort']>> = {
  none: 'none',
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
}

/** An explicit null leaves the effort to the provider again; an effort that is unknown changes nothing. */
function effortOf(
  settings: z.output<typeof modelSettings>,
  before: AgentRecord['reasoningEffort'],
): AgentRecord['reasoningEffort'] {
  if (settings.thinking?.type === 'disabled') return 'none'
  const effort = settings.reasoning?.reasoning_effort ?? settings.effort
  if (typeof effort === 'string') return EFFORTS[effort] ?? before
  if (effort === null || settings.reasoning?.reasoning_effort === null) return null
  return settings.thinking?.type === 'enabled' ? 'medium' : before
}

/** The response format of a request; undefined when it contains none. */
export function responseFormatOf({
  response_format,
  model_settings,
}: AgentUpdateBody): ResponseFormat | undefined {
  const format = response_format ?? model_settings?.response_format
  if (format == null) return undefined
  if (format.type === 'json_schema') {
    return { type: format.type, json_schema: { ...Object(format['json_schema']) } }
  }
  return { type: format.type }
}
