import { isRecord } from '../../util/is-record.ts'
import type { Dialect } from './dialect.ts'
import type {
  ContentPart,
  ModelMessage,
  ModelRequest,
  ModelTool,
  ReasoningPart,
} from './provider.ts'
import type { SdkCall, SdkMessage, SdkOptions } from './sdk-stream.ts'

type SdkAssistantContent = Extract<SdkMessage, { role: 'assistant' }>['content']
type SdkUserContent = Extract<SdkMessage, { role: 'user' }>['content']

/** Our request in the SDK's words. */
export function toSdkCall(request: ModelRequest, dialect: Dialect): SdkCall {
  return {
    prompt: promptOf(request.messages, dialect),
    providerOptions: dialect.options(request),
    ...(request.tools.length === 0 ? {} : toolOptions(request, dialect)),
    ...(request.maxOutputTokens === null ? {} : { maxOutputTokens: request.maxOutputTokens }),
    ...(request.temperature === null ? {} : { temperature: request.temperature }),
  }
}

function toolOptions(request: ModelRequest, dialect: Dialect): Partial<SdkCall> {
  const choice = request.toolChoice ?? 'auto'
  return {
    tools: request.tools.map((tool, index) =>
      toolOf(tool, index === request.tools.length - 1 ? dialect.cacheMark : null),
    ),
    toolChoice:
      typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.name },
  }
}

function toolOf(tool: ModelTool, mark: SdkOptions | null): NonNullable<SdkCall['tools']>[number] {
  return {
    type: 'function',
    name: tool.name,
    description: tool.description,
    inputSchema: tool.parameters,
    ...(mark === null ? {} : { providerOptions: mark }),
  }
}

function promptOf(messages: readonly ModelMessage[], dialect: Dialect): SdkCall['prompt'] {
  const turnStart = messages.findLastIndex((message) => message.role === 'user')
  const said = messages.findIndex((message) => message.role !== 'system')
  const leading = said < 0 ? messages.length : said
  const single = messages.flatMap((message, index): SdkMessage[] => {
    // Vendors take a system message only at the start; a later one is said as by the user.
    if (message.role === 'system' && index >= leading) return [userMessage(message.text)]
    return messageOf(message, index > turnStart, dialect)
  })
  const prompt = withResultsTogether(single)
  const { cacheMark } = dialect
  if (cacheMark === null) return prompt
  const marked = new Set([prompt.findLastIndex(({ role }) => role === 'system'), prompt.length - 1])
  return prompt.map((message, index) =>
    marked.has(index) ? { ...message, providerOptions: cacheMark } : message,
  )
}

/** Google wants the results of one answer's calls in one message; the others take them so too. */
function withResultsTogether(messages: readonly SdkMessage[]): SdkMessage[] {
  const mergeAdjacent: SdkMessage[] = []
  for (const message of messages) {
    const last = mergeAdjacent.at(-1)
    if (message.role === 'tool' && last?.role === 'tool') {
      mergeAdjacent[mergeAdjacent.length - 1] = {
        ...last,
        content: [...last.content, ...message.content],
      }
    } else mergeAdjacent.push(message)
  }
  return mergeAdjacent
}

function messageOf(message: ModelMessage, inCurrentTurn: boolean, dialect: Dialect): SdkMessage[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.text }]
    case 'user':
      return [{ role: 'user', content: toUserContent(message.content) }]
    case 'assistant': {
      const content = assistantContent(message, inCurrentTurn, dialect)
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

/** Vendors refuse a message that says nothing, and with it the history for ever. */
function toUserContent(content: readonly ContentPart[]): SdkUserContent {
  const said = content.filter((part) => part.type !== 'text' || part.text.trim() !== '')
  return said.length === 0 ? [{ type: 'text', text: '(nothing)' }] : said.map(userPart)
}

function userPart(part: ContentPart): SdkUserContent[number] {
  if (part.type === 'text') return part
  return { type: 'file', mediaType: part.mediaType, data: part.base64 }
}

function assistantContent(
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
      input: argumentsOf(call.args),
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

/** Vendors refuse a history with arguments that are no object, so a slip of the model is wrapped. */
function argumentsOf(args: string): unknown {
  try {
    const parsed: unknown = JSON.parse(args === '' ? '{}' : args)
    if (isRecord(parsed)) return parsed
  } catch {
    // Falls through: what could not be read is given back as it was written.
  }
  return { malformed: args }
}
