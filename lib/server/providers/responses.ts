import type { Dialect } from './dialect.ts'
import { bearer, plainId, untagged } from './dialect.ts'
import { isReasoningModel, toOpenAiEffort } from './openai-models.ts'
import { createFetch } from './stall-timeout-fetch.ts'

const tag = 'openai'

/** OpenAI's Responses API, used without storing the conversation there. */
export const responses: Dialect = {
  async open(endpoint, model) {
    const { createOpenAI } = await import('@ai-sdk/openai')
    return createOpenAI({
      baseURL: endpoint.baseUrl,
      apiKey: endpoint.key ?? '',
      fetch: createFetch(endpoint),
    }).responses(model)
  },
  options: (request) => ({
    openai: {
      store: false,
      ...(request.tools.length === 0 ? {} : { parallelToolCalls: request.parallelToolCalls }),
      ...(toOpenAiEffort(request) === null ? {} : { reasoningEffort: toOpenAiEffort(request) }),
      ...(request.reasoningEffort === 'none' || !isReasoningModel(request.model)
        ? {}
        : { reasoningSummary: 'auto' }),
    },
  }),
  cacheMark: null,
  reasoning(part) {
    const encrypted = untagged(part.signature, tag)
    if (encrypted === null) return null
    const providerOptions = { openai: { reasoningEncryptedContent: encrypted } }
    return { type: 'reasoning', text: part.text, providerOptions }
  },
  // The metadata at the start of a part is incomplete.
  signature(metadata, atEnd) {
    if (!atEnd) return null
    const encrypted = metadata['openai']?.['reasoningEncryptedContent']
    return typeof encrypted === 'string' ? `${tag}:${encrypted}` : null
  },
  callId: plainId,
  modelsPath: '/models',
  authorization: bearer,
}
