import type { ModelUsage } from './providers/provider.ts'

/** What the database holds, one shape a table. Times are ISO 8601 in UTC. */

export interface AgentRecord {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly system: string
  /** What the model last got as its system prompt. */
  readonly compiledSystem: string | null
  /** Handle: `provider/model`. */
  readonly model: string
  /** Tokens. */
  readonly contextWindow: number
  readonly maxOutputTokens: number | null
  readonly reasoningEffort: 'none' | 'low' | 'medium' | 'high' | null
  readonly temperature: number | null
  readonly parallelToolCalls: boolean
  readonly tags: readonly string[]
  /** In prompt order. */
  readonly blockIds: readonly string[]
  readonly toolIds: readonly string[]
  readonly toolRules: readonly ToolRule[]
  readonly metadata: Readonly<Record<string, unknown>>
  /** As usual when left out. */
  readonly compaction?: CompactionSettings
  readonly createdAt: string
  readonly updatedAt: string
}

/** A history of messages: the agent's own, or that of one of its conversations. */
export interface Thread {
  readonly agentId: string
  readonly conversationId: string
}

/** The agent's own history is the conversation of this name. */
export const DEFAULT_CONVERSATION = 'default'

export function defaultThread(agentId: string): Thread {
  return { agentId, conversationId: DEFAULT_CONVERSATION }
}

export function threadOf({ id, agentId }: ConversationRecord): Thread {
  return { agentId, conversationId: id }
}

export function sameThread(one: Thread, other: Thread): boolean {
  return one.agentId === other.agentId && one.conversationId === other.conversationId
}

export interface ConversationRecord {
  readonly id: string
  readonly agentId: string
  readonly summary: string | null
  /** Handle, in place of the agent's. */
  readonly model: string | null
  readonly modelSettings: Readonly<Record<string, unknown>> | null
  /** Blocks of its own, each in place of the agent's with the same label. */
  readonly isolatedBlockIds: readonly string[]
  /** Not listed. */
  readonly isHidden?: boolean
  readonly compiledSystem: string | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly lastMessageAt: string | null
}

/** A piece of archival memory. */
export interface PassageRecord {
  readonly id: string
  readonly agentId: string
  readonly text: string
  readonly tags: readonly string[]
  readonly createdAt: string
}

/** Only `requires_approval` is acted on; other rules are kept and given back. */
export interface ToolRule {
  readonly type: string
  readonly tool_name: string
  readonly [field: string]: unknown
}

export interface BlockRecord {
  readonly id: string
  readonly label: string
  readonly value: string
  /** Characters; told, not enforced, as on the real server. */
  readonly limit: number
  readonly description: string | null
  readonly readOnly: boolean
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  readonly createdAt: string
  readonly updatedAt: string
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
  /** Runs in the server itself. */
  readonly builtIn: boolean
  readonly tags: readonly string[]
  readonly createdAt: string
}

export interface CallRecord {
  readonly callId: string
  readonly name: string
  /** Raw JSON text, as the model wrote it. */
  readonly args: string
  /** `client` waits for an approval and a result from outside. */
  readonly runs: 'server' | 'client'
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
      /** The model was cut off: cancelled, or its vendor failed. */
      readonly partial: boolean
      /** Empty when the client said it in the agent's place. */
      readonly model: string
    }
  | {
      readonly role: 'tool'
      readonly callId: string
      readonly name: string
      readonly text: string
      readonly pictures: readonly Base64Image[]
      readonly status: 'success' | 'error'
      readonly stdout: readonly string[]
      readonly stderr: readonly string[]
      /** A person or the server said no; `text` is what the model reads. */
      readonly denial: string | null
    }
  | {
      /** Stands in the prompt for the messages that have left it. */
      readonly role: 'summary'
      readonly summary: string
      /** What the model reads. */
      readonly text: string
      readonly stats: CompactionStats | null
    }

export interface CompactionSettings {
  readonly mode: 'all' | 'sliding_window'
  /** Handle of the model that writes the summary; the agent's when null. */
  readonly model: string | null
  /** Instructions in place of ours. */
  readonly prompt: string | null
  /** The part of the messages that leaves. */
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
  /** Messages of the prompt, its system prompt among them. */
  readonly messagesBefore: number
  readonly messagesAfter: number
}

/** As the API names them: full behind a step; refused by the vendor, or too large to be sent. */
export type CompactionTrigger = 'post_step_context_check' | 'context_window_exceeded'

export interface Base64Image {
  readonly mediaType: string
  readonly base64: string
}

export type UserContentPart =
  | { readonly type: 'text'; readonly text: string }
  | ({ readonly type: 'image' } & Base64Image)

export interface MessageRecord {
  /** Order of arrival over all agents. */
  readonly sequence: number
  readonly id: string
  readonly agentId: string
  readonly conversationId: string
  readonly runId: string | null
  readonly stepId: string | null
  /** Place in the prompt; null once it has left it. */
  readonly position: number | null
  readonly createdAt: string
  readonly body: MessageBody
}

/** One call of a model. */
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
  /** When the model was asked; those of an earlier letta do not tell. */
  readonly askedAt?: string
  /** When it had answered. */
  readonly createdAt: string
}

export interface RunRecord {
  readonly id: string
  readonly agentId: string
  readonly conversationId: string
  /** As the API calls the kind of request. */
  readonly type:
    | 'send_message'
    | 'send_message_streaming'
    | 'send_message_async'
    | 'send_conversation_message'
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled'
  readonly stopReason: string | null
  /** The event that told of its failure. */
  readonly error?: Readonly<Record<string, unknown>> | null
  readonly background: boolean
  readonly createdAt: string
  readonly completedAt: string | null
  /** The process that runs it: a run whose process is gone is dead. */
  readonly processId: number
  /** Renewed while it runs: another program may have got a dead process's number. */
  readonly heartbeatAt: string
}
