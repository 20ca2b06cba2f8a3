import { SUMMARY_FOLLOWS } from '../../server/messages/prompts.ts'
import { isRecord } from '../../util/is-record.ts'
import { contentText, text } from '../stream/decode.ts'
import { isSummary } from './history.ts'
import type { Summary } from './threads.ts'

const MAX_PAGES = 50

/** Reads pages from the newest to the oldest. */
export async function newestSummary(
  read: (before: string | null) => Promise<readonly { readonly id: string }[]>,
): Promise<Summary | null> {
  let before: string | null = null
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const items = await read(before)
    const found: unknown = items.findLast(isSummary)
    if (isRecord(found)) return { id: text(found['id']), text: summaryText(found) }
    const oldest = items[0]?.id ?? null
    if (oldest === null || oldest === before) return null
    before = oldest
  }
  return null
}

/** The text without the note of the server that older messages are hidden. */
function summaryText(message: Readonly<Record<string, unknown>>): string {
  const plain = text(message['summary'])
  if (plain !== '') return plain
  const content = contentText(message['content'])
  try {
    const alert: unknown = JSON.parse(content)
    const message = isRecord(alert) ? text(alert['message']) : ''
    const from = message.indexOf(SUMMARY_FOLLOWS)
    if (from < 0) return message || content
    return message.slice(from + SUMMARY_FOLLOWS.length).trim()
  } catch {
    return content
  }
}
