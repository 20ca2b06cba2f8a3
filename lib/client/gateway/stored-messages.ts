import { isRecord } from '../../util/is-record.ts'
import { argsOf, contentText, text, toolCallsOf } from '../stream/decode.ts'
import { stripSystemReminder } from '../system-reminder.ts'

/** A message as the server stores it, in one shape for all kinds. */
export interface StoredMessage {
  readonly id: string
  /** ISO time; null when the server gives none. */
  readonly date: string | null
  /** `user`, `assistant`, `reasoning`, `tool_call`, `tool_return`, `approval_request`, `approval_response`, `system` … */
  readonly type: string
  /** The tool's name; null when the server does not give it. */
  readonly tool: string | null
  readonly text: string
}

export function storedMessage(message: unknown): StoredMessage {
  const raw = isRecord(message) ? message : {}
  const type = text(raw['message_type']).replace(/_message$/, '')
  const calls = toolCallsOf(raw)
  const names = calls.map((call) => text(call['name'])).join(', ')
  return {
    id: text(raw['id']),
    date: text(raw['date']) || null,
    type,
    tool: names || text(raw['name']) || null,
    text: calls.length > 0 ? calls.map(argsOf).join('\n') : withoutReminder(type, said(raw)),
  }
}

/** What the program has added in front of a message is not what a person wrote. */
function withoutReminder(type: string, text: string): string {
  return type === 'user' ? stripSystemReminder(text) : text
}

type Raw = Readonly<Record<string, unknown>>

function said(raw: Raw): string {
  const answers = raw['tool_returns'] ?? raw['approvals']
  if (Array.isArray(answers)) return answers.filter(isRecord).map(answered).join('\n')
  return contentText(raw['content'] ?? raw['reasoning'] ?? raw['tool_return'] ?? raw['summary'])
}

function answered(answer: Raw): string {
  if (answer['tool_return'] !== undefined) return contentText(answer['tool_return'])
  return answer['approve'] === true ? 'approved' : `refused: ${text(answer['reason'])}`
}

/** A Letta server returns the newest page oldest first, regardless of the requested order. */
export function newestFirst(messages: readonly StoredMessage[]): readonly StoredMessage[] {
  const [first, last] = [messages.at(0)?.date ?? '', messages.at(-1)?.date ?? '']
  return first <= last ? messages.toReversed() : messages
}

/** Reads pages, newest first, until `limit` messages fit or there are no more; returns them oldest first. */
export async function collectMessages(
  page: (before: string | null) => Promise<readonly StoredMessage[]>,
  fits: (message: StoredMessage) => boolean,
  limit: number,
): Promise<readonly StoredMessage[]> {
  const found: StoredMessage[] = []
  const seen = new Set<string>()
  let before: string | null = null
  while (found.length < limit) {
    const messages: readonly StoredMessage[] = await page(before)
    // A server that does not support the cursor returns the first page every time.
    const fresh = messages.filter(({ id }) => !seen.has(id))
    const last = fresh.at(-1)
    if (last === undefined) break
    for (const { id } of fresh) seen.add(id)
    found.push(...fresh.filter(fits))
    before = last.id
  }
  return found.slice(0, limit).reverse()
}
