import type { Dialect } from './dialect.ts'
import type { ModelPart, ModelUsage } from './provider.ts'
import type { SdkPart } from './sdk-stream.ts'
import type { CallOrder } from './tool-call-order.ts'
import { createCallOrder } from './tool-call-order.ts'

/** The SDK's stream in our words; an error in the stream is thrown as it came. */
export async function* toModelParts(
  stream: AsyncIterable<SdkPart>,
  dialect: Dialect,
): AsyncGenerator<ModelPart, void> {
  const calls = createCallOrder()
  let reasoned = false
  let finished = false
  for await (const part of stream) {
    if (part.type === 'error') throw part.error
    if (part.type === 'reasoning-start' && reasoned) yield { type: 'reasoning', delta: '\n\n' }
    for (const ours of toParts(part, calls, dialect)) {
      if (ours.type === 'reasoning') reasoned = true
      // What follows a signature is another part of reasoning: no gap is due between them.
      if (ours.type === 'reasoningSignature') reasoned = false
      if (ours.type === 'finish') finished = true
      yield ours
    }
  }
  if (!finished) throw new Error('the answer ended without a finish')
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
    case 'finish':
      return [...calls.close(), finishOf(part)]
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

function finishOf({ finishReason, usage }: Extract<SdkPart, { type: 'finish' }>): ModelPart {
  const reason = finishReason.unified === 'error' ? 'other' : finishReason.unified
  return { type: 'finish', reason, usage: usageOf(usage) }
}

function usageOf(usage: Extract<SdkPart, { type: 'finish' }>['usage']): ModelUsage {
  return {
    promptTokens: usage.inputTokens.total ?? 0,
    completionTokens: usage.outputTokens.total ?? 0,
    cachedTokens: usage.inputTokens.cacheRead ?? 0,
    cacheWriteTokens: usage.inputTokens.cacheWrite ?? 0,
    reasoningTokens: usage.outputTokens.reasoning ?? 0,
  }
}
