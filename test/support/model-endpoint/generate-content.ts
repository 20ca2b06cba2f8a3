import type { AnswerContext, ScriptedAnswer, WireDialect, WireFrame } from './script.ts'
import { callsOf, deltasOf, usageOf } from './script.ts'

/** Google's generateContent. A call is sent in one piece; the first one carries the signature. */
export const generateContent: WireDialect = {
  body: (turn, context) =>
    partsOf(turn, context).map((part) => ({ ...chunk([part]), delta: true })),
  end(turn) {
    const finish = { content: { role: 'model', parts: [] }, finishReason: finishOf(turn), index: 0 }
    return [{ payload: { candidates: [finish], usageMetadata: wireUsage(turn) } }]
  },
  error: (error) => ({ payload: { error } }),
  toBody(turn, context) {
    const content = { role: 'model', parts: partsOf(turn, context) }
    const candidates = [{ content, finishReason: finishOf(turn), index: 0 }]
    return { candidates, usageMetadata: wireUsage(turn) }
  },
}

function partsOf(turn: ScriptedAnswer, context: AnswerContext): readonly unknown[] {
  return [
    ...deltasOf(turn.reasoning).map((text) => ({ text, thought: true })),
    ...deltasOf(turn.text).map((text) => ({ text })),
    ...callsOf(turn, context).map((call, index) => ({
      functionCall: { name: call.name, args: JSON.parse(call.args || '{}') },
      ...(index === 0 && turn.signature !== undefined ? { thoughtSignature: turn.signature } : {}),
    })),
  ]
}

function chunk(parts: readonly unknown[]): WireFrame {
  return { payload: { candidates: [{ content: { role: 'model', parts }, index: 0 }] } }
}

function finishOf(turn: ScriptedAnswer): string {
  return turn.finish ?? 'STOP'
}

function wireUsage(turn: ScriptedAnswer) {
  const { prompt, completion, cached, reasoning } = usageOf(turn)
  return {
    promptTokenCount: prompt,
    cachedContentTokenCount: cached,
    candidatesTokenCount: completion,
    thoughtsTokenCount: reasoning,
    totalTokenCount: prompt + completion + reasoning,
  }
}
