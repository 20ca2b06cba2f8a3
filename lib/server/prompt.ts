import type { ModelMessage } from './providers/provider.ts'
import type { AgentRecord, BlockRecord, MessageRecord } from './records.ts'

/** The system prompt as the real server compiles it: the agent's own text, its memory, and what is stored besides. */
export function compileSystem(
  agent: AgentRecord,
  blocks: readonly BlockRecord[],
  stored: number,
  now: Date,
): string {
  const memory =
    blocks.length === 0
      ? ''
      : `\n\n<memory_blocks>\nThe following memory blocks are currently engaged in your core memory unit:\n\n${blocks.map(renderBlock).join('\n\n')}\n\n</memory_blocks>`
  const metadata = [
    `- AGENT_ID: ${agent.id}`,
    '- CONVERSATION_ID: default',
    `- System prompt last recompiled: ${stamp(now)}`,
    `- ${stored} previous messages between you and the user are stored in recall memory`,
  ]
  return `${agent.system}${memory}\n\n<memory_metadata>\n${metadata.join('\n')}\n</memory_metadata>`
}

function renderBlock({ label, description, value, limit, readOnly }: BlockRecord): string {
  const facts = [
    ...(readOnly ? ['- read_only=true'] : []),
    `- chars_current=${value.length}`,
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
export function stamp(now: Date): string {
  const iso = now.toISOString()
  const hours = now.getUTCHours()
  const clock = `${String(hours % 12 || 12).padStart(2, '0')}${iso.slice(13, 19)}`
  return `${iso.slice(0, 10)} ${clock} ${hours < 12 ? 'AM' : 'PM'} UTC+0000`
}

const UNANSWERED = 'Error: the call was cancelled before it ran.'

/**
 * Stored messages as a model reads them. Every call gets exactly one answer, right behind it: vendors refuse a prompt with
 * a call that has none, and what was cancelled may have left one.
 */
export function modelMessages(system: string, records: readonly MessageRecord[]): ModelMessage[] {
  const answers = new Map<string, ModelMessage>()
  for (const { body, createdAt } of records) {
    if (body.role === 'tool') answers.set(body.callId, toolMessage(body, createdAt))
  }
  const messages: ModelMessage[] = [{ role: 'system', text: system }]
  for (const { body } of records) {
    if (body.role === 'user') {
      messages.push({ role: 'user', content: body.content })
    } else if (body.role === 'assistant') {
      const { reasoning, text, calls } = body
      if (text === '' && calls.length === 0) continue
      messages.push({ role: 'assistant', reasoning: body.partial ? [] : reasoning, text, calls })
      for (const call of calls) messages.push(answers.get(call.callId) ?? unanswered(call))
    }
  }
  return messages
}

function toolMessage(
  body: Extract<MessageRecord['body'], { role: 'tool' }>,
  createdAt: string,
): ModelMessage {
  const status = body.status === 'success' ? 'OK' : 'Failed'
  const time = stamp(new Date(createdAt))
  const text = JSON.stringify({ status, message: body.text, time }, null, 2)
  return {
    role: 'tool',
    callId: body.callId,
    name: body.name,
    text,
    isError: body.status === 'error',
  }
}

function unanswered({ callId, name }: { callId: string; name: string }): ModelMessage {
  return { role: 'tool', callId, name, text: UNANSWERED, isError: true }
}

/** Characters a token stands for, roughly: enough to keep a prompt within a window. */
const CHARACTERS_PER_TOKEN = 3.5

export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}

/**
 * The sequence number of the oldest message that still fits into the window, at a turn's border; null when all fit.
 * Real compaction, with a summary, takes this place.
 */
export function firstThatFits(
  records: readonly MessageRecord[],
  system: string,
  contextWindow: number,
): number | null {
  const room = contextWindow * 0.9 - estimateTokens(system)
  let used = 0
  let border: number | null = null
  for (const record of records.toReversed()) {
    used += estimateTokens(JSON.stringify(record.body))
    if (used > room) return border
    if (record.body.role === 'user') border = record.sequence
  }
  return null
}
