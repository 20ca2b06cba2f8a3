import type { AnswerReader } from './answer-fetch.ts'
import type { ModelMessage, ModelPart, ModelRequest, ReasoningPart } from './provider.ts'
import type { SdkMetadata, SdkModel, SdkOptions, SdkReasoning } from './sdk-stream.ts'

export interface ProviderEndpoint {
  /** The name of the provider in error messages. */
  readonly title: string
  readonly baseUrl: string
  /** Used where the first has no such path. */
  readonly otherBaseUrl?: string
  readonly key: string | null
  /** How long it may send no data; `STALL_TIMEOUT_MS` when absent. */
  readonly stallTimeoutMs?: number
  /** How long it may take to send the first data; null for no limit, which is the default at a local address. */
  readonly firstDataTimeoutMs?: number | null
}

export type PastAnswer = Extract<ModelMessage, { role: 'assistant' }>

/** What differs between the APIs of providers and is not handled by the AI SDK. */
export interface Dialect {
  /** Loads the provider's SDK at the first use. */
  open(endpoint: ProviderEndpoint, model: string, fetch: typeof globalThis.fetch): Promise<SdkModel>
  /** Converts the events of one answer before the SDK reads them. */
  createReader(): AnswerReader
  /** What the SDK does not read of an event. */
  readRaw?(event: unknown): readonly ModelPart[]
  /** Provider options of one request: reasoning effort, parallel calls, storage. */
  options(request: ModelRequest): SdkOptions
  /** Attached to the system prompt, the last tool and the last message, which end the prefixes worth caching. */
  readonly cacheMark: SdkOptions | null
  /** Converts a past reasoning part for the provider; null when it must not be sent. */
  reasoning(part: ReasoningPart, answer: PastAnswer): SdkReasoning | null
  /** Options that return to the provider what belongs to one of its answers. */
  answerOptions?(answer: PastAnswer): SdkOptions | null
  /** Text to send before that of an answer, for reasoning that was part of it. */
  textBefore?(answer: PastAnswer): string
  /** The opaque signature to store with a reasoning part, tagged with its provider. */
  signature(metadata: SdkMetadata, atEnd: boolean): string | null
  /** The signature of a call, for providers that sign the first call of an answer. */
  callSignature?(metadata: SdkMetadata): string | null
  /** The same for one of its calls. */
  callOptions?(answer: PastAnswer, index: number): SdkOptions | null
  /** Converts a call id, which may be of another provider, to one that this provider accepts. */
  callId(id: string): string
  /** The version in the paths of the API, for an address without one. */
  readonly version: string
  readonly modelsPath: string
  /** The path of requests for answers, where it contains no model. */
  readonly answersPath?: string
  /** The rows of the provider's list of models, where it is not `{ data: [...] }`. */
  rowsOf?(list: unknown): readonly unknown[]
  /** The headers that contain the API key. */
  authorization(key: string): Readonly<Record<string, string>>
}

/** Removes the tag of a signature; null when it has another, or is empty. Providers refuse these, and those of others. */
export function untagged(signature: string | null, tag: string): string | null {
  return signature?.startsWith(`${tag}:`) === true ? signature.slice(tag.length + 1) || null : null
}

/** Replaces the characters that most providers refuse in ids. */
export function plainId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64)
}

export function bearer(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` }
}
