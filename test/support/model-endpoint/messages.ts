import type { AnswerContext, ScriptedAnswer, WireDialect, WireFrame } from './script.ts'
import { callsOf, deltasOf, joined, usageOf } from './script.ts'

/** Anthropic's messages. */
export const messages: WireDialect = {
  body(turn, context) {
    const blocks = blocksOf(turn, context)
    return [
      frame('message_start', { message: { ...shell(context), usage: wireUsage(turn, 1) } }),
      frame('ping', {}),
      ...blocks.flatMap((block, index) => [
        frame('content_block_start', { index, content_block: block.start }),
        ...block.deltas.map((delta) => ({
          ...frame('content_block_delta', { index, delta }),
          delta: true,
        })),
        frame('content_block_stop', { index }),
      ]),
    ]
  },
  end(turn) {
    const delta = { stop_reason: finishOf(turn), stop_sequence: null }
    const usage = { output_tokens: usageOf(turn).completion }
    return [frame('message_delta', { delta, usage }), frame('message_stop', {})]
  },
  error: (error) => frame('error', { error }),
  toBody(turn, context) {
    const content = [
      ...(turn.text === undefined ? [] : [{ type: 'text', text: joined(turn.text) }]),
      ...callsOf(turn, context).map((call) => ({
        type: 'tool_use',
        id: call.id,
        name: call.name,
        input: JSON.parse(call.args),
      })),
    ]
    const usage = wireUsage(turn, usageOf(turn).completion)
    return { ...shell(context), content, stop_reason: finishOf(turn), usage }
  },
}

interface ContentBlock {
  readonly start: unknown
  readonly deltas: readonly unknown[]
}

function blocksOf(turn: ScriptedAnswer, context: AnswerContext): readonly ContentBlock[] {
  const thinking = deltasOf(turn.reasoning).map((text) => ({
    type: 'thinking_delta',
    thinking: text,
  }))
  const signature = { type: 'signature_delta', signature: turn.signature ?? 'signed' }
  const text = deltasOf(turn.text).map((delta) => ({ type: 'text_delta', text: delta }))
  return [
    ...(thinking.length === 0
      ? []
      : [
          {
            start: { type: 'thinking', thinking: '', signature: '' },
            deltas: [...thinking, signature],
          },
        ]),
    ...(text.length === 0 ? [] : [{ start: { type: 'text', text: '' }, deltas: text }]),
    ...callsOf(turn, context).map((call) => ({
      start: { type: 'tool_use', id: call.id, name: call.name, input: {} },
      deltas: call.deltas.map((json) => ({ type: 'input_json_delta', partial_json: json })),
    })),
  ]
}

function frame(type: string, rest: object): WireFrame {
  return { event: type, payload: { type, ...rest } }
}

function shell(context: AnswerContext) {
  return {
    id: `msg_scripted_${context.number}`,
    type: 'message',
    role: 'assistant',
    model: context.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  }
}

function finishOf(turn: ScriptedAnswer): string {
  return turn.finish ?? ((turn.calls ?? []).length > 0 ? 'tool_use' : 'end_turn')
}

function wireUsage(turn: ScriptedAnswer, outputTokens: number) {
  const usage = usageOf(turn)
  return {
    input_tokens: usage.prompt,
    cache_read_input_tokens: usage.cached,
    cache_creation_input_tokens: usage.cacheWrite,
    output_tokens: outputTokens,
  }
}
