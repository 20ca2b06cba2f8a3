import type { MessageBody, MessageRecord } from './records.ts'

/** Roughly: enough to keep a prompt within a window. */
const CHARACTERS_PER_TOKEN = 3.5
const TOKENS_PER_PICTURE = 1600

/** Parts of the window: where dropping begins, and down to where it goes, so that it is seldom. */
const FULL = 0.9
const EASED = 0.6

/**
 * The position of the first message to keep, at a turn's border; null when all fit. The newest turn always stays.
 * Compaction with a summary takes this place.
 */
export function firstThatFits(
  records: readonly MessageRecord[],
  system: string,
  contextWindow: number,
): number | null {
  const sizes = records.map((record) => tokensOf(record.body))
  const all = textTokens(system) + sizes.reduce((sum, size) => sum + size, 0)
  if (all <= contextWindow * FULL) return null
  const room = contextWindow * EASED - textTokens(system)
  let used = 0
  let border: number | null = null
  for (let index = records.length - 1; index >= 0; index--) {
    used += sizes[index] ?? 0
    if (used > room && border !== null) return border
    const record = records[index]
    if (record?.body.role === 'user') border = record.position
  }
  return border
}

function tokensOf(body: MessageBody): number {
  switch (body.role) {
    case 'user':
      return body.content.reduce(
        (sum, part) => sum + (part.type === 'text' ? textTokens(part.text) : TOKENS_PER_PICTURE),
        0,
      )
    case 'tool':
      return textTokens(body.text) + body.pictures.length * TOKENS_PER_PICTURE
    case 'assistant': {
      const written = [
        ...body.reasoning.map((one) => one.text),
        ...body.calls.map((one) => one.args),
      ]
      return textTokens(body.text) + written.reduce((sum, text) => sum + textTokens(text), 0)
    }
  }
}

function textTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}
