import type { JsonObject } from '../../util/is-record.ts'
import { toOtid } from '../ids.ts'
import type { CallRecord, MessageRecord, UserContentPart } from '../records.ts'

/** The fields of every message event. */
interface MessageHeader {
  readonly id: string
  readonly otid: string | null
  readonly date: string
  readonly runId: string | null
  readonly stepId: string | null
}

export function withMessageHeader(
  messageType: string,
  envelope: MessageHeader,
  fields: JsonObject,
): JsonObject {
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

export function toCallJson({ callId, name, args }: CallRecord): JsonObject {
  return { name, arguments: args, tool_call_id: callId }
}

export function toReturnFields(body: {
  readonly callId: string
  readonly name: string
  readonly text: string
  readonly status: 'success' | 'error'
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
}): JsonObject {
  const one = {
    tool_return: body.text,
    status: body.status,
    tool_call_id: body.callId,
    stdout: body.stdout.length === 0 ? null : body.stdout,
    stderr: body.stderr.length === 0 ? null : body.stderr,
  }
  return { name: body.name, ...one, tool_returns: [{ type: 'tool', ...one }] }
}

/** Converts a stored message to the items that the API lists for it. */
export function toMessageItems(message: MessageRecord): readonly JsonObject[] {
  const { body } = message
  const envelope = (part: number, otid?: string | null): MessageHeader => ({
    id: message.id,
    otid: otid ?? toOtid(message.id, part),
    date: message.createdAt,
    runId: message.runId,
    stepId: message.stepId,
  })
  if (body.role === 'user') {
    const only = body.content.length === 1 ? body.content[0] : undefined
    const content = only?.type === 'text' ? only.text : body.content.map(toContentJson)
    return [withMessageHeader('user_message', envelope(0, body.otid), { content })]
  }
  if (body.role === 'summary') {
    const unnamed = { ...envelope(0), otid: null }
    return [withMessageHeader('user_message', unnamed, { content: body.text })]
  }
  if (body.role === 'tool') {
    const returned = withMessageHeader('tool_return_message', envelope(0), toReturnFields(body))
    return [...toDenialItems(message), returned]
  }
  const items: JsonObject[] = []
  const reasoning = body.reasoning.map((part) => part.text).join('')
  if (reasoning !== '') {
    const source = { source: 'reasoner_model', reasoning, signature: null }
    items.push(withMessageHeader('reasoning_message', envelope(items.length), source))
  }
  if (body.text !== '') {
    items.push(
      withMessageHeader('assistant_message', envelope(items.length), { content: body.text }),
    )
  }
  for (const runs of ['server', 'client'] as const) {
    const calls = body.calls.filter((call) => call.runs === runs).map(toCallJson)
    if (calls.length === 0) continue
    const type = runs === 'server' ? 'tool_call_message' : 'approval_request_message'
    const fields = { tool_call: calls[0], tool_calls: calls }
    items.push(withMessageHeader(type, envelope(items.length), fields))
  }
  return items
}

function toDenialItems({
  id,
  createdAt,
  runId,
  stepId,
  body,
}: MessageRecord): readonly JsonObject[] {
  if (body.role !== 'tool' || body.denial === null) return []
  const denial = {
    type: 'approval',
    tool_call_id: body.callId,
    approve: false,
    reason: body.denial,
  }
  const envelope = { id, otid: toOtid(id, 1), date: createdAt, runId, stepId }
  const fields = { approve: false, reason: body.denial, approval_request_id: body.callId }
  return [
    withMessageHeader('approval_response_message', envelope, { ...fields, approvals: [denial] }),
  ]
}

/** An image is mentioned but not returned: a page of history would be megabytes long. */
function toContentJson(part: UserContentPart): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text }
  const source = { type: 'letta', file_id: '', media_type: part.mediaType, data: null }
  return { type: 'image', source }
}
