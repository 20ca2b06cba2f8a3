import type { ModelRequest, ReasoningPart } from './provider.ts'
import type { SdkMetadata, SdkModel, SdkOptions, SdkReasoning } from './sdk-stream.ts'

export interface ProviderEndpoint {
  /** For error texts. */
  readonly title: string
  readonly baseUrl: string
  readonly key: string | null
  /** How long it may say nothing; as usual when left out. */
  readonly stallTimeoutMs?: number
}

/** What differs between vendors' APIs once the SDK has evened out the wire. */
export interface Dialect {
  /** Loads the vendor's SDK at the first use. */
  open(endpoint: ProviderEndpoint, model: string): Promise<SdkModel>
  /** Options of one request: effort, parallel calls, storage. */
  options(request: ModelRequest): SdkOptions
  /** Hung on the system prompt, the last tool and the last message: the prefixes worth caching. */
  readonly cacheMark: SdkOptions | null
  /** A past reasoning part as the vendor wants it back; null when it must not be sent. */
  reasoning(part: ReasoningPart, inCurrentTurn: boolean): SdkReasoning | null
  /** The opaque string to keep with a reasoning part, tagged with its vendor. */
  signature(metadata: SdkMetadata, atEnd: boolean): string | null
  /** The same of a call, for vendors that sign the first call of an answer. */
  callSignature?(metadata: SdkMetadata): string | null
  /** What such a vendor wants back with the first call; the signature is among the answer's reasoning. */
  firstCallOptions?(reasoning: readonly ReasoningPart[]): SdkOptions | null
  /** The id of a call as the vendor can take it; another vendor may have made it. */
  callId(id: string): string
  readonly modelsPath: string
  /** The rows of the vendor's list, where it is not `{ data: [...] }`. */
  rowsOf?(list: unknown): readonly unknown[]
  /** The header that carries the key. */
  authorization(key: string): Readonly<Record<string, string>>
}

/** Signatures are tagged `vendor:…`, because an agent may change models and no vendor takes another's. */
export function untagged(signature: string | null, tag: string): string | null {
  return signature?.startsWith(`${tag}:`) === true ? signature.slice(tag.length + 1) : null
}

/** What most vendors allow in ids. */
export function plainId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64)
}

export function bearer(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` }
}
