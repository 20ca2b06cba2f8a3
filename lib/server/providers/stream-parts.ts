import { NO_FINISH_REASON, unusableAnswer } from '../messages/providers.ts'
import { UnusableAnswer } from './answer-failure.ts'
import type { AnswerFetch } from './answer-fetch.ts'
import type { Dialect } from './dialect.ts'
import type { ModelPart, ModelUsage } from './provider.ts'
import type { SdkPart } from './sdk-stream.ts'
import type { CallOrder } from './tool-call-order.ts'
import { createCallOrder } from './tool-call-order.ts'

/**
 * Converts the AI SDK's stream. An error in the stream is thrown unchanged, except that an event which the SDK does not
 * understand ends no answer: without it there is still one, or no finish reason.
 */
export async function* toModelParts(
  stream: AsyncIterable<SdkPart>,
  dialect: Dialect,
  answer: Pick<AnswerFetch, 'failure'>,
): AsyncGenerator<ModelPart, void> {
  const calls = createCallOrder()
  let reasoned = false
  let finished = false
  let invalid: unknown = null
  for await (const part of stream) {
    if (part.type === 'error') {
      if (answer.failure !== null || !isInvalidEvent(part.error))
        throw answer.failure ?? withOurWords(part.error)
      invalid = part.error
      continue
    }
    if (part.type === 'finish') {
      if (answer.failure !== null) throw answer.failure
      if (invalid !== null && part.finishReason.raw === undefined) throw invalid
    }
    if (part.type === 'reasoning-start' && reasoned) yield { type: 'reasoning', delta: '\n\n' }
    for (const converted of toParts(part, calls, dialect)) {
      if (converted.type === 'reasoning') reasoned = true
      // Reasoning after a signature is a separate part, so no blank line is inserted.
      if (converted.type === 'reasoningSignature') reasoned = false
      if (converted.type === 'finish') finished = true
      yield converted
    }
  }
  if (!finished) throw answer.failure ?? invalid ?? new Error(NO_FINISH_REASON)
}

function withOurWords(thrown: unknown): unknown {
  const isEnd = thrown instanceof Error && /without a finish reason/.test(thrown.message)
  return isEnd ? new Error(NO_FINISH_REASON) : thrown
}

function isInvalidEvent(thrown: unknown): boolean {
  return thrown instanceof Error && /TypeValidation|JSONParse/.test(thrown.name)
}

function toParts(part: SdkPart, calls: CallOrder, dialect: Dialect): readonly ModelPart[] {
  switch (part.type) {
    case 'text-delta':
      return part.delta === '' ? [] : [{ type: 'text', delta: part.delta }]
    case 'reasoning-start':
    case 'reasoning-end':
      return signatureParts(part, dialect)
    case 'reasoning-delta': {
      const text = part.delta === '' ? [] : [{ type: 'reasoning' as const, delta: part.delta }]
      return [...text, ...signatureParts(part, dialect)]
    }
    case 'tool-input-start':
      return [...callSignature(part, dialect), ...calls.start(part.id, part.toolName)]
    case 'tool-input-delta':
      return calls.delta(part.id, part.delta)
    case 'tool-call':
      return calls.end(part.toolCallId, part.toolName, part.input)
    case 'raw':
      return dialect.readRaw?.(part.rawValue) ?? []
    case 'finish':
      return [...calls.close(), toFinish(part)]
    default:
      return []
  }
}

function signatureParts(
  part: Extract<SdkPart, { type: `reasoning-${string}` }>,
  dialect: Dialect,
): readonly ModelPart[] {
  const { providerMetadata: metadata, type } = part
  const signature = metadata ? dialect.signature(metadata, type === 'reasoning-end') : null
  return signature === null ? [] : [{ type: 'reasoningSignature', signature }]
}

function callSignature(
  { providerMetadata: metadata }: Extract<SdkPart, { type: 'tool-input-start' }>,
  dialect: Dialect,
): readonly ModelPart[] {
  const signature = metadata ? (dialect.callSignature?.(metadata) ?? null) : null
  return signature === null ? [] : [{ type: 'reasoningSignature', signature }]
}

function toFinish({ finishReason, usage }: Extract<SdkPart, { type: 'finish' }>): ModelPart {
  const { unified: reason, raw = reason } = finishReason
  if (reason === 'error' || reason === 'other' || reason === 'content-filter') {
    throw new UnusableAnswer(unusableAnswer(raw), raw)
  }
  return { type: 'finish', reason, usage: toUsage(usage) }
}

function toUsage(usage: Extract<SdkPart, { type: 'finish' }>['usage']): ModelUsage {
  return {
    promptTokens: usage.inputTokens.total ?? 0,
    completionTokens: usage.outputTokens.total ?? 0,
    cachedTokens: usage.inputTokens.cacheRead ?? 0,
    cacheWriteTokens: usage.inputTokens.cacheWrite ?? 0,
    reasoningTokens: usage.outputTokens.reasoning ?? 0,
  }
}
