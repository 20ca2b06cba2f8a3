import { toChatSignature } from './chat-opaque.ts'
import { createChatReader, LETTA_MEMBER, type LettaMember } from './chat-reader.ts'
import type { Dialect } from './dialect.ts'
import { bearer } from './dialect.ts'
import { member } from './json-members.ts'
import { isReasoningModel, toOpenAiEffort } from './openai-models.ts'
import type { ModelPart } from './provider.ts'

/** The dialect of OpenAI-compatible endpoints, including local servers. */
export const chatCompletions: Dialect = {
  async open(endpoint, model, fetch) {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
    return createOpenAICompatible({
      name: 'compatible',
      baseURL: endpoint.baseUrl,
      fetch,
      includeUsage: true,
      supportsStructuredOutputs: true,
      transformRequestBody: adaptToReasoningModels,
      ...(endpoint.key === null ? {} : { apiKey: endpoint.key }),
    }).chatModel(model)
  },
  createReader: createChatReader,
  readRaw,
  options: (request) => ({
    compatible: {
      ...(request.tools.length === 0 ? {} : { parallel_tool_calls: request.parallelToolCalls }),
      ...(toOpenAiEffort(request) === null ? {} : { reasoningEffort: toOpenAiEffort(request) }),
    },
  }),
  cacheMark: null,
  // Models that reason between tool calls need that reasoning back. Some refuse the reasoning of earlier turns.
  reasoning: (part, inCurrentTurn) =>
    inCurrentTurn && part.text !== '' ? { type: 'reasoning', text: part.text } : null,
  signature: () => null,
  callId: (id) => id,
  modelsPath: '/models',
  authorization: bearer,
}

function readRaw(event: unknown): readonly ModelPart[] {
  const ours = member(event, LETTA_MEMBER) as LettaMember | undefined
  if (ours?.textWasReasoning === true) return [{ type: 'textWasReasoning' }]
  if (ours?.opaque === undefined) return []
  return [{ type: 'reasoningSignature', signature: toChatSignature(ours.opaque) }]
}

/** OpenAI's reasoning models refuse `max_tokens`, the older name of the output limit, and any temperature. */
function adaptToReasoningModels(body: Record<string, unknown>): Record<string, unknown> {
  if (!isReasoningModel(String(body['model']))) return body
  const { max_tokens: limit, temperature: _, ...rest } = body
  return limit === undefined ? rest : { ...rest, max_completion_tokens: limit }
}
