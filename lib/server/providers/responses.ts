import type { Dialect } from './dialect.ts'
import { bearer, plainId, untagged } from './dialect.ts'
import { createEventReader } from './event-reader.ts'
import { member } from './json-members.ts'
import { isReasoningModel, toOpenAiEffort } from './openai-models.ts'

const tag = 'openai'

/** OpenAI's Responses API, used without storing the conversation there. */
export const responses: Dialect = {
  async open(endpoint, model, fetch) {
    const { createOpenAI } = await import('@ai-sdk/openai')
    return createOpenAI({
      baseURL: endpoint.baseUrl,
      apiKey: endpoint.key ?? '',
      fetch,
    }).responses(model)
  },
  createReader: () =>
    createEventReader((event) =>
      /^response\.(completed|incomplete|failed)$/.test(String(member(event, 'type')))
        ? 'ended'
        : 'open',
    ),
  options: (request) => ({
    openai: {
      store: false,
      ...(request.cacheKey === undefined ? {} : { promptCacheKey: request.cacheKey }),
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
  version: 'v1',
  modelsPath: '/models',
  authorization: bearer,
}
