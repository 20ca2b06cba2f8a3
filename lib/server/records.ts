import type { ReasoningEffort } from '../util/effort.ts'
import { DEFAULT_CONVERSATION, type Thread } from '../util/thread.ts'
import type { ModelUsage } from './providers/provider.ts'

/**
 * The records of the database, one type per table. They are stored as JSON under these very names, so a field is renamed
 * only with a migration. Times are ISO 8601 in UTC.
 */

export interface AgentRecord {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly system: string
  /** The system prompt that the model was last sent. */
  readonly compiledSystem: string | null
  /** Handle: `provider/model`. */
  readonly model: string
  /** Tokens. */
  readonly contextWindow: number
  readonly maxOutputTokens: number | null
  readonly reasoningEffort: ReasoningEffort | null
  readonly temperature: number | null
  readonly parallelToolCalls: boolean
  readonly tags: readonly string[]
  /** In the order of the prompt. */
  readonly blockIds: readonly string[]
  readonly toolIds: readonly string[]
  readonly toolRules: readonly ToolRule[]
  /** The format of the model's answers; any text when absent. */
  readonly responseFormat?: ResponseFormat | null
  readonly metadata: Readonly<Record<string, unknown>>
  /** `DEFAULT_COMPACTION` when absent. */
  readonly compaction?: CompactionSettings
  readonly createdAt: string
  readonly updatedAt: string
}

/** In the format of the API. */
export interface ResponseFormat {
  readonly type: 'text' | 'json_object' | 'json_schema'
  readonly json_schema?: {
    readonly name?: string | null
    readonly description?: string | null
    readonly schema?: Readonly<Record<string, unknown>> | null
  }
}

export interface ConversationRecord {
  readonly id: string
  readonly agentId: string
  readonly summary: string | null
  /** Model handle that replaces the agent's. */
  readonly model: string | null
  readonly modelSettings: Readonly<Record<string, unknown>> | null
  /** Blocks of this conversation only; each replaces the agent's block with the same label. */
  readonly isolatedBlockIds: readonly string[]
  /** Left out of lists. */
  readonly isHidden?: boolean
  /** When it was archived; absent or null when it is not. */
  readonly archivedAt?: string | null
  readonly compiledSystem: string | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly lastMessageAt: string | null
}

/** An entry of archival memory. */
export interface PassageRecord {
  readonly id: string
  readonly agentId: string
  readonly text: string
  readonly tags: readonly string[]
  readonly createdAt: string
}

/** `requires_approval` and `exit_loop` are enforced; other rules are stored and returned. */
export interface ToolRule {
  readonly type: string
  readonly tool_name: string
  readonly [field: string]: unknown
}

export interface BlockRecord {
  readonly id: string
  readonly label: string
  readonly value: string
  /** In characters. Shown to the model but not enforced, as on Letta server. */
  readonly limit: number
  readonly description: string | null
  readonly readOnly: boolean
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  readonly createdAt: string
  readonly updatedAt: string
}

/** Who changed a block. */
export type BlockAuthor =
  | {
      readonly type: 'agent'
      readonly agentId: string
      /** Null when a client has saved the part of the call that its user approved. */
      readonly runId: string | null
      readonly stepId: string | null
      readonly callId: string
      readonly tool: string
      /** The ids of the blocks that had lines which the call moved or copied into this one. */
      readonly sources?: readonly string[]
    }
  | {
      /** `client`: a program that does not say for whom it acts; `letta`: the blocks of a new agent. */
      readonly type: 'client' | 'import' | 'letta' | 'restore' | 'skills' | 'user'
      /** The id of a session of letta, or else the name that the program gives itself. */
      readonly client: string | null
      /** The ids of the blocks that had lines which the user moved or copied into this one. */
      readonly sources?: readonly string[]
    }
  /** The value that a block had before its versions were stored. */
  | { readonly type: 'unknown' }

/** One value of a block, with its properties at that time. Versions are numbered from 0. */
export interface BlockVersionRecord {
  readonly blockId: string
  readonly version: number
  readonly createdAt: string
  readonly author: BlockAuthor
  /** The block was deleted, and these agents had it; null for every other version. */
  readonly deletedFrom: readonly string[] | null
  readonly block: BlockRecord
}

export interface ToolRecord {
  readonly id: string
  readonly name: string
  readonly description: string
  /** The function's JSON schema: `{name, description, parameters}`. */
  readonly jsonSchema: Readonly<Record<string, unknown>>
  readonly sourceCode: string
  readonly sourceType: string
  readonly requiresApproval: boolean
  /** Whether the server itself runs the tool. */
  readonly builtIn: boolean
  readonly tags: readonly string[]
  readonly createdAt: string
}

export interface CallRecord {
  readonly callId: string
  readonly name: string
  /** Raw JSON text, as the model wrote it. */
  readonly args: string
  /** Where the call runs; `client` waits for an approval or a result from the client. */
  readonly runs: 'server' | 'client'
  /** The token limit ended the answer within the arguments. */
  readonly isCut?: true
}

export type MessageBody =
  | {
      readonly role: 'user'
      readonly content: readonly UserContentPart[]
      readonly otid: string | null
    }
  | {
      readonly role: 'assistant'
      readonly reasoning: readonly { readonly text: string; readonly signature: string | null }[]
      readonly text: string
      readonly calls: readonly CallRecord[]
      /** The answer was interrupted: cancelled, or its provider failed. */
      readonly partial: boolean
      /** Handle; empty when the client sent the message in the agent's place. */
      readonly model: string
    }
  | {
      readonly role: 'tool'
      readonly callId: string
      readonly name: string
      readonly text: string
      /** The images of the result, stored under this older name. */
      readonly pictures: readonly Base64Image[]
      readonly status: 'success' | 'error'
      readonly stdout: readonly string[]
      readonly stderr: readonly string[]
      /** Why a person or the server denied the call, null when it ran. The model reads `text`. */
      readonly denial: string | null
    }
  | {
      /** Replaces, in the prompt, the messages that were removed from it. */
      readonly role: 'summary'
      readonly summary: string
      /** What the model reads. */
      readonly text: string
      readonly stats: CompactionStats | null
    }

export interface CompactionSettings {
  readonly mode: 'all' | 'sliding_window'
  /** Handle of the model that writes the summary; the agent's model when null. */
  readonly model: string | null
  /** Instructions that replace the default ones. */
  readonly prompt: string | null
  /** The share of the messages that is removed, from 0 to 1. */
  readonly share: number
  readonly clipCharacters: number | null
}

export const DEFAULT_COMPACTION: CompactionSettings = {
  mode: 'sliding_window',
  model: null,
  prompt: null,
  share: 0.3,
  clipCharacters: 50_000,
}

export interface CompactionStats {
  readonly trigger: CompactionTrigger
  /** Tokens. */
  readonly contextBefore: number
  readonly contextAfter: number
  readonly contextWindow: number
  /** Messages of the prompt, including the system prompt. */
  readonly messagesBefore: number
  readonly messagesAfter: number
}

/** Names of the API: nearly full after a step; refused by the provider, or too large to be sent. */
export type CompactionTrigger = 'post_step_context_check' | 'context_window_exceeded'

export interface Base64Image {
  readonly mediaType: string
  readonly base64: string
}

export type UserContentPart =
  | { readonly type: 'text'; readonly text: string }
  | ({ readonly type: 'image' } & Base64Image)

export interface MessageRecord {
  /** The order of arrival among the messages of all agents. */
  readonly sequence: number
  readonly id: string
  readonly agentId: string
  readonly conversationId: string
  readonly runId: string | null
  readonly stepId: string | null
  /** The position in the prompt; null once the message has been removed from it. */
  readonly position: number | null
  readonly createdAt: string
  readonly body: MessageBody
}

/** One model call. */
export interface StepRecord {
  readonly id: string
  readonly runId: string
  readonly agentId: string
  /** Handle. */
  readonly model: string
  readonly contextWindow: number
  readonly usage: ModelUsage | null
  readonly stopReason: string | null
  readonly status: 'success' | 'failed' | 'cancelled'
  readonly error: { readonly type: string; readonly message: string } | null
  readonly feedback: 'positive' | 'negative' | null
  /** When the model was called. Absent in records of earlier versions. */
  readonly askedAt?: string
  /** When the response was complete. */
  readonly createdAt: string
}

export interface RunRecord {
  readonly id: string
  readonly agentId: string
  readonly conversationId: string
  /** The kind of request, by its name in the API. */
  readonly type:
    | 'send_message'
    | 'send_message_streaming'
    | 'send_message_async'
    | 'send_conversation_message'
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled'
  readonly stopReason: string | null
  /** The error event of a failed run. */
  readonly error?: Readonly<Record<string, unknown>> | null
  readonly background: boolean
  /** The session that sent the request, which also holds leases by this name; null for other clients. */
  readonly client?: string | null
  readonly createdAt: string
  readonly completedAt: string | null
  /** The process that owns the run. A run whose process has ended is dead. */
  readonly processId: number
  /** Renewed while the run is active, because another program can have the process id of one that ended. */
  readonly heartbeatAt: string
  /** In the unit of the system; absent where it is unknown, and in runs of version 0.2.0. */
  readonly processStartedAt?: string | null
}

/** The name of a conversation's lease: the agent's id for its default history. */
export function leaseKey({ agentId, conversationId }: Thread): string {
  return conversationId === DEFAULT_CONVERSATION ? agentId : conversationId
}

/**
 * The session that is at work on a conversation: it has sent a message, and others wait until its turn has
 * ended. The owner renews it; whether the owner is gone is for those who wait to decide, since only they know how long
 * they have seen no change.
 */
export interface LeaseRecord {
  /** `leaseKey` of the conversation. */
  readonly agentId: string
  readonly owner: string
  /** What the owner is doing. */
  readonly activity: 'model' | 'tool' | 'approval'
  /** The owner's process; null when unknown. `host` names the machine, its boot and its process namespace. */
  readonly process: {
    readonly host: string
    readonly processId: number
    readonly startedAt: string | null
  } | null
  /** Counts the renewals: no clock is compared with another. */
  readonly beat: number
}
