import { NO_REASONING } from '../messages/prompts.ts'
import { readChatSignature, toChatSignature } from './chat-opaque.ts'
import { createChatReader, LETTA_MEMBER, type LettaMember } from './chat-reader.ts'
import type { Dialect, PastAnswer } from './dialect.ts'
import { bearer } from './dialect.ts'
import { member } from './json-members.ts'
import { isReasoningModel, toOpenAiEffort } from './openai-models.ts'
import type { ModelPart } from './provider.ts'
import type { SdkOptions } from './sdk-stream.ts'

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
  // Models that reason between tool calls require that reasoning back. They ignore, or refuse, that of other answers.
  reasoning: (part, answer) =>
    part.text !== '' && returnsReasoning(answer) && reasoningMember(answer) === 'reasoning_content'
      ? { type: 'reasoning', text: part.text }
      : null,
  answerOptions(answer) {
    if (answer.isForeign === true) return foreignOptions(answer)
    const member = reasoningMember(answer)
    const text = joinReasoning(answer)
    const isNamed = member === 'reasoning' && returnsReasoning(answer) && text !== ''
    const message = answer.calls.length === 0 ? {} : readChatSignature(answer.reasoning)?.message
    const isMissing = answer.isReasoningRequired === true && text === ''
    return {
      openaiCompatible: {
        ...(isNamed ? { reasoning: text } : {}),
        ...(isMissing ? { reasoning_content: NO_REASONING } : {}),
        ...(message as object),
      },
    }
  },
  textBefore(answer) {
    const text = joinReasoning(answer)
    const isTagged = reasoningMember(answer) === 'tags' && returnsReasoning(answer) && text !== ''
    return isTagged ? `<think>${text}</think>\n\n` : ''
  },
  callOptions(answer, index) {
    const opaque = answer.isForeign === true ? null : readChatSignature(answer.reasoning)
    const members = opaque?.calls?.[index]
    return members === undefined ? null : { openaiCompatible: members as JsonValues }
  },
  signature: () => null,
  callId: (id) => id,
  version: 'v1',
  modelsPath: '/models',
  answersPath: '/chat/completions',
  authorization: bearer,
}

type JsonValues = SdkOptions[string]

function returnsReasoning({ calls, isForeign, isReasoningRequired }: PastAnswer): boolean {
  return (calls.length > 0 || isReasoningRequired === true) && isForeign !== true
}

function foreignOptions({ isReasoningRequired }: PastAnswer): SdkOptions | null {
  return isReasoningRequired === true
    ? { openaiCompatible: { reasoning_content: NO_REASONING } }
    : null
}

/** Where the provider sent the reasoning, and so expects it. `reasoning_details` contain it already. */
function reasoningMember(answer: PastAnswer): 'reasoning_content' | 'reasoning' | 'tags' | null {
  const opaque = readChatSignature(answer.reasoning)
  if (opaque?.message?.['reasoning_details'] !== undefined) return null
  return opaque?.reasoningIn ?? 'reasoning_content'
}

function joinReasoning({ reasoning }: PastAnswer): string {
  return reasoning.map(({ text }) => text).join('')
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
