import type { ScriptedAnswer, ScriptedWireCall, WireDialect, WireFrame } from './script.ts'
import { callsOf, deltasOf, joined, usageOf } from './script.ts'

/** OpenAI's responses. */
export const responses: WireDialect = {
  body(turn, context) {
    const items = [
      ...(turn.reasoning === undefined ? [] : [reasoningFrames(turn)]),
      ...(turn.text === undefined ? [] : [textFrames(turn)]),
      ...callsOf(turn, context).map((call) => callFrames(call)),
    ]
    const created = { id: `resp_${context.number}`, created_at: 1, model: context.model }
    return [
      frame('response.created', { response: created }),
      ...items.flatMap((make, index) => make(index)),
    ]
  },
  end(turn) {
    const incomplete = turn.finish === undefined ? null : { reason: turn.finish }
    const response = { incomplete_details: incomplete, usage: wireUsage(turn) }
    return [frame(incomplete ? 'response.incomplete' : 'response.completed', { response })]
  },
  error: (error) => frame('error', { sequence_number: 1, ...error }),
  toBody: () => ({ error: { message: 'the scripted responses dialect only streams' } }),
}

type ItemFrames = (index: number) => WireFrame[]

function reasoningFrames(turn: ScriptedAnswer): ItemFrames {
  return (index) => {
    const id = `rs_${index}`
    const item = { type: 'reasoning', id, encrypted_content: null }
    return [
      frame('response.output_item.added', { output_index: index, item }),
      frame('response.reasoning_summary_part.added', { item_id: id, summary_index: 0 }),
      ...deltasOf(turn.reasoning).map((delta) => ({
        ...frame('response.reasoning_summary_text.delta', { item_id: id, summary_index: 0, delta }),
        delta: true,
      })),
      frame('response.reasoning_summary_part.done', { item_id: id, summary_index: 0 }),
      frame('response.output_item.done', {
        output_index: index,
        item: { ...item, encrypted_content: turn.signature ?? 'encrypted' },
      }),
    ]
  }
}

function textFrames(turn: ScriptedAnswer): ItemFrames {
  return (index) => {
    const id = `msg_${index}`
    return [
      frame('response.output_item.added', { output_index: index, item: { type: 'message', id } }),
      ...deltasOf(turn.text).map((delta) => ({
        ...frame('response.output_text.delta', { item_id: id, delta }),
        delta: true,
      })),
      frame('response.output_item.done', {
        output_index: index,
        item: { type: 'message', id, content: [{ type: 'output_text', text: joined(turn.text) }] },
      }),
    ]
  }
}

function callFrames(call: ScriptedWireCall): ItemFrames {
  return (index) => {
    const item = { type: 'function_call', id: `fc_${index}`, call_id: call.id, name: call.name }
    return [
      frame('response.output_item.added', {
        output_index: index,
        item: { ...item, arguments: '' },
      }),
      ...call.deltas.map((delta) => ({
        ...frame('response.function_call_arguments.delta', {
          item_id: item.id,
          output_index: index,
          delta,
        }),
        delta: true,
      })),
      frame('response.output_item.done', {
        output_index: index,
        item: { ...item, arguments: call.args, status: 'completed' },
      }),
    ]
  }
}

function frame(type: string, rest: object): WireFrame {
  return { event: type, payload: { type, ...rest } }
}

function wireUsage(turn: ScriptedAnswer) {
  const usage = usageOf(turn)
  return {
    input_tokens: usage.prompt,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.completion,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
  }
}
