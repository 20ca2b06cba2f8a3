import * as z from 'zod'
import { eventShapes, messageSchema, stopReasonSchema, usageStatisticsSchema } from './events.ts'

/** The schemas of responses: the compiler checks `records.ts` against them, and clients see them in the OpenAPI document. */
type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value

export type Wire<Shape extends z.ZodType> = Frozen<z.output<Shape>>

const text = z.string()
const texts = z.array(text)
const maybe = text.nullable()
const json = z.record(text, z.unknown())

export const blockSchema = z.object({
  id: text,
  label: text,
  value: text,
  limit: z.int(),
  description: maybe,
  read_only: z.boolean(),
  tags: texts,
  metadata: json,
  is_template: z.boolean(),
  hidden: z.boolean().nullable(),
})

export const blockVersionSchema = z.object({
  block_id: text,
  version: z.int(),
  created_at: text,
  /** Who made the change. The other members are set for a tool call of an agent. */
  author: z.object({
    type: z.enum(['agent', 'client', 'import', 'letta', 'restore', 'skills', 'unknown', 'user']),
    client: maybe,
    agent_id: maybe,
    run_id: maybe,
    step_id: maybe,
    tool_call_id: maybe,
    tool_name: maybe,
    source_block_ids: z.array(text),
  }),
  is_deletion: z.boolean(),
  label: text,
  /** Null in a list without values. */
  value: maybe,
  limit: z.int(),
  description: maybe,
  read_only: z.boolean(),
  /** In a list with changes: how many lines differ from the version before. */
  added_lines: z.int().optional(),
  removed_lines: z.int().optional(),
})

export const toolSchema = z.object({
  id: text,
  name: text,
  description: text,
  tool_type: text,
  source_type: text,
  source_code: text,
  json_schema: json,
  args_json_schema: json.nullable(),
  tags: texts,
  return_char_limit: z.int(),
  default_requires_approval: z.boolean(),
  metadata_: json,
})

const llmConfig = z.object({
  model: text,
  handle: text,
  provider_name: text,
  provider_category: text,
  model_endpoint_type: text,
  model_endpoint: maybe,
  context_window: z.int(),
  max_tokens: z.int().nullable(),
  temperature: z.number().nullable(),
  reasoning_effort: maybe,
  put_inner_thoughts_in_kwargs: z.boolean(),
  parallel_tool_calls: z.boolean(),
})

const modelSettings = z.object({
  provider_type: text,
  parallel_tool_calls: z.boolean(),
  max_output_tokens: z.int().nullable(),
  temperature: z.number().nullable(),
})

export const agentSchema = z.object({
  id: text,
  name: text,
  description: maybe,
  agent_type: text,
  system: text,
  model: text,
  llm_config: llmConfig,
  model_settings: modelSettings,
  embedding_config: z.null(),
  embedding: z.null(),
  tags: texts,
  tools: z.array(toolSchema),
  blocks: z.array(blockSchema),
  memory: z.object({
    blocks: z.array(blockSchema),
    file_blocks: z.array(z.unknown()),
    agent_type: text,
  }),
  sources: z.array(z.unknown()),
  response_format: json.nullable(),
  tool_rules: z.array(z.looseObject({ type: text, tool_name: text })),
  message_ids: texts,
  metadata: json,
  compaction_settings: z.object({
    mode: text,
    model: maybe,
    prompt: maybe,
    sliding_window_percentage: z.number(),
    clip_chars: z.int().nullable(),
  }),
  pending_approval: json.nullable(),
  last_stop_reason: maybe,
  last_run_completion: maybe,
  enable_sleeptime: z.boolean(),
  created_at: text,
  updated_at: text,
})

export const conversationSchema = z.object({
  id: text,
  agent_id: text,
  summary: maybe,
  in_context_message_ids: texts,
  isolated_block_ids: texts,
  model: maybe,
  model_settings: json.nullable(),
  last_message_at: maybe,
  archived: z.boolean(),
  archived_at: maybe,
  created_at: text,
  updated_at: text,
})

export const passageSchema = z.object({
  id: text,
  text,
  tags: texts.nullable(),
  metadata: json,
  archive_id: text,
  embedding: z.null(),
  embedding_config: z.null(),
  source_id: z.null(),
  file_id: z.null(),
  file_name: z.null(),
  is_deleted: z.boolean(),
  created_at: text,
  updated_at: text,
})

export const passagesFoundSchema = z.object({
  results: z.array(z.object({ id: text, timestamp: text, content: text, tags: texts })),
  count: z.int(),
})

export const passageFoundSchema = z.object({
  passage: passageSchema,
  score: z.number(),
  metadata: json,
})

export const messageFoundSchema = z.object({
  message_type: text,
  content: z.union([text, z.array(json)]),
  message_id: text,
  created_at: text,
  agent_id: text,
  conversation_id: text,
})

/** Cancelled runs with the outcome of each. */
export const cancelSchema = z.record(text, z.enum(['cancelled', 'failed']))

export const runSchema = z.object({
  id: text,
  agent_id: text,
  status: z.enum(['running', 'completed', 'failed', 'cancelled']),
  stop_reason: maybe,
  background: z.boolean(),
  created_at: text,
  completed_at: maybe,
  conversation_id: maybe,
  metadata: json,
})

export const usageSchema = z.object({
  completion_tokens: z.int(),
  prompt_tokens: z.int(),
  total_tokens: z.int(),
  prompt_tokens_details: z.null(),
  completion_tokens_details: z.null(),
})

export const stepSchema = usageSchema.extend({
  id: text,
  run_id: text,
  agent_id: text,
  provider_name: text,
  provider_category: text,
  model: text,
  model_handle: text,
  context_window_limit: z.int(),
  cached_input_tokens: z.int().nullable(),
  cache_write_tokens: z.int().nullable(),
  reasoning_tokens: z.int().nullable(),
  stop_reason: maybe,
  status: z.enum(['success', 'failed', 'cancelled']),
  error_type: maybe,
  error_data: json.nullable(),
  feedback: z.enum(['positive', 'negative']).nullable(),
  tags: texts,
  messages: z.array(z.unknown()),
})

/** Times in nanoseconds; those since 1970 exceed a safe integer. */
export const stepMetricsSchema = z.object({
  id: text,
  agent_id: text,
  run_id: text,
  step_start_ns: z.number().nullable(),
  step_ns: z.int().nullable(),
  llm_request_start_ns: z.number().nullable(),
  llm_request_ns: z.int().nullable(),
  tool_execution_ns: z.null(),
})

export const contextSchema = z.object({
  context_window_size_max: z.int(),
  context_window_size_current: z.int(),
  num_messages: z.int(),
  num_archival_memory: z.int(),
  num_recall_memory: z.int(),
  num_tokens_external_memory_summary: z.int(),
  external_memory_summary: text,
  num_tokens_system: z.int(),
  system_prompt: text,
  num_tokens_core_memory: z.int(),
  core_memory: text,
  num_tokens_memory_filesystem: z.int(),
  memory_filesystem: z.null(),
  num_tokens_tool_usage_rules: z.int(),
  tool_usage_rules: z.null(),
  num_tokens_directories: z.int(),
  directories: z.null(),
  num_tokens_summary_memory: z.int(),
  summary_memory: maybe,
  num_tokens_functions_definitions: z.int(),
  functions_definitions: z.array(json),
  num_tokens_messages: z.int(),
  messages: z.array(json),
})

export const modelSchema = z.object({
  handle: text,
  name: text,
  display_name: text,
  model: text,
  model_type: text,
  provider_name: text,
  provider_type: text,
  provider_category: text,
  model_endpoint_type: text,
  context_window: z.int(),
  max_context_window: z.int(),
  max_tokens: z.int().nullable(),
})

/** The complete response of a run that was not streamed. */
export const turnSchema = z.looseObject({
  messages: z.array(messageSchema),
  stop_reason: stopReasonSchema,
  usage: usageStatisticsSchema.optional(),
})

export const compactionSchema = z.object({
  summary: text,
  num_messages_before: z.int(),
  num_messages_after: z.int(),
})

/** Which session runs a turn in a conversation. */
export const leaseSchema = z.object({
  lease: z
    .object({
      owner: text,
      activity: z.enum(['model', 'tool', 'approval']),
      process: z.object({ host: text, process_id: z.int(), started_at: maybe }).nullable(),
      /** Counts the renewals. */
      beat: z.int(),
    })
    .nullable(),
  pending: z.object({ client: maybe, tool_call_ids: z.array(text) }).nullable(),
})

export const doneSchema = z.object({ message: text })

export const healthSchema = z.object({ version: text, status: text })

/** Schemas that the document defines by name, because others contain them or many routes return them. */
export const namedShapes: Readonly<Record<string, z.ZodType>> = {
  ...eventShapes,
  Agent: agentSchema,
  Block: blockSchema,
  Context: contextSchema,
  Conversation: conversationSchema,
  Model: modelSchema,
  Passage: passageSchema,
  Run: runSchema,
  Step: stepSchema,
  Tool: toolSchema,
  Turn: turnSchema,
}
