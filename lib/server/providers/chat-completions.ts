import type { Dialect } from './dialect.ts'
import { bearer } from './dialect.ts'
import { effortOf, isReasoningModel } from './openai-models.ts'
import { createFetch } from './stall-timeout-fetch.ts'

/** The dialect of every OpenAI-compatible endpoint, local servers included. */
export const chatCompletions: Dialect = {
  async open(endpoint, model) {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
    return createOpenAICompatible({
      name: 'compatible',
      baseURL: endpoint.baseUrl,
      fetch: createFetch(endpoint),
      includeUsage: true,
      transformRequestBody: forReasoningModels,
      ...(endpoint.key === null ? {} : { apiKey: endpoint.key }),
    }).chatModel(model)
  },
  options: (request) => ({
    compatible: {
      ...(request.tools.length === 0 ? {} : { parallel_tool_calls: request.parallelToolCalls }),
      ...(effortOf(request) === null ? {} : { reasoningEffort: effortOf(request) }),
    },
  }),
  cacheMark: null,
  // Models that think between tool calls want that thinking back; that of earlier turns some refuse.
  reasoning: (part, inCurrentTurn) =>
    inCurrentTurn && part.text !== '' ? { type: 'reasoning', text: part.text } : null,
  signature: () => null,
  callId: (id) => id,
  modelsPath: '/models',
  authorization: bearer,
}

/** OpenAI's reasoning models refuse the older name of the output limit, and any temperature. */
function forReasoningModels(body: Record<string, unknown>): Record<string, unknown> {
  if (!isReasoningModel(String(body['model']))) return body
  const { max_tokens: limit, temperature: _, ...rest } = body
  return limit === undefined ? rest : { ...rest, max_completion_tokens: limit }
}
