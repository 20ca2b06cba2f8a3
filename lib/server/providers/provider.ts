/** What the agent loop asks of a model vendor, whatever library stands behind it. */
export interface Provider {
  /** First part of a handle: `anthropic`, `openai`, `ollama`, `demo`. */
  readonly id: string
  readonly title: string
  /** The vendor takes ids that its list doesn't name (an endpoint of the user's own). */
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
  /** Opaque, to be handed back to the vendor that made it (Anthropic's signature and the like). */
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
  /** The model's id at the vendor, without the provider. */
  readonly model: string
  readonly messages: readonly ModelMessage[]
  readonly tools: readonly ModelTool[]
  readonly parallelToolCalls: boolean
  /** Default `auto`. */
  readonly toolChoice?: 'auto' | 'required' | 'none' | { readonly name: string }
  readonly maxOutputTokens: number | null
  readonly temperature: number | null
  /** `none` when the vendor's reasoning is to stay off, else an effort the vendor may know. */
  readonly reasoningEffort: 'none' | 'low' | 'medium' | 'high' | null
}

/**
 * In the order the vendor sends them; `call` deltas of one callId are consecutive, its name comes first.
 * A signature closes the reasoning before it; without any before it, it is a part with no text.
 */
export type ModelPart =
  | { readonly type: 'reasoning'; readonly delta: string }
  | { readonly type: 'reasoningSignature'; readonly signature: string }
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'callStart'; readonly callId: string; readonly name: string }
  | { readonly type: 'callDelta'; readonly callId: string; readonly args: string }
  | {
      readonly type: 'finish'
      readonly reason: 'stop' | 'tool-calls' | 'length' | 'content-filter' | 'other'
      readonly usage: ModelUsage
    }

export interface ModelUsage {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cachedTokens: number
  readonly cacheWriteTokens: number
  readonly reasoningTokens: number
}

/** Thrown by `stream`: what the Letta API's `error_type` is made from. */
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

  constructor(
    type: ProviderError['type'],
    message: string,
    options: { status?: number; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ProviderError'
    this.type = type
    this.status = options.status ?? null
    this.retryAfterMs = options.retryAfterMs ?? null
  }
}
