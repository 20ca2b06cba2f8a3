import { isRecord } from '../../util/is-record.ts'
import { EMPTY_MESSAGE } from '../messages/prompts.ts'
import type { Dialect } from './dialect.ts'
import type {
  ContentPart,
  JsonFormat,
  ModelMessage,
  ModelRequest,
  ModelTool,
  ReasoningPart,
} from './provider.ts'
import type { SdkCall, SdkMessage, SdkOptions } from './sdk-stream.ts'

type SdkAssistantContent = Extract<SdkMessage, { role: 'assistant' }>['content']
type SdkUserContent = Extract<SdkMessage, { role: 'user' }>['content']

/** Converts a request to the AI SDK's format. */
export function toSdkCall(request: ModelRequest, dialect: Dialect): SdkCall {
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
      typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.name },
  }
}

function toSdkTool(
  tool: ModelTool,
  mark: SdkOptions | null,
): NonNullable<SdkCall['tools']>[number] {
  return {
    type: 'function',
    name: tool.name,
    description: tool.description,
    inputSchema: tool.parameters,
    ...(mark === null ? {} : { providerOptions: mark }),
  }
}

function toPrompt(messages: readonly ModelMessage[], dialect: Dialect): SdkCall['prompt'] {
  const turnStart = messages.findLastIndex((message) => message.role === 'user')
  const firstOther = messages.findIndex((message) => message.role !== 'system')
  const leading = firstOther < 0 ? messages.length : firstOther
  const single = messages.flatMap((message, index): SdkMessage[] => {
    // Providers accept a system message only at the start; a later one is sent as a user message.
    if (message.role === 'system' && index >= leading) return [userMessage(message.text)]
    return toSdkMessages(message, index > turnStart, dialect)
  })
  const prompt = mergeToolResults(single)
  const { cacheMark } = dialect
  if (cacheMark === null) return prompt
  const marked = new Set([prompt.findLastIndex(({ role }) => role === 'system'), prompt.length - 1])
  return prompt.map((message, index) =>
    marked.has(index) ? { ...message, providerOptions: cacheMark } : message,
  )
}

/** Google requires the results of an answer's calls in one message, and the others accept that too. */
function mergeToolResults(messages: readonly SdkMessage[]): SdkMessage[] {
  const merged: SdkMessage[] = []
  for (const message of messages) {
    const last = merged.at(-1)
    if (message.role === 'tool' && last?.role === 'tool') {
      merged[merged.length - 1] = {
        ...last,
        content: [...last.content, ...message.content],
      }
    } else merged.push(message)
  }
  return merged
}

function toSdkMessages(
  message: ModelMessage,
  inCurrentTurn: boolean,
  dialect: Dialect,
): SdkMessage[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.text }]
    case 'user':
      return [{ role: 'user', content: toUserContent(message.content) }]
    case 'assistant': {
      const content = toAssistantContent(message, inCurrentTurn, dialect)
      return content.length === 0 ? [] : [{ role: 'assistant', content }]
    }
    case 'tool': {
      const output = { type: message.isError ? 'error-text' : 'text', value: message.text } as const
      const result = { toolCallId: dialect.callId(message.callId), toolName: message.name, output }
      return [{ role: 'tool', content: [{ type: 'tool-result', ...result }] }]
    }
  }
}

function userMessage(text: string): SdkMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}

/** Providers refuse an empty message, and with it every later request. */
function toUserContent(content: readonly ContentPart[]): SdkUserContent {
  const nonEmpty = content.filter((part) => part.type !== 'text' || part.text.trim() !== '')
  return nonEmpty.length === 0 ? [{ type: 'text', text: EMPTY_MESSAGE }] : nonEmpty.map(toUserPart)
}

function toUserPart(part: ContentPart): SdkUserContent[number] {
  if (part.type === 'text') return part
  return { type: 'file', mediaType: part.mediaType, data: part.base64 }
}

function toAssistantContent(
  message: Extract<ModelMessage, { role: 'assistant' }>,
  inCurrentTurn: boolean,
  dialect: Dialect,
): SdkAssistantContent {
  return [
    ...message.reasoning.flatMap((part) => dialect.reasoning(part, inCurrentTurn) ?? []),
    ...(message.text.trim() === '' ? [] : [{ type: 'text' as const, text: message.text }]),
    ...message.calls.map((call, index) => ({
      type: 'tool-call' as const,
      toolCallId: dialect.callId(call.callId),
      toolName: call.name,
      input: parseArguments(call.args),
      ...(index === 0 ? firstCallOptions(message.reasoning, dialect) : {}),
    })),
  ]
}

function firstCallOptions(
  reasoning: readonly ReasoningPart[],
  dialect: Dialect,
): { providerOptions?: SdkOptions } {
  const providerOptions = dialect.firstCallOptions?.(reasoning) ?? null
  return providerOptions === null ? {} : { providerOptions }
}

/** Providers refuse a history with arguments that are not an object, so malformed ones are wrapped. */
function parseArguments(args: string): unknown {
  try {
    const parsed: unknown = JSON.parse(args === '' ? '{}' : args)
    if (isRecord(parsed)) return parsed
  } catch {
    // Wrapped below.
  }
  return { malformed: args }
}
