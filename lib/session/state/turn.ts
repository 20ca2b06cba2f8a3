export interface Usage {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly totalTokens: number
  readonly cachedTokens: number
  readonly reasoningTokens: number
  /** Of the prompt, written to the provider's cache. */
  readonly cacheWriteTokens?: number
  /** By the list prices, in US dollars; null when a price is unknown. Absent in recordings of version 0.2. */
  readonly dollars?: number | null
  /** Model calls. */
  readonly steps: number
  /** Tokens in the context window after the newest step; null when not reported. */
  readonly contextTokens: number | null
}

export const NO_USAGE: Usage = {
  promptTokens: 0,
  completionTokens: 0,
  totalTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  dollars: 0,
  steps: 0,
  contextTokens: null,
}

export type TurnState =
  /** The session that is at work on the conversation while this one is idle; absent when none is. */
  | { readonly type: 'idle'; readonly elsewhere?: TurnHolder }
  | {
      readonly type: 'running'
      readonly turnId: string
      readonly since: number
      readonly lastEventAt: number
      readonly cancelling: boolean
      /** The session that is at work on the agent, and for which this turn waits; null once the turn has begun. */
      readonly waitsFor: TurnHolder | null
    }

/** Another session that is at work on the agent. */
export interface TurnHolder {
  readonly activity: 'model' | 'tool' | 'approval'
  /** Null when it runs on another machine, or is not known. */
  readonly processId: number | null
}

export type TurnOutcome =
  | { readonly type: 'done' }
  /** `text` reports what the server stored of the turn. */
  | { readonly type: 'cancelled'; readonly text: string }
  | {
      readonly type: 'failed'
      readonly message: string
      readonly hint: string | null
      /** The stop reason as the server reported it (`max_steps`, `llm_api_error`), otherwise `error`. */
      readonly stop: string
      /** The server could not be reached: what follows would fail as well. */
      readonly isOffline?: true
      /** Another session or program continues with the message, which is not to be sent again. */
      readonly isElsewhere?: true
    }

export interface Totals {
  readonly usage: Usage
  readonly turns: number
  /** Milliseconds spent waiting for the server. */
  readonly apiMs: number
}

/** A turn that ended with an error. `retryAt`: when the server expects another try, in milliseconds since 1970; null if unknown. */
export interface FailedTurn {
  readonly message: string
  readonly attaches: boolean
  readonly retryAt: number | null
}

/** A request that is repeated later. */
export interface RetryWait {
  readonly id: string
  readonly reason: string
  /** In milliseconds since 1970. */
  readonly until: number
  /** The server repeats a model call: it ends the wait when it is asked to. */
  readonly ofServer: boolean
}

/** The cost of one turn of this session. */
export interface TurnRecord {
  readonly usage: Usage
  readonly apiMs: number
  readonly tookMs: number
  /** The last part of the answer; null when the agent has written none. */
  readonly answerId: string | null
  /** Handle of the model at the end of the turn. */
  readonly model: string | null
}
