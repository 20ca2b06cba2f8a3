import type { ReasoningEffort } from '../../util/effort.ts'

export interface Agent {
  readonly id: string
  readonly name: string
  /** Handle: `provider/model`. */
  readonly model: string
  /** Tokens; null when the server does not say. */
  readonly contextWindow: number | null
  /** How long it reasons; null when that is left to the provider, or when the server does not say. */
  readonly effort: ReasoningEffort | null
  /** Names of the local tools attached to it. */
  readonly tools: readonly string[]
}

/** An agent to choose from. `usedAt`: when it last ran or was changed, in milliseconds since 1970. */
export interface AgentListing extends Agent {
  readonly usedAt: number | null
  /** The title of its first conversation. */
  readonly firstTitle?: string | null
  /** Its first conversation has no messages. */
  readonly isFirstEmpty?: boolean
}

/** How the agent was opened: what was created at this start, and what existed before. */
export interface Start {
  readonly agent: 'created' | 'opened'
  readonly memory: readonly {
    readonly label: string
    /** `recreated`: its id was stored, but the block no longer existed on the server. */
    readonly origin: 'reused' | 'created' | 'recreated'
  }[]
}

/** Where the agent lives. */
export type ServerType = 'embedded' | 'cloud' | 'selfHosted'

export interface ServerFacts {
  readonly type: ServerType
  /** Null when the server is in this process. */
  readonly url: string | null
}
