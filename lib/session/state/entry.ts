import type { Access, CallDanger, RuleSuggestion, Verdict } from '../../permissions/types.ts'
import type { ChangeSelection, Preview, QuestionAnswer, TextEdit } from '../../tools/tool.ts'
import type { TurnRecord } from './turn.ts'

/**
 * Where a call is decided: `local` by this program, which runs it, or lets the server run it (memory tools); `server` by the Letta
 * server itself.
 */
export type ToolHost = 'local' | 'server'

export type Decider = 'person' | 'rule' | 'policy'

/** What the user needs to decide about a call. */
export interface ApprovalDetails {
  readonly preview: Preview
  readonly verdict: Verdict
  /** What the tool can do; absent in recordings of earlier versions. */
  readonly access?: Access
  readonly suggestion: RuleSuggestion | null
  /** Why approval requires a confirmation; absent when it does not. */
  readonly dangers?: readonly CallDanger[]
  /** The text of the user that is shown and awaits approval, in place of the proposed one. */
  readonly edited?: TextEdit
  readonly basis?: MemoryBasis
}

/** What a change of memory that was edited, or put back, was shown to change, and what the agent would make of that. */
export interface MemoryBasis {
  readonly before: string
  readonly after: string
}

export type ToolPhase =
  /** Its arguments are still arriving. */
  | { readonly type: 'arriving' }
  /** Awaits approval by the user. */
  | ({ readonly type: 'waiting' } & ApprovalDetails)
  | {
      readonly type: 'allowed'
      /** Of the part that was approved. */
      readonly preview: Preview
      readonly by: Decider
      readonly reason: string
      readonly selection?: ChangeSelection
      /** The complete change, of which the selection approves a part. */
      readonly shown?: Preview
      readonly edited?: TextEdit
      readonly basis?: MemoryBasis
      readonly answers?: readonly QuestionAnswer[]
    }
  | {
      readonly type: 'running'
      readonly preview: Preview | null
      readonly since: number
      readonly output: string
      /** The user edited the call before approving it. */
      readonly isEdited?: true
    }
  | {
      readonly type: 'finished'
      readonly preview: Preview | null
      readonly status: 'success' | 'error'
      readonly text: string
      readonly tookMs: number | null
      readonly isEdited?: true
    }
  | {
      readonly type: 'denied'
      readonly preview: Preview | null
      readonly by: Decider
      readonly reason: string
    }
  /** The turn ended before it ran or answered. */
  | { readonly type: 'dropped' }

export type FinishedPhase = Extract<ToolPhase, { type: 'finished' }>

export interface ToolCall {
  readonly callId: string
  /** Name as the agent called it. */
  readonly tool: string
  /** Raw JSON text: incomplete while it arrives, and possibly invalid. */
  readonly args: string
  /** One line for the user, created by the tool; empty until the arguments are complete. */
  readonly label: string
  readonly host: ToolHost
  readonly phase: ToolPhase
}

/** One entry of the conversation. `id` is unique within the session and stable while the entry grows. */
export type Entry =
  | {
      readonly type: 'user'
      readonly id: string
      readonly text: string
      readonly at: number
      readonly outcome: 'kept' | 'cancelled' | 'failed'
      readonly attaches?: true
      /** What was attached to the message of a turn that an earlier session has left. */
      readonly attached?: string
    }
  | { readonly type: 'reasoning'; readonly id: string; readonly text: string }
  | {
      readonly type: 'assistant'
      readonly id: string
      readonly text: string
      /** The turn of an earlier session that ended with it. */
      readonly turn?: TurnRecord
    }
  | { readonly type: 'tool'; readonly id: string; readonly call: ToolCall }
  /** A command line that the user ran; `text` is its output. `isShared`: the agent reads both with the next message. */
  | {
      readonly type: 'shellLine'
      readonly id: string
      readonly command: string
      readonly isShared: boolean
      readonly text: string
      readonly status:
        | { readonly type: 'running'; readonly since: number }
        /** `code` is null when a signal ended it. */
        | { readonly type: 'finished'; readonly code: number | null; readonly tookMs: number }
    }
  | {
      readonly type: 'notice'
      readonly id: string
      readonly level: 'info' | 'warning' | 'error'
      readonly text: string
      readonly hint: string | null
      /** The command that shows more about it. */
      readonly command?: 'memory.learned'
    }

/** What a rule would have allowed of the calls that the agent has made in all of its conversations. */
export interface RuleEffect {
  /** Calls of local tools. */
  readonly calls: number
  /** Those that needed approval, and would not have with the rule. */
  readonly allowed: number
  /** The labels of those among them that are dangerous, without repetitions. */
  readonly dangerous: readonly string[]
}
