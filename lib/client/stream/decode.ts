import type { ToolHost } from '../../session/state/entry.ts'
import type { Usage } from '../../session/state/turn.ts'
import { isRecord } from '../../util/is-record.ts'

/** A part of a streamed response, independent of the wire format. */
export type StreamPart =
  | { readonly type: 'reasoning' | 'assistant'; readonly id: string; readonly text: string }
  | {
      readonly type: 'call'
      readonly callId: string
      readonly host: ToolHost
      /** Deltas, to append. */
      readonly tool: string
      readonly args: string
    }
  /** A tool that ran on the server. */
  | {
      readonly type: 'return'
      readonly callId: string
      readonly status: 'success' | 'error'
      readonly text: string
    }
  /** The server begins to replace older messages by a summary. */
  | { readonly type: 'compaction'; readonly id: string }
  /** A line of the server about the run. */
  | { readonly type: 'notice'; readonly id: string; readonly text: string }
  /** The connection is lost, and the run is resumed as soon as the server answers. */
  | { readonly type: 'reconnecting' }
  /** The server calls the model again later. */
  | {
      readonly type: 'retrying'
      readonly id: string
      readonly reason: string
      readonly milliseconds: number
    }
  | { readonly type: 'stop'; readonly reason: string }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'error'; readonly error: ServerError }

/** The error that the server reports for a run. */
export interface ServerError {
  /** `llm_error`, `llm_rate_limit`, `internal_error` … */
  readonly type: string
  readonly message: string
  readonly detail: string
}

/** The position in a stream: enough to resume it after a lost connection. */
export interface StreamPosition {
  readonly runId: string | null
  readonly seqId: number
}

export interface Decoder {
  readonly position: StreamPosition
  /** Chunks that were seen before (a resumed stream repeats itself) and unknown kinds give no parts. */
  decode(chunk: unknown): readonly StreamPart[]
}

/** Creates the decoder of one run: takes chunks as the server sends them, returns parts. Never throws on malformed chunks. */
export function createStreamDecoder(): Decoder {
  let position: StreamPosition = { runId: null, seqId: 0 }
  let lastCallId: string | null = null
  return {
    get position() {
      return position
    },
    decode(chunk) {
      if (!isRecord(chunk)) return []
      const seqId = chunk['seq_id']
      if (typeof seqId === 'number') {
        if (seqId <= position.seqId && chunk['message_type'] !== 'ping') return []
        position = { ...position, seqId: Math.max(seqId, position.seqId) }
      }
      const runId = text(chunk['run_id'])
      if (runId !== '') position = { ...position, runId }
      const parts = partsOf(chunk, lastCallId)
      for (const part of parts) if (part.type === 'call') lastCallId = part.callId
      return parts
    },
  }
}

type Chunk = Readonly<Record<string, unknown>>

function partsOf(chunk: Chunk, lastCallId: string | null): readonly StreamPart[] {
  switch (chunk['message_type']) {
    case 'reasoning_message':
      return textPart('reasoning', chunk, contentText(chunk['reasoning']))
    case 'assistant_message':
      return textPart('assistant', chunk, spokenText(chunk['content']))
    case 'approval_request_message':
      return callParts(chunk, 'local', lastCallId)
    case 'tool_call_message':
      return callParts(chunk, 'server', lastCallId)
    case 'tool_return_message':
      return returnParts(chunk)
    case 'event_message':
      return eventParts(chunk)
    case 'stop_reason':
      return [{ type: 'stop', reason: text(chunk['stop_reason']) }]
    case 'usage_statistics':
      return [{ type: 'usage', usage: usageOf(chunk) }]
    case 'error_message':
      return [{ type: 'error', error: parseServerError(chunk) }]
    default:
      return []
  }
}

function eventParts(chunk: Chunk): readonly StreamPart[] {
  const id = text(chunk['id'])
  if (chunk['event_type'] === 'compaction') return [{ type: 'compaction', id }]
  const data = isRecord(chunk['event_data']) ? chunk['event_data'] : {}
  const notice = chunk['event_type'] === 'notice' ? text(data['text']) : ''
  if (notice === '') return []
  const milliseconds = data['retry_in_ms']
  const reason = text(data['reason'])
  return typeof milliseconds === 'number' && milliseconds > 0 && reason !== ''
    ? [{ type: 'retrying', id, reason, milliseconds }]
    : [{ type: 'notice', id, text: notice }]
}

function textPart(
  type: 'reasoning' | 'assistant',
  chunk: Chunk,
  delta: string,
): readonly StreamPart[] {
  const id = text(chunk['otid']) || text(chunk['id'])
  return delta === '' || id === '' ? [] : [{ type, id, text: delta }]
}

function callParts(chunk: Chunk, host: ToolHost, lastCallId: string | null): readonly StreamPart[] {
  const parts: StreamPart[] = []
  for (const call of toolCallsOf(chunk)) {
    // The newest servers leave the id out of continuation chunks, which belong to the previous call.
    const callId = text(call['tool_call_id']) || lastCallId
    if (callId === null) continue
    parts.push({ type: 'call', callId, host, tool: text(call['name']), args: argsOf(call) })
  }
  return parts
}

/** `tool_calls` is an array in complete messages and one object in deltas; `tool_call` is the older singular form. */
export function toolCallsOf(chunk: Chunk): readonly Chunk[] {
  const calls = chunk['tool_calls']
  if (Array.isArray(calls)) return calls.filter(isRecord)
  if (isRecord(calls)) return [calls]
  return isRecord(chunk['tool_call']) ? [chunk['tool_call']] : []
}

export function argsOf(call: Chunk): string {
  const args = call['arguments']
  return typeof args === 'string' ? args : isRecord(args) ? JSON.stringify(args) : ''
}

function returnParts(chunk: Chunk): readonly StreamPart[] {
  const returns = Array.isArray(chunk['tool_returns']) ? chunk['tool_returns'] : [chunk]
  const parts: StreamPart[] = []
  for (const one of returns.filter(isRecord)) {
    const callId = text(one['tool_call_id'])
    const status = one['status'] === 'error' ? 'error' : 'success'
    const returned = contentText(one['tool_return'] ?? one['func_response'])
    if (callId !== '') parts.push({ type: 'return', callId, status, text: returned })
  }
  return parts
}

function usageOf(chunk: Chunk): Usage {
  return {
    promptTokens: count(chunk['prompt_tokens']),
    completionTokens: count(chunk['completion_tokens']),
    totalTokens: count(chunk['total_tokens']),
    cachedTokens: count(chunk['cached_input_tokens']),
    reasoningTokens: count(chunk['reasoning_tokens']),
    ...(count(chunk['cache_write_tokens']) === 0
      ? {}
      : { cacheWriteTokens: count(chunk['cache_write_tokens']) }),
    steps: count(chunk['step_count']),
    contextTokens: typeof chunk['context_tokens'] === 'number' ? chunk['context_tokens'] : null,
  }
}

/** Parses the body of an error event, either from the stream or from the error that the SDK throws for it. */
export function parseServerError(value: unknown): ServerError {
  const body = isRecord(value) ? value : {}
  const inner = isRecord(body['error']) ? body['error'] : body
  const detail = inner['detail']
  return {
    type: text(inner['error_type']) || 'error',
    message: text(inner['message']) || text(detail),
    detail: isRecord(detail) ? text(detail['message']) : text(detail),
  }
}

/** A message's text: a string, or the text parts of a content list. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map(partText).join('')
}

/** The text of a message without its images. */
export function spokenText(content: unknown): string {
  if (!Array.isArray(content)) return contentText(content)
  return contentText(content.filter((part) => isRecord(part) && part['type'] !== 'image'))
}

function partText(part: unknown): string {
  if (!isRecord(part)) return ''
  return part['type'] === 'image' ? '[Image]' : text(part['text'])
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
