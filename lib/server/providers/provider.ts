import type { ReasoningEffort } from '../../util/effort.ts'

/** A model provider as the agent loop uses it, independent of the library behind it. */
export interface Provider {
  /** The first part of a handle: `anthropic`, `openai`, `ollama`, `demo`. */
  readonly id: string
  readonly title: string
  /** Whether models that it does not list are accepted, as at a custom endpoint. */
  readonly acceptsAnyModel?: boolean
  listModels(signal: AbortSignal): Promise<readonly ModelFacts[]>
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelPart>
}

export interface ModelFacts {
  /** `provider/model`. */
  readonly handle: string
  readonly name: string
  /** Tokens. */
  readonly contextWindow: number
  readonly maxOutputTokens: number | null
}

export type ModelMessage =
  | { readonly role: 'system'; readonly text: string }
  | { readonly role: 'user'; readonly content: readonly ContentPart[] }
  | {
      readonly role: 'assistant'
      readonly reasoning: readonly ReasoningPart[]
      readonly text: string
      readonly calls: readonly ModelCall[]
      /** Written by another model, whose opaque data this one refuses. */
      readonly isForeign?: boolean
      /** Whether its provider requires reasoning in it, even where there was none. */
      readonly isReasoningRequired?: boolean
    }
  | {
      readonly role: 'tool'
      readonly callId: string
      readonly name: string
      readonly text: string
      readonly isError: boolean
    }

export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly mediaType: string; readonly base64: string }

export interface ReasoningPart {
  readonly text: string
  /** Opaque data to return to the provider that created it, such as Anthropic's signature. */
  readonly signature: string | null
}

export interface ModelCall {
  readonly callId: string
  readonly name: string
  /** Raw JSON text. */
  readonly args: string
}

export interface ModelTool {
  readonly name: string
  readonly description: string
  /** JSON schema. */
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface ModelRequest {
  /** The model's id at the provider, without the provider's own. */
  readonly model: string
  readonly messages: readonly ModelMessage[]
  readonly tools: readonly ModelTool[]
  readonly parallelToolCalls: boolean
  /** `auto` when absent. */
  readonly toolChoice?: 'auto' | 'required' | 'none' | { readonly name: string }
  readonly maxOutputTokens: number | null
  readonly temperature: number | null
  /** The same for all requests of a conversation, so that a provider finds what it has cached; absent for none. */
  readonly cacheKey?: string
  /** `none` disables reasoning; null leaves the effort to the provider. */
  readonly reasoningEffort: ReasoningEffort | null
  /** Requires the answer to be JSON; any text when absent or null. */
  readonly jsonFormat?: JsonFormat | null
  /** Whether the provider refuses marks of what is worth caching. */
  readonly omitsCacheMarks?: boolean
  /** Members of the provider's request, and headers, that it refuses, with the names to send them under; null to leave them out. */
  readonly renamedMembers?: Readonly<Record<string, string | null>>
}

export interface JsonFormat {
  readonly name: string | null
  readonly description: string | null
  /** A JSON schema; any JSON when null. */
  readonly schema: Readonly<Record<string, unknown>> | null
}

/**
 * Parts come in the order in which the provider sends them, except that the deltas of one call are consecutive and follow
 * its name. A signature ends the reasoning before it; without any, it is a part without text.
 */
export type ModelPart =
  | { readonly type: 'reasoning'; readonly delta: string }
  | { readonly type: 'reasoningSignature'; readonly signature: string }
  | { readonly type: 'text'; readonly delta: string }
  /** All text before it was reasoning, which its end has shown. */
  | { readonly type: 'textWasReasoning' }
  | { readonly type: 'callStart'; readonly callId: string; readonly name: string }
  | { readonly type: 'callDelta'; readonly callId: string; readonly args: string }
  | {
      readonly type: 'finish'
      readonly reason: 'stop' | 'tool-calls' | 'length'
      readonly usage: ModelUsage
    }

export interface ModelUsage {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cachedTokens: number
  readonly cacheWriteTokens: number
  readonly reasoningTokens: number
}

/** Thrown by `stream`. Its type determines the `error_type` of the Letta API. */
export class ProviderError extends Error {
  readonly type:
    | 'rateLimit'
    | 'authentication'
    | 'overflow'
    | 'timeout'
    | 'silent'
    | 'unreachable'
    | 'refused'
    | 'server'
    | 'interrupted'
  readonly status: number | null
  readonly retryAfterMs: number | null
  /** The model has written a call that its provider cannot read: the next attempt may be a better one. */
  readonly isMalformedCall: boolean

  constructor(
    type: ProviderError['type'],
    message: string,
    options: {
      status?: number
      retryAfterMs?: number
      isMalformedCall?: boolean
      cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ProviderError'
    this.type = type
    this.status = options.status ?? null
    this.retryAfterMs = options.retryAfterMs ?? null
    this.isMalformedCall = options.isMalformedCall ?? false
  }
}
