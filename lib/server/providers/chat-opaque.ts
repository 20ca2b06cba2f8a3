import type { JsonObject } from '../../util/is-record.ts'

const tag = 'chat'

/** The members of an answer that only its provider understands, and that it expects back with the answer. */
export interface ChatOpaque {
  /** Of the message: OpenRouter's `reasoning_details`, `thinking_blocks` … */
  readonly message?: JsonObject
  /** Of its calls, by position: Gemini's `extra_content` … */
  readonly calls?: Readonly<Record<string, JsonObject>>
  /** Where the reasoning was, when not in `reasoning_content`. */
  readonly reasoningIn?: 'reasoning' | 'tags'
}

/** Stored as the signature of a reasoning part. */
export function toChatSignature(opaque: ChatOpaque): string {
  return `${tag}:${JSON.stringify(opaque)}`
}
