import { otidOf } from './ids.ts'
import type { ModelUsage } from './providers/provider.ts'
import {
  type AgentRecord,
  type BlockRecord,
  type CallRecord,
  type CompactionSettings,
  type ConversationRecord,
  DEFAULT_CONVERSATION,
  type MessageRecord,
  type PassageRecord,
  type RunRecord,
  type StepRecord,
  type ToolRecord,
  USUAL_COMPACTION,
  type UserContent,
} from './records.ts'
import type {
  agentAnswer,
  blockAnswer,
  conversationAnswer,
  passageAnswer,
  runAnswer,
  stepAnswer,
  toolAnswer,
  usageAnswer,
  Wire,
} from './wire-shapes.ts'

/** Records as the Letta API spells them. */
type Json = Readonly<Record<string, unknown>>

export function blockJson(block: BlockRecord): Wire<typeof blockAnswer> {
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

export function toolJson(tool: ToolRecord): Wire<typeof toolAnswer> {
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

export interface AgentParts {
  readonly blocks: readonly BlockRecord[]
  readonly tools: readonly ToolRecord[]
  readonly messageIds: readonly string[]
  readonly pending: Json | null
  readonly lastStopReason: string | null
  readonly lastRunCompletion: string | null
}

/** Everything is always included: a client that forgets to ask must not take an agent's tools for none. */
export function agentJson(agent: AgentRecord, parts: AgentParts): Wire<typeof agentAnswer> {
  const [provider = '', ...model] = agent.model.split('/')
  const blocks = parts.blocks.map(blockJson)
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
      model_endpoint_type: provider === 'anthropic' ? 'anthropic' : 'openai',
      model_endpoint: null,
      context_window: agent.contextWindow,
      max_tokens: agent.maxOutputTokens,
      temperature: agent.temperature,
      reasoning_effort: agent.reasoningEffort,
      put_inner_thoughts_in_kwargs: false,
      parallel_tool_calls: agent.parallelToolCalls,
    },
    model_settings: {
      provider_type: provider === 'anthropic' ? 'anthropic' : 'openai',
      parallel_tool_calls: agent.parallelToolCalls,
      max_output_tokens: agent.maxOutputTokens,
      temperature: agent.temperature,
    },
    embedding_config: null,
    embedding: null,
    tags: agent.tags,
    tools: parts.tools.map(toolJson),
    blocks,
    memory: { blocks, file_blocks: [], agent_type: 'letta_v1_agent' },
    sources: [],
    tool_rules: agent.toolRules,
    message_ids: parts.messageIds,
    metadata: agent.metadata,
    compaction_settings: compactionJson(agent.compaction ?? USUAL_COMPACTION),
    pending_approval: parts.pending,
    last_stop_reason: parts.lastStopReason,
    last_run_completion: parts.lastRunCompletion,
    enable_sleeptime: false,
    created_at: agent.createdAt,
    updated_at: agent.updatedAt,
  }
}

function compactionJson({ mode, model, prompt, share, clipCharacters }: CompactionSettings) {
  return { mode, model, prompt, sliding_window_percentage: share, clip_chars: clipCharacters }
}

export function conversationJson(
  conversation: ConversationRecord,
  inContextIds: readonly string[],
): Wire<typeof conversationAnswer> {
  return {
    id: conversation.id,
    agent_id: conversation.agentId,
    summary: conversation.summary,
    in_context_message_ids: inContextIds,
    isolated_block_ids: conversation.isolatedBlockIds,
    model: conversation.model,
    model_settings: conversation.modelSettings,
    last_message_at: conversation.lastMessageAt,
    created_at: conversation.createdAt,
    updated_at: conversation.updatedAt,
  }
}

export function passageJson({
  id,
  agentId,
  text,
  tags,
  createdAt,
}: PassageRecord): Wire<typeof passageAnswer> {
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

export function runJson(run: RunRecord): Wire<typeof runAnswer> {
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

export function stepJson(step: StepRecord): Wire<typeof stepAnswer> {
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
    ...usageJson(usage),
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

/** Tokens, as runs and steps tell of them. */
export function usageJson(
  usage: Pick<ModelUsage, 'promptTokens' | 'completionTokens'> | null,
): Wire<typeof usageAnswer> {
  const { promptTokens = 0, completionTokens = 0 } = usage ?? {}
  return {
    completion_tokens: completionTokens,
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: null,
    completion_tokens_details: null,
  }
}

/** What every message event has. */
export interface Envelope {
  readonly id: string
  readonly otid: string | null
  readonly date: string
  readonly runId: string | null
  readonly stepId: string | null
}

export function enveloped(messageType: string, envelope: Envelope, fields: Json): Json {
  return {
    id: envelope.id,
    date: `${envelope.date.slice(0, 19)}+00:00`,
    name: null,
    message_type: messageType,
    otid: envelope.otid,
    sender_id: null,
    step_id: envelope.stepId,
    is_err: null,
    seq_id: null,
    run_id: envelope.runId,
    ...fields,
  }
}

export function callJson({ callId, name, args }: CallRecord): Json {
  return { name, arguments: args, tool_call_id: callId }
}

export function returnFields(body: {
  readonly callId: string
  readonly name: string
  readonly text: string
  readonly status: 'success' | 'error'
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
}): Json {
  const one = {
    tool_return: body.text,
    status: body.status,
    tool_call_id: body.callId,
    stdout: body.stdout.length === 0 ? null : body.stdout,
    stderr: body.stderr.length === 0 ? null : body.stderr,
  }
  return { name: body.name, ...one, tool_returns: [{ type: 'tool', ...one }] }
}

/** One stored message as the items that the API lists for it. */
export function messageItems(message: MessageRecord): readonly Json[] {
  const { body } = message
  const envelope = (part: number, otid?: string | null): Envelope => ({
    id: message.id,
    otid: otid ?? otidOf(message.id, part),
    date: message.createdAt,
    runId: message.runId,
    stepId: message.stepId,
  })
  if (body.role === 'user') {
    const only = body.content.length === 1 ? body.content[0] : undefined
    const content = only?.type === 'text' ? only.text : body.content.map(contentJson)
    return [enveloped('user_message', envelope(0, body.otid), { content })]
  }
  if (body.role === 'summary') {
    const unnamed = { ...envelope(0), otid: null }
    return [enveloped('user_message', unnamed, { content: body.text })]
  }
  if (body.role === 'tool') {
    const returned = enveloped('tool_return_message', envelope(0), returnFields(body))
    return [...denialItems(message), returned]
  }
  const items: Json[] = []
  const reasoning = body.reasoning.map((part) => part.text).join('')
  if (reasoning !== '') {
    const source = { source: 'reasoner_model', reasoning, signature: null }
    items.push(enveloped('reasoning_message', envelope(items.length), source))
  }
  if (body.text !== '') {
    items.push(enveloped('assistant_message', envelope(items.length), { content: body.text }))
  }
  for (const runs of ['server', 'client'] as const) {
    const calls = body.calls.filter((call) => call.runs === runs).map(callJson)
    if (calls.length === 0) continue
    const type = runs === 'server' ? 'tool_call_message' : 'approval_request_message'
    const fields = { tool_call: calls[0], tool_calls: calls }
    items.push(enveloped(type, envelope(items.length), fields))
  }
  return items
}

function denialItems({ id, createdAt, runId, stepId, body }: MessageRecord): readonly Json[] {
  if (body.role !== 'tool' || body.denial === null) return []
  const denial = {
    type: 'approval',
    tool_call_id: body.callId,
    approve: false,
    reason: body.denial,
  }
  const envelope = { id, otid: otidOf(id, 1), date: createdAt, runId, stepId }
  const fields = { approve: false, reason: body.denial, approval_request_id: body.callId }
  return [enveloped('approval_response_message', envelope, { ...fields, approvals: [denial] })]
}

/** A picture is told of, not sent back: a page of history would weigh megabytes. */
function contentJson(part: UserContent): Json {
  if (part.type === 'text') return { type: 'text', text: part.text }
  const source = { type: 'letta', file_id: '', media_type: part.mediaType, data: null }
  return { type: 'image', source }
}
