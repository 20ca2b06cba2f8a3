import type { MessageBody, MessageRecord } from '../records.ts'

/** Roughly: enough to keep a prompt within a window. */
const CHARACTERS_PER_TOKEN = 3.5
const TOKENS_PER_PICTURE = 1600

/** Where making room begins, as a part of the window. */
export const FULL = 0.9

export function textTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}

/** As many characters as these tokens are. */
export function charactersOf(tokens: number): number {
  return Math.floor(tokens * CHARACTERS_PER_TOKEN)
}

/** An estimate, in tokens. */
export function contextSize(records: readonly MessageRecord[], system: string): number {
  return records.reduce((sum, { body }) => sum + tokensOf(body), textTokens(system))
}

export function tokensOf(body: MessageBody): number {
  switch (body.role) {
    case 'user':
      return body.content.reduce(
        (sum, part) => sum + (part.type === 'text' ? textTokens(part.text) : TOKENS_PER_PICTURE),
        0,
      )
    case 'summary':
      return textTokens(body.text)
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
