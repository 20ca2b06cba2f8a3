import type { AnswerContext, ScriptedAnswer, WireDialect, WireFrame } from './script.ts'
import { callsOf, deltasOf, joined, usageOf } from './script.ts'

/** OpenAI's chat completions, with `reasoning_content` as most compatible servers send it. */
export const chatCompletions: WireDialect = {
  body(turn, context) {
    return [
      frame(context, { role: 'assistant', content: '' }, false),
      ...deltasOf(turn.reasoning).map((text) => frame(context, { reasoning_content: text })),
      ...deltasOf(turn.text).map((text) => frame(context, { content: text })),
      ...callFrames(turn, context),
    ]
  },
  end(turn, context) {
    const closing = chunk(context, [{ index: 0, delta: {}, finish_reason: finishOf(turn) }])
    const usage = { ...chunk(context, []), usage: wireUsage(turn) }
    return [
      { payload: closing },
      ...(context.includeUsage ? [{ payload: usage }] : []),
      { payload: '[DONE]' },
    ]
  },
  error: (error) => ({ payload: { error } }),
  toBody(turn, context) {
    const calls = callsOf(turn, context)
    const message = {
      role: 'assistant',
      content: turn.text === undefined ? null : joined(turn.text),
      ...(turn.reasoning === undefined ? {} : { reasoning_content: joined(turn.reasoning) }),
      ...(calls.length === 0
        ? {}
        : { tool_calls: calls.map((call) => wireCall(call.id, call.name, call.args)) }),
    }
    return {
      ...chunk(context, [{ index: 0, message, finish_reason: finishOf(turn) }]),
      object: 'chat.completion',
      usage: wireUsage(turn),
    }
  },
}

function callFrames(turn: ScriptedAnswer, context: AnswerContext): WireFrame[] {
  const perCall = callsOf(turn, context).map((call, index) => [
    frame(context, { tool_calls: [{ index, ...wireCall(call.id, call.name, '') }] }),
    ...call.deltas.map((args) =>
      frame(context, { tool_calls: [{ index, function: { arguments: args } }] }),
    ),
  ])
  return turn.interleave === true ? inTurns(perCall) : perCall.flat()
}

function inTurns(lists: readonly (readonly WireFrame[])[]): WireFrame[] {
  const longest = Math.max(0, ...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, row) =>
    lists.flatMap((list) => list[row] ?? []),
  ).flat()
}

function wireCall(id: string, name: string, args: string) {
  return { id, type: 'function', function: { name, arguments: args } }
}

function frame(context: AnswerContext, delta: unknown, counts = true): WireFrame {
  return { payload: chunk(context, [{ index: 0, delta, finish_reason: null }]), delta: counts }
}

function chunk(context: AnswerContext, choices: readonly unknown[]) {
  return {
    id: `chatcmpl-scripted-${context.number}`,
    object: 'chat.completion.chunk',
    created: 1,
    model: context.model,
    choices,
  }
}

function finishOf(turn: ScriptedAnswer): string {
  return turn.finish ?? ((turn.calls ?? []).length > 0 ? 'tool_calls' : 'stop')
}

function wireUsage(turn: ScriptedAnswer) {
  const usage = usageOf(turn)
  return {
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    prompt_tokens_details: { cached_tokens: usage.cached },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  }
}
