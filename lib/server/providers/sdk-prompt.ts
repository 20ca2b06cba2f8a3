import { createHash } from 'node:crypto'
import { isRecord } from '../../util/is-record.ts'
import { wellFormed } from '../../util/parse-json.ts'
import { argumentsLeftOut, EMPTY_MESSAGE } from '../messages/prompts.ts'
import type { Dialect, PastAnswer } from './dialect.ts'
import { jsonDepth } from './json-depth.ts'
import type { ContentPart, JsonFormat, ModelMessage, ModelRequest, ModelTool } from './provider.ts'
import type { SdkCall, SdkMessage, SdkOptions } from './sdk-stream.ts'

type SdkAssistantContent = Extract<SdkMessage, { role: 'assistant' }>['content']
type SdkUserContent = Extract<SdkMessage, { role: 'user' }>['content']

/** Converts a request to the AI SDK's format. */
export function toSdkCall(request: ModelRequest, from: Dialect): SdkCall {
  const dialect = request.omitsCacheMarks === true ? { ...from, cacheMark: null } : from
  return {
    prompt: toPrompt(request.messages, dialect),
    providerOptions: dialect.options(request),
    ...(request.tools.length === 0 ? {} : toolOptions(request, dialect)),
    ...(request.maxOutputTokens === null ? {} : { maxOutputTokens: request.maxOutputTokens }),
    ...(request.temperature === null ? {} : { temperature: request.temperature }),
    ...(request.jsonFormat == null ? {} : { responseFormat: toResponseFormat(request.jsonFormat) }),
  }
}

function toResponseFormat({
  name,
  description,
  schema,
}: JsonFormat): NonNullable<SdkCall['responseFormat']> {
  return {
    type: 'json',
    ...(name === null ? {} : { name }),
    ...(description === null ? {} : { description }),
    ...(schema === null ? {} : { schema }),
  }
}

function toolOptions(request: ModelRequest, dialect: Dialect): Partial<SdkCall> {
  const choice = request.toolChoice ?? 'auto'
  return {
    tools: request.tools.map((tool, index) =>
      toSdkTool(tool, index === request.tools.length - 1 ? dialect.cacheMark : null),
    ),
    toolChoice:
      typeof choice === 'string'
        ? { type: choice }
        : { type: 'tool', toolName: plainToolName(choice.name) },
  }
}

function toSdkTool(
  tool: ModelTool,
  mark: SdkOptions | null,
): NonNullable<SdkCall['tools']>[number] {
  return {
    type: 'function',
    name: plainToolName(tool.name),
    description: tool.description,
    inputSchema: tool.parameters,
    ...(mark === null ? {} : { providerOptions: mark }),
  }
}

function toPrompt(messages: readonly ModelMessage[], dialect: Dialect): SdkCall['prompt'] {
  const firstOther = messages.findIndex((message) => message.role !== 'system')
  const leading = firstOther < 0 ? messages.length : firstOther
  const single = messages.flatMap((message, index): SdkMessage[] => {
    // Providers accept a system message only at the start; a later one is sent as a user message.
    if (message.role === 'system' && index >= leading) return [userMessage(message.text)]
    return toSdkMessages(message, dialect)
  })
  const prompt = joinNeighbours(single)
  const { cacheMark } = dialect
  if (cacheMark === null) return prompt
  const marked = new Set([prompt.findLastIndex(({ role }) => role === 'system'), prompt.length - 1])
  return prompt.map((message, index) =>
    marked.has(index) ? { ...message, providerOptions: cacheMark } : message,
  )
}

/**
 * Joins neighbours of the same role: many chat templates refuse two messages of a user in a row, which a failed turn leaves.
 * Google requires the results of an answer's calls in one message, and the others accept that too.
 */
function joinNeighbours(messages: readonly SdkMessage[]): SdkMessage[] {
  const joined: SdkMessage[] = []
  for (const message of messages) {
    const last = joined.at(-1)
    const pair = last === undefined ? null : joinPair(last, message)
    if (pair === null) joined.push(message)
    else joined[joined.length - 1] = pair
  }
  return joined
}

function joinPair(first: SdkMessage, second: SdkMessage): SdkMessage | null {
  if (first.role === 'tool' && second.role === 'tool') {
    return { ...first, content: [...first.content, ...second.content] }
  }
  if (first.role === 'user' && second.role === 'user') {
    return { ...first, content: joinTexts([...first.content, ...second.content]) }
  }
  if (first.role !== 'assistant' || second.role !== 'assistant') return null
  // The results of calls come between two answers.
  if (first.content.some((part) => part.type === 'tool-call')) return null
  return { ...first, ...second, content: joinTexts([...first.content, ...second.content]) }
}

/** One text in place of neighbouring ones: not every server accepts a list of them. */
function joinTexts<Part extends SdkAssistantContent[number] | SdkUserContent[number]>(
  parts: readonly Part[],
): Part[] {
  const joined: Part[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (last?.type === 'text' && part.type === 'text') {
      joined[joined.length - 1] = {
        ...last,
        text: last.text + (last.text.endsWith('\n\n') ? '' : '\n\n') + part.text,
      }
    } else joined.push(part)
  }
  return joined
}

function toSdkMessages(message: ModelMessage, dialect: Dialect): SdkMessage[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.text.toWellFormed() }]
    case 'user':
      return [{ role: 'user', content: toUserContent(message.content) }]
    case 'assistant': {
      const content = toAssistantContent(message, dialect)
      const options = dialect.answerOptions?.(message) ?? null
      const withOptions = options === null ? {} : { providerOptions: options }
      return content.length === 0 ? [] : [{ role: 'assistant', content, ...withOptions }]
    }
    case 'tool': {
      const type = message.isError ? 'error-text' : 'text'
      const output = { type, value: message.text.toWellFormed() } as const
      const toolName = plainToolName(message.name)
      const result = { toolCallId: dialect.callId(message.callId), toolName, output }
      return [{ role: 'tool', content: [{ type: 'tool-result', ...result }] }]
    }
  }
}

function userMessage(text: string): SdkMessage {
  return { role: 'user', content: [{ type: 'text', text: text.toWellFormed() }] }
}

/** Providers refuse an empty message, and with it every later request. */
function toUserContent(content: readonly ContentPart[]): SdkUserContent {
  const nonEmpty = content.filter((part) => part.type !== 'text' || part.text.trim() !== '')
  if (nonEmpty.length === 0) return [{ type: 'text', text: EMPTY_MESSAGE }]
  const parts = nonEmpty.map(toUserPart)
  const [first] = parts
  // Each first message has a reminder, and some local servers refuse a list of texts. Texts of a client stay as they are.
  return first?.type === 'text' && first.text.startsWith(REMINDER) ? joinTexts(parts) : parts
}

const REMINDER = '<system-reminder>'

function toUserPart(part: ContentPart): SdkUserContent[number] {
  if (part.type === 'text') return { ...part, text: part.text.toWellFormed() }
  return { type: 'file', mediaType: part.mediaType, data: part.base64 }
}

function toAssistantContent(message: PastAnswer, dialect: Dialect): SdkAssistantContent {
  const text = `${dialect.textBefore?.(message) ?? ''}${message.text}`.toWellFormed()
  return [
    ...message.reasoning.flatMap((part) => dialect.reasoning(part, message) ?? []),
    ...(text.trim() === '' ? [] : [{ type: 'text' as const, text }]),
    ...message.calls.map((call, index) => {
      const options = dialect.callOptions?.(message, index) ?? null
      return {
        type: 'tool-call' as const,
        toolCallId: dialect.callId(call.callId),
        toolName: plainToolName(call.name),
        input: parseArguments(call.args),
        ...(options === null ? {} : { providerOptions: options }),
      }
    }),
  ]
}

/**
 * A name that every provider accepts. What a model calls may be no name at all, and other programs create tools with long names:
 * a provider refuses every request with one of them. Long names that begin alike stay different.
 */
export function plainToolName(name: string): string {
  const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_').replace(/^(?![a-zA-Z_])/, '_')
  if (plain.length <= MAX_NAME_CHARACTERS) return plain
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `${plain.slice(0, MAX_NAME_CHARACTERS - hash.length - 1)}_${hash}`
}

const MAX_NAME_CHARACTERS = 64
/** Parsers of providers end at a hundred levels or later; larger arguments exceed every context window. */
const MAX_DEPTH = 90
const MAX_ARGUMENTS_CHARACTERS = 2_000_000

/** Providers refuse a history with arguments that are not an object, so malformed ones are wrapped. */
function parseArguments(args: string): unknown {
  if (args.length > MAX_ARGUMENTS_CHARACTERS || jsonDepth(args) > MAX_DEPTH) {
    return { left_out: argumentsLeftOut(args.length) }
  }
  try {
    const parsed: unknown = JSON.parse(args === '' ? '{}' : args, wellFormed)
    if (isRecord(parsed)) return parsed
  } catch {
    // Wrapped below.
  }
  return { malformed: args.toWellFormed() }
}
