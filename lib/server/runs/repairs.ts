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
  if (!REJECTIONS.has(thrown.type) && !OUTPUT_WITHOUT_ROOM.test(reason)) return null
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

/** Optional members of requests, which not every server knows. */
const PARAMETERS = [
  'stream_options',
  'parallel_tool_calls',
  'disable_parallel_tool_use',
  'reasoning_effort',
  'tool_choice',
  'response_format',
  'max_completion_tokens',
  'max_tokens',
  'max_output_tokens',
  'temperature',
  'thinking',
  'reasoning',
  'include',
  'store',
  'strict',
]
const NOT_ACCEPTED =
  /unknown|unsupported|not supported|unrecognized|unexpected|extra (inputs|fields)|not permitted|not allowed|invalid (parameter|argument|field)|deprecated|does not support|no such|cannot find field|not a valid/i

const OUTPUT_LIMIT_TOO_LARGE =
  /max_(completion_|output_)?tokens.*(at most|less than|too (large|high)|must be|range|> ?\d)/i
/** vLLM counts the output that is asked for with the prompt: "too large: 5000 … (5000 > 4096 - 3000)". */
const OUTPUT_WITHOUT_ROOM = /max_(?:completion_)?tokens.*too large.*> ?(\d+) ?- ?(\d+)/is

function findParameter(reason: string): string | null {
  if (!NOT_ACCEPTED.test(reason) && !OUTPUT_LIMIT_TOO_LARGE.test(reason)) return null
  const named = PARAMETERS.filter((name) => new RegExp(`(^|[^\\w])${name}([^\\w]|$)`).test(reason))
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
  return {
    name,
    notice,
    apply: (request) => ({
      ...request,
      renamedMembers: { ...request.renamedMembers, ...changed },
    }),
  }
}

/** The number after the words that name a limit, or the smallest; null when the reason contains none. */
function largestOutput(reason: string): number | null {
  const [, window, prompt] = OUTPUT_WITHOUT_ROOM.exec(reason) ?? []
  const room = Number(window) - Number(prompt)
  if (room > 0) return room
  const [, isLess, named] =
    /(?:(less than)|at most|no more than|<=|>)\D{0,40}(\d+)/i.exec(reason) ?? []
  const numbers = named === undefined ? (reason.match(/\d+/g) ?? []) : [named]
  const smallest = Math.min(...numbers.map(Number)) - (isLess === undefined ? 0 : 1)
  return Number.isFinite(smallest) && smallest > 0 ? smallest : null
}

const hasImages = ({ messages }: ModelRequest): boolean =>
  messages.some(
    (message) => message.role === 'user' && message.content.some((part) => part.type === 'image'),
  )
const hasCalls = ({ messages }: ModelRequest): boolean =>
  messages.some((message) => message.role === 'assistant' && message.calls.length > 0)

/** In the order in which they are tried. */
const REPAIRS: readonly RepairKind[] = [
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
      /(reasoning|thought|thinking|signature).*(missing|must|required|expected|provide|pass)|(missing|must|required|expected|without).*(reasoning|thought|thinking|signature)/i,
    isPossible: hasCalls,
    apply: (request) => ({ ...request, messages: callsInWords(request.messages, lacksReasoning) }),
  },
  {
    part: 'reasoning',
    pattern: /reasoning|thought|thinking|signature/i,
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

type PromptAnswer = Extract<ModelMessage, { role: 'assistant' }>

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
