import { createHash } from 'node:crypto'
import { isRecord, type JsonObject } from '../../util/is-record.ts'
import {
  callInWords,
  EMPTY_MESSAGE,
  imageInWords,
  NO_ANSWER,
  resultInWords,
} from '../messages/prompts.ts'
import { limitNotice, type RepairedPart, repairNotice } from '../messages/providers.ts'
import type { ContentPart, ModelMessage, ModelRequest, Provider } from '../providers/provider.ts'
import { ProviderError } from '../providers/provider.ts'

/** A change to a request that a provider has refused, after which it may accept it. */
interface Repair {
  readonly name: string
  /** What a person reads when it is made. */
  readonly notice: string
  apply(request: ModelRequest): ModelRequest
}

interface RepairKind {
  readonly part: RepairedPart
  /** Matched against the reason of the provider. */
  readonly pattern: RegExp
  isPossible(request: ModelRequest): boolean
  apply(request: ModelRequest): ModelRequest
}

/** The repair for an error that names a part of the request; null when it names none, or only those of `made`. */
export function findRepair(
  thrown: unknown,
  request: ModelRequest,
  { provider, made }: { readonly provider: Provider; readonly made: readonly Repair[] },
): Repair | null {
  if (!(thrown instanceof ProviderError)) return null
  const reason = thrown.message
  if (!REJECTIONS.has(thrown.type) && !limitsOutput(reason, request)) return null
  const isNew = (name: string): boolean => made.every((one) => one.name !== name)
  const parameter = findParameter(reason)
  if (parameter !== null && isNew(parameter)) return omitParameter(parameter, reason, provider)
  const kind = REPAIRS.find(
    (one) => isNew(one.part) && one.pattern.test(reason) && one.isPossible(request),
  )
  if (kind === undefined) return null
  const { part, apply } = kind
  return { name: part, notice: repairNotice(provider.title, part), apply }
}

/** A template that fails is an error of the server; some servers report a bad request in the stream. */
const REJECTIONS = new Set<ProviderError['type']>(['refused', 'server', 'interrupted'])

/** Where the effort is sent, by provider. */
const EFFORT_PARAMETERS = ['reasoning_effort', 'output_config', 'effort', 'thinking', 'reasoning']

/** Optional members of requests, and a header, which not every server knows. */
const PARAMETERS = [
  'anthropic-beta',
  'stream_options',
  'parallel_tool_calls',
  'disable_parallel_tool_use',
  'prompt_cache_key',
  'tool_choice',
  'response_format',
  'max_completion_tokens',
  'max_tokens',
  'max_output_tokens',
  'temperature',
  'include',
  'store',
  'strict',
  ...EFFORT_PARAMETERS,
]
/** A reason that names one of these is about it, whatever else it says; the others are words, too. */
const UNMISTAKABLE = /_|-|^temperature$/
const NOT_ACCEPTED =
  /unknown|unsupported|not supported|unrecognized|unexpected|extra (inputs|fields)|not permitted|not allowed|invalid (parameter|argument|field)|deprecated|does not support|no such|cannot find field|not a valid/i

const OUTPUT_LIMIT_TOO_LARGE =
  /max_(completion_|output_)?tokens.*(at most|less than|too (large|high)|(must|should) be|range|> ?\d)|range of max_|maximum tokens you requested/i
/** It is about the answer alone, though it may name the window. */
const OUTPUT_ALONE =
  /max_(completion_|output_)?tokens\W*(must|should) be (at most|less than)|maximum tokens you requested/i
/** vLLM counts the output that is asked for with the prompt: "too large: 5000 … (5000 > 4096 - 3000)". */
const OUTPUT_WITHOUT_ROOM = /max_(?:completion_)?tokens.*too large.*> ?(\d+) ?- ?(\d+)/is

/** Whether a prompt that is too long, as it seems, is only too long together with the answer that is asked for. */
function limitsOutput(reason: string, { maxOutputTokens }: ModelRequest): boolean {
  if (OUTPUT_WITHOUT_ROOM.test(reason)) return true
  const limit = OUTPUT_ALONE.test(reason) ? largestOutput(reason) : null
  return limit !== null && maxOutputTokens !== null && limit < maxOutputTokens
}

function findParameter(reason: string): string | null {
  if (/\bbeta (flag|header)/i.test(reason)) return 'anthropic-beta'
  if (/maximum tokens you requested|range of max_tokens/i.test(reason)) return 'max_tokens'
  const isCertain = NOT_ACCEPTED.test(reason) || OUTPUT_LIMIT_TOO_LARGE.test(reason)
  const named = PARAMETERS.filter(
    (name) =>
      (isCertain || UNMISTAKABLE.test(name)) &&
      new RegExp(`(^|[^\\w-])${name}([^\\w-]|$)`).test(reason),
  )
  // "Use max_completion_tokens instead of max_tokens": the one that is refused comes first.
  return named.toSorted((one, other) => reason.indexOf(one) - reason.indexOf(other))[0] ?? null
}

/** An output limit that is too large is lowered, because some providers require one. */
function omitParameter(name: string, reason: string, { title }: Provider): Repair {
  const limit = OUTPUT_LIMIT_TOO_LARGE.test(reason) ? largestOutput(reason) : null
  if (limit !== null) {
    const notice = limitNotice(title, limit)
    return { name, notice, apply: (request) => ({ ...request, maxOutputTokens: limit }) }
  }
  const isRenamed = name === 'max_tokens' && reason.includes('max_completion_tokens')
  const notice = repairNotice(title, { parameter: name })
  const changed = { [name]: isRenamed ? 'max_completion_tokens' : null }
  const isEffort = EFFORT_PARAMETERS.includes(name)
  const apply = (request: ModelRequest): ModelRequest => ({
    ...(isEffort ? withoutEffort(request) : request),
    renamedMembers: { ...request.renamedMembers, ...changed },
  })
  return { name, notice, apply }
}

/** The number after the words that name a limit, or the smallest; null when the reason contains none. */
function largestOutput(reason: string): number | null {
  const [, window, prompt] = OUTPUT_WITHOUT_ROOM.exec(reason) ?? []
  const room = Number(window) - Number(prompt)
  if (room > 0) return room
  const [, last] = /[[(] ?\d+ ?, ?(\d+) ?[\])]/.exec(reason) ?? []
  if (last !== undefined) return Number(last)
  const [, isLess, named] =
    /(?:((?:less|lower) than(?! or equal))|less than or equal to|at most|no more than|limit of|<=|>)\D{0,40}(\d+)/i.exec(
      reason,
    ) ?? []
  const numbers =
    named === undefined ? (reason.replace(/ \(\d{3}\):/, '').match(/\d+/g) ?? []) : [named]
  const smallest = Math.min(...numbers.map(Number)) - (isLess === undefined ? 0 : 1)
  return Number.isFinite(smallest) && smallest > 0 ? smallest : null
}

type PromptAnswer = Extract<ModelMessage, { role: 'assistant' }>

const withoutEffort = (request: ModelRequest): ModelRequest => ({
  ...request,
  reasoningEffort: null,
})
const hasImages = ({ messages }: ModelRequest): boolean =>
  messages.some(
    (message) => message.role === 'user' && message.content.some((part) => part.type === 'image'),
  )
const hasAnswer =
  (isMeant: (answer: PromptAnswer) => boolean) =>
  ({ messages }: ModelRequest): boolean =>
    messages.some((message) => message.role === 'assistant' && isMeant(message))
const hasCalls = hasAnswer(({ calls }) => calls.length > 0)
/** The text of an answer that consists of calls; some servers refuse null for it, others an empty one. */
const isWordless = ({ text, calls }: PromptAnswer): boolean =>
  text.trim() === '' && calls.length > 0

/** In the order in which they are tried. */
const REPAIRS: readonly RepairKind[] = [
  {
    part: 'cacheMarks',
    pattern: /cache.?control/i,
    isPossible: ({ omitsCacheMarks }) => omitsCacheMarks !== true,
    apply: (request) => ({ ...request, omitsCacheMarks: true }),
  },
  {
    part: 'roles',
    pattern:
      /prefill|must end with a (user|tool)|assistant messages? at the end|no user (query|message)/i,
    isPossible: () => true,
    apply: (request) => ({ ...request, messages: alternateRoles(request.messages) }),
  },
  {
    part: 'wordlessAnswers',
    pattern:
      /\bcontent.{0,80}\b(null|none|empty|blank|missing|required|whitespace)|\b(null|none|empty|blank|missing|required)\b.{0,80}\bcontent\b|non-empty|invalid type: null/i,
    isPossible: hasAnswer(isWordless),
    apply: (request) =>
      mapMessages(request, (message) =>
        message.role === 'assistant' && isWordless(message)
          ? { ...message, text: EMPTY_MESSAGE }
          : message,
      ),
  },
  {
    part: 'images',
    pattern:
      /image|vision|visual|multi.?modal|mmproj|picture|photo|base64|content.{0,60}(string|text)/i,
    isPossible: hasImages,
    apply: (request) => mapMessages(request, describeImages),
  },
  {
    part: 'textParts',
    pattern:
      /content.{0,80}(must be|expected|should be|invalid type|valid).{0,40}string|expected a string/i,
    isPossible: ({ messages }) =>
      messages.some((message) => message.role === 'user' && message.content.length > 1),
    apply: (request) => mapMessages(request, joinText),
  },
  {
    part: 'unsignedCalls',
    pattern:
      /(reasoning|thought|thinking|signature).*\b(missing|must|required|expected|provide|pass)|\b(missing|must|required|expected|without).*(reasoning|thought|thinking|signature)/i,
    isPossible: hasAnswer((answer) => answer.calls.length > 0 && lacksReasoning(answer)),
    apply: (request) => ({ ...request, messages: callsInWords(request.messages, lacksReasoning) }),
  },
  {
    part: 'missingReasoning',
    pattern:
      /reasoning_content.{0,80}\b(missing|must|required|needs?)\b|\b(missing|must|requires?|needs?)\b.{0,80}reasoning_content/i,
    isPossible: hasAnswer(({ isReasoningRequired }) => isReasoningRequired !== true),
    apply: (request) =>
      mapMessages(request, (message) =>
        message.role === 'assistant' ? { ...message, isReasoningRequired: true } : message,
      ),
  },
  {
    part: 'effort',
    pattern:
      /\bbudget\b|\beffort\b|\bthink(ing)? (value|level)|only works in thinking|not support(ed)? (think|reason)|(think|reason)(ing)? (is|are) not|reasoning summar|'(none|minimal|low|medium|high|xhigh)'/i,
    isPossible: ({ renamedMembers }) => renamedMembers?.['reasoning'] !== null,
    apply: (request) => ({
      ...withoutEffort(request),
      renamedMembers: { ...request.renamedMembers, reasoning: null, reasoning_effort: null },
    }),
  },
  {
    part: 'reasoning',
    pattern: /reasoning|thought|thinking|signature|encrypted|\brs_/i,
    isPossible: ({ messages }) =>
      messages.some((message) => message.role === 'assistant' && message.reasoning.length > 0),
    apply: (request) =>
      mapMessages(request, (message) =>
        message.role === 'assistant' ? { ...message, reasoning: [] } : message,
      ),
  },
  {
    part: 'callIds',
    pattern: /(tool.?call|call|tool.?use)?.?id\b.*(length|must|invalid|characters|match|pattern)/i,
    isPossible: hasCalls,
    apply: (request) => mapMessages(request, shortenIds),
  },
  {
    part: 'roles',
    pattern:
      /\broles?\b.*(alternate|alternating|after|order|expected|last)|(unexpected|expected|last).*\brole\b|alternating|alternate/i,
    isPossible: () => true,
    apply: (request) => ({ ...request, messages: alternateRoles(request.messages) }),
  },
  {
    part: 'systemAndTools',
    pattern: /\broles?\b|system (prompt|message)|developer instruction/i,
    isPossible: () => true,
    apply: (request) => ({
      ...request,
      messages: alternateRoles(withoutSystem(callsInWords(request.messages, () => true))),
    }),
  },
  {
    part: 'calls',
    pattern:
      /tool_calls?\b|tool call arguments|filter 'items'|tool_use\b|tool_(results?|output|call_id)\b|call_id\b|function_calls?\b|function (calls?|responses?)\b|tool messages?\b|duplicate item/i,
    isPossible: hasCalls,
    apply: (request) => ({ ...request, messages: callsInWords(request.messages, () => true) }),
  },
  {
    part: 'schemas',
    pattern:
      /schema|additionalProperties|exclusive|minimum|maximum|m(in|ax)(Length|Items)|\bpattern\b|anyOf|\$ref|payload/i,
    isPossible: ({ tools }) => tools.length > 0,
    apply: (request) => ({
      ...request,
      tools: request.tools.map((tool) => ({ ...tool, parameters: plainSchema(tool.parameters) })),
    }),
  },
  {
    part: 'tools',
    pattern:
      /\btools?\b.*(support|use|requires|enable|not)|(support|no|without).*\b(tools?|function.?call)/i,
    isPossible: ({ tools }) => tools.length > 0,
    apply: (request) => ({
      ...request,
      tools: [],
      messages: callsInWords(request.messages, () => true),
    }),
  },
]

function mapMessages(
  request: ModelRequest,
  convert: (message: ModelMessage) => ModelMessage,
): ModelRequest {
  return { ...request, messages: request.messages.map(convert) }
}

function describeImages(message: ModelMessage): ModelMessage {
  if (message.role !== 'user') return message
  return joinText({ ...message, content: message.content.map(describeImage) })
}

function describeImage(part: ContentPart): ContentPart {
  if (part.type === 'text') return part
  const bytes = Math.floor((part.base64.length * 3) / 4)
  return { type: 'text', text: imageInWords(part.mediaType, bytes) }
}

/** One text in place of several. */
function joinText(message: ModelMessage): ModelMessage {
  if (message.role !== 'user' || message.content.some((part) => part.type === 'image'))
    return message
  const texts = message.content.map((part) => (part.type === 'text' ? part.text : ''))
  return { ...message, content: [{ type: 'text', text: texts.join('\n\n') }] }
}

/** An answer of another model, or one that has nothing of what the provider requires. */
function lacksReasoning({ isForeign, reasoning }: PromptAnswer): boolean {
  return isForeign === true || reasoning.length === 0
}

/** Replaces the calls of some answers, and their results, by text. */
function callsInWords(
  messages: readonly ModelMessage[],
  isReplaced: (answer: PromptAnswer) => boolean,
): readonly ModelMessage[] {
  const replaced = new Set<string>()
  return messages.map((message): ModelMessage => {
    if (message.role === 'assistant' && message.calls.length > 0 && isReplaced(message)) {
      for (const { callId } of message.calls) replaced.add(callId)
      const calls = message.calls.map(({ name, args }) => callInWords(name, args))
      const text = [message.text, ...calls].filter((one) => one.trim() !== '').join('\n')
      return { role: 'assistant', reasoning: [], text, calls: [], isForeign: true }
    }
    // A call id belongs to the latest answer that has it.
    if (message.role === 'assistant')
      for (const { callId } of message.calls) replaced.delete(callId)
    if (message.role !== 'tool' || !replaced.has(message.callId)) return message
    const text = resultInWords(message.name, message.text)
    return { role: 'user', content: [{ type: 'text', text }] }
  })
}

/** The ids that Mistral accepts: nine letters and digits. */
function shortenIds(message: ModelMessage): ModelMessage {
  const shorten = (id: string): string =>
    createHash('sha256')
      .update(id)
      .digest('base64')
      .replace(/[^a-zA-Z0-9]/g, '')
      .slice(0, 9)
  if (message.role === 'tool') return { ...message, callId: shorten(message.callId) }
  if (message.role !== 'assistant') return message
  const calls = message.calls.map((call) => ({ ...call, callId: shorten(call.callId) }))
  return { ...message, calls }
}

/** No message of a user after a result, none of the agent first or last. */
function alternateRoles(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  const noAnswer: ModelMessage = { role: 'assistant', reasoning: [], text: NO_ANSWER, calls: [] }
  const nothing: ModelMessage = { role: 'user', content: [{ type: 'text', text: EMPTY_MESSAGE }] }
  const alternating = messages.flatMap((message, index): ModelMessage[] => {
    const before = messages[index - 1]?.role ?? 'system'
    if (message.role === 'user' && before === 'tool') return [noAnswer, message]
    if (message.role === 'assistant' && before === 'system') return [nothing, message]
    return [message]
  })
  return alternating.at(-1)?.role === 'assistant' ? [...alternating, nothing] : alternating
}

/** The system prompt as the first message of the user. */
function withoutSystem(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  return messages.map((message) =>
    message.role === 'system'
      ? { role: 'user', content: [{ type: 'text', text: message.text }] }
      : message,
  )
}

const SCHEMA_MEMBERS = new Set(['type', 'description', 'properties', 'required', 'items', 'enum'])

/** A schema with what every server knows. */
function plainSchema(schema: JsonObject): JsonObject {
  const alternatives = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(alternatives)) {
    const first = alternatives.find((one) => isRecord(one) && one['type'] !== 'null')
    const { description } = schema
    const described = typeof description === 'string' ? { description } : {}
    return { ...plainSchema(isRecord(first) ? first : { type: 'string' }), ...described }
  }
  const members = Object.entries(schema).flatMap(([name, value]): [string, unknown][] => {
    if (!SCHEMA_MEMBERS.has(name)) return []
    if (name === 'type' && Array.isArray(value)) {
      return [[name, value.find((one) => one !== 'null') ?? 'string']]
    }
    if (name === 'properties' && isRecord(value)) {
      const plain = Object.entries(value).map(([key, one]) => [
        key,
        isRecord(one) ? plainSchema(one) : { type: 'string' },
      ])
      return [[name, Object.fromEntries(plain)]]
    }
    if (name === 'items') return [[name, isRecord(value) ? plainSchema(value) : { type: 'string' }]]
    return [[name, value]]
  })
  return Object.fromEntries(members)
}

const madeBefore = new WeakMap<Provider, Map<string, Repair[]>>()

/** The repairs that a model has needed, which are made at once from then on. */
export function repairsOf(provider: Provider, model: string): Repair[] {
  const byModel = madeBefore.get(provider) ?? new Map<string, Repair[]>()
  madeBefore.set(provider, byModel)
  const made = byModel.get(model) ?? []
  byModel.set(model, made)
  return made
}
