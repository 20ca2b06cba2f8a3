import { countCodePoints } from '../../util/code-points.ts'
import {
  archivedMemories,
  CALL_WITHOUT_RESULT,
  imagesReturned,
  MEMORY_BLOCKS_INTRODUCTION,
  NO_ANSWER,
  partCut,
  recalledMessages,
} from '../messages/prompts.ts'
import type { ContentPart, ModelMessage } from '../providers/provider.ts'
import type { AgentRecord, BlockRecord, MessageRecord } from '../records.ts'
import { toToolResponse } from '../wire/tool-response.ts'
import { formatTimestamp } from './timestamp.ts'

/** What the system prompt contains in addition to the agent's own text. */
interface PromptContext {
  readonly conversationId: string
  readonly blocks: readonly BlockRecord[]
  /** Counts the messages outside this conversation's prompt. Slow for many, so it is called only when needed. */
  countRecalled(): number
  /** Counts the entries of archival memory. */
  countArchived(): number
  readonly now: Date
}

/**
 * Compiles the system prompt as Letta server does: the agent's own text, its memory blocks, and counts of what is stored.
 * Returns the previous prompt when only the time or the counts have changed, because providers cache by prefix.
 */
export function compileSystem(
  agent: AgentRecord,
  { conversationId, blocks, countRecalled, countArchived, now }: PromptContext,
): string {
  const memory =
    blocks.length === 0
      ? ''
      : `\n\n<memory_blocks>\n${MEMORY_BLOCKS_INTRODUCTION}\n\n${blocks.map(renderBlock).join('\n\n')}\n\n</memory_blocks>`
  const body = `${agent.system}${memory}\n\n<memory_metadata>\n`
  if (agent.compiledSystem?.startsWith(body) === true) return agent.compiledSystem
  const memories = countArchived()
  const metadata = [
    `- AGENT_ID: ${agent.id}`,
    `- CONVERSATION_ID: ${conversationId}`,
    `- System prompt last recompiled: ${formatTimestamp(now)}`,
    recalledMessages(countRecalled()),
    ...(memories === 0 ? [] : [archivedMemories(memories)]),
  ]
  return `${body}${metadata.join('\n')}\n</memory_metadata>`
}

function renderBlock({ label, description, value, limit, readOnly }: BlockRecord): string {
  const facts = [
    ...(readOnly ? ['- read_only=true'] : []),
    `- chars_current=${countCodePoints(value)}`,
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

function toSummaryMessage(text: string): ModelMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}

interface PromptOptions {
  /** Handle of the model that reads the prompt. */
  readonly model?: string
  /** Of each part, as a last resort; longer ones are cut in the middle. */
  readonly maxCharacters?: number | null
}

type StoredAnswerBody = Extract<MessageRecord['body'], { role: 'assistant' }>

/** An answer that was interrupted while the model still reasoned. Providers refuse it. */
function isEmptyAnswer({ text, calls }: StoredAnswerBody): boolean {
  return text.trim() === '' && calls.length === 0
}

type StoredToolBody = Extract<MessageRecord['body'], { role: 'tool' }>

/**
 * Converts stored messages to the prompt. Every call is followed by exactly one result: providers refuse a prompt with a
 * call that has none, which a cancelled run may have left.
 */
export function toModelMessages(
  system: string,
  stored: readonly MessageRecord[],
  options: PromptOptions = {},
): ModelMessage[] {
  const messages: ModelMessage[] = [{ role: 'system', text: system }]
  const records = stored.filter(({ body }) => body.role !== 'assistant' || !isEmptyAnswer(body))
  for (const [index, record] of records.entries()) {
    const { body } = record
    if (isUnanswered(records[index - 1], record)) messages.push(NO_ANSWER_MESSAGE)
    if (body.role === 'user') messages.push({ role: 'user', content: body.content })
    if (body.role === 'summary') messages.push(toSummaryMessage(body.text))
    if (body.role !== 'assistant') continue
    messages.push(...toAnswerMessages(body, findResults(records, index), options))
  }
  return options.maxCharacters == null ? messages : messages.map(cutParts(options.maxCharacters))
}

/** The system prompt is never cut: without its instructions an agent is another one. */
function cutParts(maxCharacters: number): (message: ModelMessage) => ModelMessage {
  const cut = (text: string): string => cutMiddle(text, maxCharacters)
  return (message) => {
    switch (message.role) {
      case 'system':
        return message
      case 'user': {
        const content = message.content.map((part) =>
          part.type === 'text' ? { ...part, text: cut(part.text) } : part,
        )
        return { ...message, content }
      }
      case 'tool':
        return { ...message, text: cut(message.text) }
      case 'assistant': {
        const calls = message.calls.map((call) =>
          call.args.length > maxCharacters
            ? { ...call, args: JSON.stringify({ cut: cut(call.args) }) }
            : call,
        )
        return { ...message, text: cut(message.text), calls }
      }
    }
  }
}

/** Keeps both ends, which contain more than the middle. */
function cutMiddle(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text
  const half = Math.floor(maxCharacters / 2)
  const mark = partCut(text.length - 2 * half)
  return `${text.slice(0, half)}\n${mark}\n${text.slice(-half)}`
}

/** Chat templates refuse two messages of a user in a row, and the model must not take the older one for the latest. */
function isUnanswered(
  previous: MessageRecord | undefined,
  { body, runId }: MessageRecord,
): boolean {
  if (previous === undefined || body.role !== 'user' || previous.runId === runId) return false
  return previous.body.role === 'user' || previous.body.role === 'tool'
}

const NO_ANSWER_MESSAGE: ModelMessage = {
  role: 'assistant',
  reasoning: [],
  text: NO_ANSWER,
  calls: [],
}

/** The results by call id, up to the next answer: some providers number the calls of each answer from 0. */
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

/** An answer, the results of its calls, and their images: every provider accepts images only in a user message. */
function toAnswerMessages(
  body: StoredAnswerBody,
  results: ReadonlyMap<string, MessageRecord>,
  { model }: PromptOptions,
): readonly ModelMessage[] {
  const { text, calls, partial } = body
  // Interrupted reasoning has no signature, and providers refuse it.
  const reasoning = body.reasoning.filter((part) => !partial || part.signature !== null)
  const foreign = model === undefined || body.model === model ? {} : { isForeign: true }
  const called = calls.map(({ callId, name, args }) => ({ callId, name, args }))
  const messages: ModelMessage[] = [
    { role: 'assistant', reasoning, text, calls: called, ...foreign },
  ]
  const images: ContentPart[] = []
  for (const call of calls) {
    const result = results.get(call.callId)
    if (result?.body.role !== 'tool') {
      messages.push(toUnansweredMessage(call))
      continue
    }
    messages.push(toToolMessage(result.body, result.createdAt))
    if (result.body.pictures.length === 0) continue
    images.push({ type: 'text', text: imagesReturned(call.name, call.callId) })
    for (const image of result.body.pictures) images.push({ type: 'image', ...image })
  }
  return images.length === 0 ? messages : [...messages, { role: 'user', content: images }]
}

function toToolMessage(body: StoredToolBody, createdAt: string): ModelMessage {
  const { callId, name } = body
  const text = toToolResponse(body, createdAt)
  return { role: 'tool', callId, name, text, isError: body.status === 'error' }
}

function toUnansweredMessage({ callId, name }: { callId: string; name: string }): ModelMessage {
  return { role: 'tool', callId, name, text: CALL_WITHOUT_RESULT, isError: true }
}
