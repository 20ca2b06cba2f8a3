import type { MessageBody, MessageRecord } from '../records.ts'

/** An estimate, accurate enough to keep a prompt within a context window. */
const CHARACTERS_PER_TOKEN = 3.5
const TOKENS_PER_IMAGE = 1600

/** The share of the context window at which the prompt is compacted. */
export const COMPACTION_THRESHOLD = 0.9

export function estimateTextTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}

/** The estimated number of characters of a number of tokens. */
export function toCharacters(tokens: number): number {
  return Math.floor(tokens * CHARACTERS_PER_TOKEN)
}

/** The estimated size of a prompt, in tokens. */
export function estimateContext(records: readonly MessageRecord[], system: string): number {
  return records.reduce(
    (sum, { body }) => sum + estimateMessageTokens(body),
    estimateTextTokens(system),
  )
}

export function estimateMessageTokens(body: MessageBody): number {
  switch (body.role) {
    case 'user':
      return body.content.reduce(
        (sum, part) =>
          sum + (part.type === 'text' ? estimateTextTokens(part.text) : TOKENS_PER_IMAGE),
        0,
      )
    case 'summary':
      return estimateTextTokens(body.text)
    case 'tool':
      return estimateTextTokens(body.text) + body.pictures.length * TOKENS_PER_IMAGE
    case 'assistant': {
      const written = [
        ...body.reasoning.map((one) => one.text),
        ...body.calls.map((one) => one.args),
      ]
      return (
        estimateTextTokens(body.text) +
        written.reduce((sum, text) => sum + estimateTextTokens(text), 0)
      )
    }
  }
}
