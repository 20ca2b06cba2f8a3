import type { JsonObject } from '../../util/is-record.ts'
import { DEFAULT_CONVERSATION } from '../../util/thread.ts'
import type { ModelUsage } from '../providers/provider.ts'
import {
  type AgentRecord,
  type BlockAuthor,
  type BlockRecord,
  type BlockVersionRecord,
  type CompactionSettings,
  type ConversationRecord,
  DEFAULT_COMPACTION,
  type PassageRecord,
  type RunRecord,
  type StepRecord,
  type ToolRecord,
} from '../records.ts'
import type {
  agentSchema,
  blockSchema,
  blockVersionSchema,
  conversationSchema,
  passageSchema,
  runSchema,
  stepMetricsSchema,
  stepSchema,
  toolSchema,
  usageSchema,
  Wire,
} from './schema-types.ts'

export function toBlockJson(block: BlockRecord): Wire<typeof blockSchema> {
  return {
    id: block.id,
    label: block.label,
    value: block.value,
    limit: block.limit,
    description: block.description,
    read_only: block.readOnly,
    tags: block.tags,
    metadata: block.metadata,
    is_template: false,
    hidden: null,
  }
}

/** `withValue`: values are large, and lists mostly do not need them. */
export function toVersionJson(
  { blockId, version, createdAt, author, deletedFrom, block }: BlockVersionRecord,
  withValue: boolean,
): Wire<typeof blockVersionSchema> {
  return {
    block_id: blockId,
    version,
    created_at: createdAt,
    author: toAuthorJson(author),
    is_deletion: deletedFrom !== null,
    label: block.label,
    value: withValue ? block.value : null,
    limit: block.limit,
    description: block.description,
    read_only: block.readOnly,
  }
}

function toAuthorJson(author: BlockAuthor): Wire<typeof blockVersionSchema>['author'] {
  const call = author.type === 'agent' ? author : null
  return {
    type: author.type,
    client: 'client' in author ? author.client : null,
    agent_id: call?.agentId ?? null,
    run_id: call?.runId ?? null,
    step_id: call?.stepId ?? null,
    tool_call_id: call?.callId ?? null,
    tool_name: call?.tool ?? null,
    source_block_ids: 'sources' in author ? (author.sources ?? []) : [],
  }
}

export function toToolJson(tool: ToolRecord): Wire<typeof toolSchema> {
  return {
    id: tool.id,
    name: tool.name,
    description: tool.description,
    tool_type: tool.builtIn ? (tool.tags[0] ?? 'letta_core') : 'custom',
    source_type: tool.sourceType,
    source_code: tool.sourceCode,
    json_schema: tool.jsonSchema,
    args_json_schema: null,
    tags: tool.tags,
    return_char_limit: 50_000,
    default_requires_approval: tool.requiresApproval,
    metadata_: {},
  }
}

interface AgentRelations {
  readonly blocks: readonly BlockRecord[]
  readonly tools: readonly ToolRecord[]
  readonly messageIds: readonly string[]
  readonly pending: JsonObject | null
  readonly lastStopReason: string | null
  readonly lastRunCompletion: string | null
}

/** Letta server accepts only the names that it knows; all other providers speak the format of OpenAI here. */
export function endpointType(provider: string | undefined): 'anthropic' | 'openai' {
  return provider === 'anthropic' ? 'anthropic' : 'openai'
}

function effortSettings(provider: string, { reasoningEffort: effort }: AgentRecord): object {
  if (effort === null) return {}
  if (provider !== 'anthropic') return { reasoning: { reasoning_effort: effort } }
  return effort === 'none' ? { thinking: { type: 'disabled' } } : { effort }
}

export function toAgentJson(agent: AgentRecord, parts: AgentRelations): Wire<typeof agentSchema> {
  const [provider = '', ...model] = agent.model.split('/')
  const blocks = parts.blocks.map(toBlockJson)
  return {
    id: agent.id,
    name: agent.name,
    description: agent.description,
    agent_type: 'letta_v1_agent',
    system: agent.system,
    model: agent.model,
    llm_config: {
      model: model.join('/'),
      handle: agent.model,
      provider_name: provider,
      provider_category: 'base',
      model_endpoint_type: endpointType(provider),
      model_endpoint: null,
      context_window: agent.contextWindow,
      max_tokens: agent.maxOutputTokens,
      temperature: agent.temperature,
      reasoning_effort: agent.reasoningEffort,
      put_inner_thoughts_in_kwargs: false,
      parallel_tool_calls: agent.parallelToolCalls,
    },
    model_settings: {
      provider_type: endpointType(provider),
      parallel_tool_calls: agent.parallelToolCalls,
      max_output_tokens: agent.maxOutputTokens,
      temperature: agent.temperature,
      ...effortSettings(provider, agent),
    },
    embedding_config: null,
    embedding: null,
    tags: agent.tags,
    tools: parts.tools.map(toToolJson),
    blocks,
    memory: { blocks, file_blocks: [], agent_type: 'letta_v1_agent' },
    sources: [],
    response_format: agent.responseFormat == null ? null : { ...agent.responseFormat },
    tool_rules: agent.toolRules,
    message_ids: parts.messageIds,
    metadata: agent.metadata,
    compaction_settings: toCompactionJson(agent.compaction ?? DEFAULT_COMPACTION),
    pending_approval: parts.pending,
    last_stop_reason: parts.lastStopReason,
    last_run_completion: parts.lastRunCompletion,
    enable_sleeptime: false,
    created_at: agent.createdAt,
    updated_at: agent.updatedAt,
  }
}

function toCompactionJson({ mode, model, prompt, share, clipCharacters }: CompactionSettings) {
  return { mode, model, prompt, sliding_window_percentage: share, clip_chars: clipCharacters }
}

export function toConversationJson(
  conversation: ConversationRecord,
  inContextIds: readonly string[],
): Wire<typeof conversationSchema> {
  return {
    id: conversation.id,
    agent_id: conversation.agentId,
    summary: conversation.summary,
    in_context_message_ids: inContextIds,
    isolated_block_ids: conversation.isolatedBlockIds,
    model: conversation.model,
    model_settings: conversation.modelSettings,
    last_message_at: conversation.lastMessageAt,
    archived: (conversation.archivedAt ?? null) !== null,
    archived_at: conversation.archivedAt ?? null,
    created_at: conversation.createdAt,
    updated_at: conversation.updatedAt,
  }
}

export function toPassageJson({
  id,
  agentId,
  text,
  tags,
  createdAt,
}: PassageRecord): Wire<typeof passageSchema> {
  return {
    id,
    text,
    tags: tags.length === 0 ? null : tags,
    metadata: {},
    archive_id: agentId.replace('agent-', 'archive-'),
    embedding: null,
    embedding_config: null,
    source_id: null,
    file_id: null,
    file_name: null,
    is_deleted: false,
    created_at: createdAt,
    updated_at: createdAt,
  }
}

export function toRunJson(run: RunRecord): Wire<typeof runSchema> {
  return {
    id: run.id,
    agent_id: run.agentId,
    status: run.status,
    stop_reason: run.stopReason,
    background: run.background,
    created_at: run.createdAt,
    completed_at: run.completedAt,
    conversation_id: run.conversationId === DEFAULT_CONVERSATION ? null : run.conversationId,
    metadata: { run_type: run.type, ...(run.error == null ? {} : { error: run.error }) },
  }
}

export function toStepJson(step: StepRecord): Wire<typeof stepSchema> {
  const [provider = '', ...model] = step.model.split('/')
  const { usage, error } = step
  return {
    id: step.id,
    run_id: step.runId,
    agent_id: step.agentId,
    provider_name: provider,
    provider_category: 'base',
    model: model.join('/'),
    model_handle: step.model,
    context_window_limit: step.contextWindow,
    ...toUsageJson(usage),
    cached_input_tokens: usage?.cachedTokens ?? null,
    cache_write_tokens: usage?.cacheWriteTokens ?? null,
    reasoning_tokens: usage?.reasoningTokens ?? null,
    stop_reason: step.stopReason,
    status: step.status,
    error_type: error?.type ?? null,
    error_data: error === null ? null : { message: error.message },
    feedback: step.feedback,
    tags: [],
    messages: [],
  }
}

/** Times have a precision of milliseconds: nanoseconds since 1970 exceed what a number represents exactly. */
export function toStepMetricsJson(step: StepRecord): Wire<typeof stepMetricsSchema> {
  const { id, agentId, runId, askedAt, createdAt } = step
  const nanoseconds = (milliseconds: number): number => milliseconds * 1e6
  const begun = askedAt === undefined ? null : Date.parse(askedAt)
  const start = begun === null ? null : nanoseconds(begun)
  const took = begun === null ? null : nanoseconds(Date.parse(createdAt) - begun)
  return {
    ...{ id, agent_id: agentId, run_id: runId },
    ...{ step_start_ns: start, step_ns: took },
    ...{ llm_request_start_ns: start, llm_request_ns: took },
    tool_execution_ns: null,
  }
}

/** The token counts of runs and steps. */
export function toUsageJson(
  usage: Pick<ModelUsage, 'promptTokens' | 'completionTokens'> | null,
): Wire<typeof usageSchema> {
  const { promptTokens = 0, completionTokens = 0 } = usage ?? {}
  return {
    completion_tokens: completionTokens,
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: null,
    completion_tokens_details: null,
  }
}
