import * as z from 'zod'

/** The schemas of events and messages, discriminated by `message_type`, for the OpenAPI document. */
const text = z.string()
const maybe = text.nullable()

const envelope = {
  id: text,
  date: text,
  name: maybe,
  otid: maybe,
  sender_id: z.null(),
  step_id: maybe,
  is_err: z.null(),
  /** Numbers the events of a background run from 1; a client resumes after the last one it has. */
  seq_id: z.int().nullable(),
  run_id: maybe,
}

const kind = <Name extends string, Fields extends z.core.$ZodShape>(name: Name, fields: Fields) =>
  z.object({ ...envelope, message_type: z.literal(name), ...fields })

const completeCall = z.object({ name: text, arguments: text, tool_call_id: text })
/** When tokens are streamed, the name comes first and the arguments in pieces. */
const callPiece = z.object({ name: maybe, arguments: maybe, tool_call_id: text })
const calls = { tool_call: callPiece, tool_calls: z.union([z.array(completeCall), callPiece]) }

const returned = {
  tool_return: text,
  status: z.enum(['success', 'error']),
  tool_call_id: text,
  stdout: z.array(text).nullable(),
  stderr: z.array(text).nullable(),
}
const denial = z.object({
  type: z.literal('approval'),
  tool_call_id: text,
  approve: z.boolean(),
  reason: text,
})
const imagePart = z.object({
  type: z.literal('image'),
  source: z.object({ type: text, file_id: text, media_type: text, data: z.null() }),
})
const content = z.union([
  text,
  z.array(z.union([z.object({ type: z.literal('text'), text }), imagePart])),
])
const compactionStats = z.object({
  trigger: text,
  context_tokens_before: z.int().nullable(),
  context_tokens_after: z.int(),
  context_window: z.int(),
  messages_count_before: z.int(),
  messages_count_after: z.int(),
})

const messages = {
  SystemMessage: kind('system_message', { content: text }),
  UserMessage: kind('user_message', { content: content }),
  ReasoningMessage: kind('reasoning_message', {
    source: text,
    reasoning: text,
    signature: z.null(),
  }),
  AssistantMessage: kind('assistant_message', { content: text }),
  ToolCallMessage: kind('tool_call_message', calls),
  ApprovalRequestMessage: kind('approval_request_message', calls),
  ApprovalResponseMessage: kind('approval_response_message', {
    approve: z.boolean(),
    reason: text,
    approval_request_id: text,
    approvals: z.array(denial),
  }),
  ToolReturnMessage: kind('tool_return_message', {
    ...returned,
    name: text,
    tool_returns: z.array(z.object({ type: z.literal('tool'), ...returned })),
  }),
  SummaryMessage: kind('summary_message', {
    summary: text,
    compaction_stats: compactionStats.nullable(),
  }),
  EventMessage: kind('event_message', {
    event_type: text,
    event_data: z.object({
      trigger: text,
      context_token_estimate: z.int().nullable(),
      context_window: z.int(),
    }),
  }),
}

const signals = {
  Ping: kind('ping', {}),
  StopReason: z.object({ message_type: z.literal('stop_reason'), stop_reason: text }),
  UsageStatistics: z.object({
    message_type: z.literal('usage_statistics'),
    completion_tokens: z.int(),
    prompt_tokens: z.int(),
    total_tokens: z.int(),
    step_count: z.int(),
    run_ids: z.null(),
    cached_input_tokens: z.int(),
    cache_write_tokens: z.int(),
    reasoning_tokens: z.int(),
    context_tokens: z.int(),
  }),
  ErrorMessage: z.object({
    message_type: z.literal('error_message'),
    run_id: text,
    error_type: text,
    message: text,
    detail: text,
    seq_id: z.int().nullable(),
  }),
}

/** Everything that a list of messages can contain. */
export const messageSchema = z.discriminatedUnion('message_type', [
  messages.SystemMessage,
  messages.UserMessage,
  messages.ReasoningMessage,
  messages.AssistantMessage,
  messages.ToolCallMessage,
  messages.ApprovalRequestMessage,
  messages.ApprovalResponseMessage,
  messages.ToolReturnMessage,
  messages.SummaryMessage,
  messages.EventMessage,
])

/** Every `data:` line of a stream except the last, which is `[DONE]`. */
export const eventSchema = z.discriminatedUnion('message_type', [
  ...messageSchema.options,
  signals.Ping,
  signals.StopReason,
  signals.UsageStatistics,
  signals.ErrorMessage,
])

export const stopReasonSchema = signals.StopReason
export const usageStatisticsSchema = signals.UsageStatistics

export const eventShapes: Readonly<Record<string, z.ZodType>> = {
  ...messages,
  ...signals,
  Message: messageSchema,
  Event: eventSchema,
}
