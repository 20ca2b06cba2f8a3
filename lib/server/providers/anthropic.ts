import type { Dialect } from './dialect.ts'
import { plainId, untagged } from './dialect.ts'
import { createEventReader } from './event-reader.ts'
import { member } from './json-members.ts'
import type { ModelRequest } from './provider.ts'
import type { SdkOptions } from './sdk-stream.ts'

const tag = 'anthropic'
const redactedTag = 'anthropic-redacted'

export const anthropic: Dialect = {
  async open(endpoint, model, fetch) {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    return createAnthropic({
      baseURL: endpoint.baseUrl,
      apiKey: endpoint.key ?? '',
      fetch,
      headers: { 'anthropic-beta': 'interleaved-thinking-2025-05-14' },
    })(model)
  },
  createReader: () =>
    createEventReader((event) => (member(event, 'type') === 'message_stop' ? 'ended' : 'open')),
  options: (request) => ({
    anthropic: {
      ...thinkingOptions(request),
      ...(request.tools.length === 0 ? {} : { disableParallelToolUse: !request.parallelToolCalls }),
    },
  }),
  cacheMark: { anthropic: { cacheControl: { type: 'ephemeral' } } },
  reasoning(part) {
    const signature = untagged(part.signature, tag)
    const redactedData = untagged(part.signature, redactedTag)
    if (signature !== null) {
      return { type: 'reasoning', text: part.text, providerOptions: { anthropic: { signature } } }
    }
    if (redactedData === null) return null
    return { type: 'reasoning', text: '', providerOptions: { anthropic: { redactedData } } }
  },
  signature(metadata) {
    const { signature, redactedData } = metadata['anthropic'] ?? {}
    if (typeof signature === 'string') return `${tag}:${signature}`
    return typeof redactedData === 'string' ? `${redactedTag}:${redactedData}` : null
  },
  callId: plainId,
  // Anthropic lists twenty models by default.
  version: 'v1',
  modelsPath: '/models?limit=1000',
  answersPath: '/messages',
  authorization: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
}

const budgets = { low: 4_096, medium: 12_288, high: 32_000 } as const

/** Older models get a token budget for thinking, newer ones an effort. */
function thinkingOptions(request: ModelRequest): NonNullable<SdkOptions[string]> {
  const effort = request.reasoningEffort
  if (effort === null || effort === 'none' || lacksThinkingInTurn(request)) return {}
  if (thinksByEffort(request.model)) return { thinking: { type: 'adaptive' }, effort }
  const budget = Math.min(budgets[effort], Math.floor((request.maxOutputTokens ?? 64_000) / 2))
  return budget < 1_024 ? {} : { thinking: { type: 'enabled', budgetTokens: budget } }
}

function thinksByEffort(model: string): boolean {
  return !/claude-(3|(sonnet|opus|haiku)-4(-[0-5])?(-\d{8})?$)/.test(model)
}

/** With thinking enabled, Anthropic refuses a tool loop whose first answer contains no thinking by Anthropic. */
function lacksThinkingInTurn({ messages }: ModelRequest): boolean {
  const turn = messages.slice(messages.findLastIndex((message) => message.role === 'user') + 1)
  const first = turn.find((message) => message.role === 'assistant')
  if (first === undefined || first.calls.length === 0) return false
  return !first.reasoning.some((part) => part.signature?.startsWith(tag) === true)
}
