import { isRecord, type JsonObject } from '../../util/is-record.ts'
import { parseJson } from '../../util/parse-json.ts'
import { untagged } from './dialect.ts'
import type { ReasoningPart } from './provider.ts'

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

/** The last one counts: an answer may be signed before it is complete. */
export function readChatSignature(reasoning: readonly ReasoningPart[]): ChatOpaque | null {
  const signed = reasoning.flatMap((part) => untagged(part.signature, tag) ?? [])
  const parsed = parseJson(signed.at(-1) ?? '')
  return isRecord(parsed) ? (parsed as ChatOpaque) : null
}
