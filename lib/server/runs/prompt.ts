import type { ContentPart, ModelMessage } from '../providers/provider.ts'
import type { AgentRecord, BlockRecord, MessageRecord } from '../records.ts'

/** What the prompt tells of the agent's storage. */
export interface PromptContext {
  readonly conversationId: string
  readonly blocks: readonly BlockRecord[]
  /** Counts the messages that this conversation's prompt does not hold: of many, so only when it is told. */
  countRecalled(): number
  /** Counts the archival memory. */
  countArchived(): number
  readonly now: Date
}

/**
 * The system prompt as the real server compiles it: the agent's own text, its memory, and what is stored besides. The one
 * compiled before is given back when only the clock or the count has moved on, since vendors cache by prefix.
 */
export function compileSystem(
  agent: AgentRecord,
  { conversationId, blocks, countRecalled, countArchived, now }: PromptContext,
): string {
  const memory =
    blocks.length === 0
      ? ''
      : `\n\n<memory_blocks>\nThe following memory blocks are currently engaged in your core memory unit:\n\n${blocks.map(renderBlock).join('\n\n')}\n\n</memory_blocks>`
  const body = `${agent.system}${memory}\n\n<memory_metadata>\n`
  if (agent.compiledSystem?.startsWith(body) === true) return agent.compiledSystem
  const memories = countArchived()
  const metadata = [
    `- AGENT_ID: ${agent.id}`,
    `- CONVERSATION_ID: ${conversationId}`,
    `- System prompt last recompiled: ${formatTimestamp(now)}`,
    `- ${countRecalled()} previous messages between you and the user are stored in recall memory`,
    ...(memories === 0 ? [] : [`- ${memories} ${IN_ARCHIVE}`]),
  ]
  return `${body}${metadata.join('\n')}\n</memory_metadata>`
}

const IN_ARCHIVE =
  'total memories you created are stored in archival memory (use tools to access them)'

function renderBlock({ label, description, value, limit, readOnly }: BlockRecord): string {
  const facts = [
    ...(readOnly ? ['- read_only=true'] : []),
    `- chars_current=${[...value].length}`,
    `- chars_limit=${limit}`,
  ]
  return [
    `<${label}>`,
    `<description>\n${description ?? ''}\n</description>`,
    `<metadata>\n${facts.join('\n')}\n</metadata>`,
    `<value>\n${value}\n</value>`,
    `</${label}>`,
  ].join('\n')
}

/** `2026-11-23 02:27:49 AM UTC+0000`. */
export function formatTimestamp(now: Date): string {
  const iso = now.toISOString()
  const hours = now.getUTCHours()
  const clock = `${String(hours % 12 || 12).padStart(2, '0')}${iso.slice(13, 19)}`
  return `${iso.slice(0, 10)} ${clock} ${hours < 12 ? 'AM' : 'PM'} UTC+0000`
}

function toSummaryMessage(text: string): ModelMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}

const UNANSWERED = 'Error: the call was cancelled before it ran.'

type ToolBody = Extract<MessageRecord['body'], { role: 'tool' }>

/**
 * Stored messages as a model reads them. Every call gets exactly one answer, right behind it: vendors refuse a prompt with
 * a call that has none, and what was cancelled may have left one.
 */
export function toModelMessages(system: string, records: readonly MessageRecord[]): ModelMessage[] {
  const messages: ModelMessage[] = [{ role: 'system', text: system }]
  for (const [index, { body }] of records.entries()) {
    if (body.role === 'user') messages.push({ role: 'user', content: body.content })
    if (body.role === 'summary') messages.push(toSummaryMessage(body.text))
    if (body.role !== 'assistant') continue
    messages.push(...toAnswerMessages(body, findResults(records, index)))
  }
  return messages
}

/** By call; only up to the next answer, since some vendors count their calls anew in each. */
function findResults(
  records: readonly MessageRecord[],
  index: number,
): ReadonlyMap<string, MessageRecord> {
  const results = new Map<string, MessageRecord>()
  for (let next = index + 1; next < records.length; next++) {
    const record = records[next]
    if (record === undefined || record.body.role === 'assistant') break
    if (record.body.role === 'tool') results.set(record.body.callId, record)
  }
  return results
}

/** An answer, the results of its calls, and the pictures among them: those only a user's message can carry everywhere. */
function toAnswerMessages(
  body: Extract<MessageRecord['body'], { role: 'assistant' }>,
  results: ReadonlyMap<string, MessageRecord>,
): readonly ModelMessage[] {
  const { text, calls, partial } = body
  if (text === '' && calls.length === 0) return []
  // Reasoning that broke off has no signature; vendors refuse it.
  const reasoning = body.reasoning.filter((part) => !partial || part.signature !== null)
  const called = calls.map(({ callId, name, args }) => ({ callId, name, args }))
  const messages: ModelMessage[] = [{ role: 'assistant', reasoning, text, calls: called }]
  const pictures: ContentPart[] = []
  for (const call of calls) {
    const result = results.get(call.callId)
    if (result?.body.role !== 'tool') {
      messages.push(toUnansweredMessage(call))
      continue
    }
    messages.push(toToolMessage(result.body, result.createdAt))
    if (result.body.pictures.length === 0) continue
    pictures.push({ type: 'text', text: `[Pictures returned by ${call.name}, ${call.callId}]` })
    for (const picture of result.body.pictures) pictures.push({ type: 'image', ...picture })
  }
  return pictures.length === 0 ? messages : [...messages, { role: 'user', content: pictures }]
}

function toToolMessage(body: ToolBody, createdAt: string): ModelMessage {
  const status = body.status === 'success' ? 'OK' : 'Failed'
  const time = formatTimestamp(new Date(createdAt))
  const text = JSON.stringify({ status, message: body.text, time }, null, 2)
  const { callId, name } = body
  return { role: 'tool', callId, name, text, isError: body.status === 'error' }
}

function toUnansweredMessage({ callId, name }: { callId: string; name: string }): ModelMessage {
  return { role: 'tool', callId, name, text: UNANSWERED, isError: true }
}
