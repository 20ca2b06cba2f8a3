/**
 * What `--output-format stream-json` prints, one object a line. `json` prints the last one, a `ResultLine`. The build publishes this
 * file as the types of the package, so it contains types only and imports nothing.
 */
export type OutputLine = InitLine | MessageLine | DecisionLine | ErrorLine | ResultLine

/** The agent that answers, first. */
interface InitLine {
  readonly type: 'init'
  readonly agent_id: string
  /** Handle: `provider/model`. */
  readonly model: string
  /** Names of the local tools. */
  readonly tools: readonly string[]
}

export type MessageLine =
  | AssistantChunk
  | ReasoningChunk
  | CallChunk
  | ReturnChunk
  | StopLine
  | UsageLine

/** Chunks with the same `otid` are parts of one message. The names of fields are those of Letta Code and those of the server. */
interface ChunkLine<Type extends string> {
  readonly type: 'message'
  readonly messageType: Type
  readonly message_type: Type
  readonly otid: string
  readonly seqId: number
  readonly seq_id: number
}

interface AssistantChunk extends ChunkLine<'assistant_message'> {
  readonly content: string
}

interface ReasoningChunk extends ChunkLine<'reasoning_message'> {
  readonly reasoning: string
}

/** A call of a tool: `approval_request_message` when it runs on this machine. `arguments` is JSON, and may come in pieces. */
interface CallChunk extends ChunkLine<'approval_request_message' | 'tool_call_message'> {
  readonly tool_call: {
    readonly name: string
    readonly arguments: string
    readonly tool_call_id: string
  }
}

interface ReturnChunk extends ChunkLine<'tool_return_message'> {
  readonly tool_return: string
  readonly status: 'success' | 'error'
  readonly tool_call_id: string
}

interface StopLine {
  readonly type: 'message'
  readonly messageType: 'stop_reason'
  readonly message_type: 'stop_reason'
  /** `end_turn`, `cancelled`, or why the turn has failed. */
  readonly stopReason: string
  readonly stop_reason: string
}

interface UsageLine extends TokenUsage {
  readonly type: 'message'
  readonly messageType: 'usage_statistics'
  readonly message_type: 'usage_statistics'
  readonly promptTokens: number
  readonly completionTokens: number
  readonly totalTokens: number
  /** Calls of the model. */
  readonly step_count: number
}

/** Whether a call was approved, and by what. */
interface DecisionLine {
  readonly type: 'auto_approval' | 'denial'
  readonly tool_name: string | null
  readonly tool_call_id: string
  readonly reason: string | null
  readonly matched_rule: string | null
}

interface ErrorLine {
  readonly type: 'error'
  readonly message: string
  /** What to do. */
  readonly hint: string | null
  readonly stop_reason: string
}

/** How the run has ended, last. */
export interface ResultLine {
  readonly type: 'result'
  readonly subtype: 'success' | 'cancelled' | 'error'
  readonly is_error: boolean
  readonly duration_ms: number
  /** The part of it in which a request to the server was open. */
  readonly duration_api_ms: number
  readonly num_turns: number
  /** The last answer, or the message of the error. */
  readonly result: string
  readonly agent_id: string | null
  readonly usage: TokenUsage
  /** By the list prices; absent when the price of the model is unknown. */
  readonly total_cost_usd?: number
}

interface TokenUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
}
