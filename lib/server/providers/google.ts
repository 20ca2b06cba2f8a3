import type { Dialect } from './dialect.ts'
import { plainId, untagged } from './dialect.ts'
import { createEventReader } from './event-reader.ts'
import { member, members } from './json-members.ts'
import type { ModelRequest } from './provider.ts'
import type { SdkOptions } from './sdk-stream.ts'

/** Gemini signs the first call of an answer instead of its thoughts. The signature is stored as reasoning without text. */
const tag = 'google'

export const google: Dialect = {
  async open(endpoint, model, fetch) {
    const { createGoogleGenerativeAI } = await import('@ai-sdk/google')
    return createGoogleGenerativeAI({
      baseURL: endpoint.baseUrl,
      apiKey: endpoint.key ?? '',
      fetch,
    })(model)
  },
  createReader: () =>
    createEventReader((event) =>
      members(event, 'candidates').some((one) => typeof member(one, 'finishReason') === 'string')
        ? 'finished'
        : 'open',
    ),
  options: (request) => ({ google: thinkingOptions(request) }),
  // Gemini caches prefixes automatically.
  cacheMark: null,
  reasoning: () => null,
  signature: () => null,
  callSignature(metadata) {
    const signature = metadata['google']?.['thoughtSignature']
    return typeof signature === 'string' ? `${tag}:${signature}` : null
  },
  callOptions({ reasoning }, index) {
    if (index > 0) return null
    const signed = reasoning.map((part) => untagged(part.signature, tag))
    const thoughtSignature = signed.find((signature) => signature !== null)
    return thoughtSignature === undefined ? null : { google: { thoughtSignature } }
  },
  callId: plainId,
  version: 'v1beta',
  modelsPath: '/models?pageSize=1000',
  rowsOf: (list) => members(list, 'models').flatMap(rowOf),
  authorization: (key) => ({ 'x-goog-api-key': key }),
}

const budgets = { none: 0, low: 2_048, medium: 8_192, high: 24_576 } as const

/** Gemini 2.5 gets a token budget for thinking, later models a level. Earlier models do not think. */
function thinkingOptions({
  model,
  reasoningEffort,
}: ModelRequest): NonNullable<SdkOptions[string]> {
  const version = Number(/gemini-(\d+(?:\.\d+)?)/.exec(model)?.[1] ?? 0)
  if (version < 2.5) return {}
  const includeThoughts = reasoningEffort !== 'none'
  if (reasoningEffort === null) return { thinkingConfig: { includeThoughts } }
  if (version < 3) {
    // Thinking cannot be disabled in the Pro model.
    const minBudget = model.includes('pro') ? 128 : 0
    const thinkingBudget = Math.max(minBudget, budgets[reasoningEffort])
    return { thinkingConfig: { includeThoughts, thinkingBudget } }
  }
  const thinkingLevel = reasoningEffort === 'none' ? 'low' : reasoningEffort
  return { thinkingConfig: { includeThoughts, thinkingLevel } }
}

/** Converts a row of Google's list to the format of other lists; none for a model that does not generate text. */
function rowOf(row: unknown): readonly unknown[] {
  const name = member(row, 'name')
  if (typeof name !== 'string') return []
  if (!members(row, 'supportedGenerationMethods').includes('generateContent')) return []
  return [
    {
      id: name.replace(/^models\//, ''),
      display_name: member(row, 'displayName'),
      max_input_tokens: member(row, 'inputTokenLimit'),
      max_output_tokens: member(row, 'outputTokenLimit'),
    },
  ]
}
