import { UserError } from '../util/user-error.ts'
import { ProviderError } from './providers/provider.ts'

/** Refuses a request: becomes an HTTP answer. `body` as the real server words it. */
export class HttpError extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, detail: unknown) {
    super(typeof detail === 'string' ? detail : JSON.stringify(detail))
    this.status = status
    this.body =
      typeof detail === 'object' && detail !== null && 'detail' in detail ? detail : { detail }
  }
}

interface ValidationIssue {
  readonly type: string
  readonly loc: readonly PropertyKey[]
  readonly msg: string
  readonly input?: unknown
}

/** The real server's 422: the list of complaints is a string. */
export function validationError(complaints: readonly ValidationIssue[]): HttpError {
  return new HttpError(422, { trace_id: '', detail: JSON.stringify(complaints) })
}

export const PENDING =
  'CONFLICT: Cannot send a new message: The agent is waiting for approval on a tool call. Please approve or deny the pending request before continuing.'
export const NOTHING_PENDING =
  'Cannot process approval response: No tool call is currently awaiting approval. Please send a regular message to interact with the agent.'

const SYSTEM_OVERFLOW = 'context_window_overflow_in_system_prompt'

/** What went wrong with a run: the error event's fields. */
export interface RunFailure {
  readonly stopReason: 'error' | 'llm_api_error' | typeof SYSTEM_OVERFLOW
  readonly errorType: string
  readonly message: string
  readonly detail: string
  /** What a request that waited for the whole answer gets. */
  readonly httpError: HttpError
}

/** A fault of the request that shows only once the run is looked at. */
export class RunError extends Error {}

/** No compaction can help: what it may not touch fills the window. */
export class SystemPromptOverflow extends Error {
  constructor(tokens: number, contextWindow: number) {
    super(
      `CONTEXT_WINDOW_EXCEEDED: The system prompt tokens ${tokens} exceeds the context window ${contextWindow}. Please reduce the size of your system prompt, memory blocks, or increase the context window.`,
    )
  }
}

const TOO_LARGE =
  "Compaction failed because the system prompt is too large for this model's context window. Reduce system instructions, memory blocks, or tools, or use a model with a larger context window."

const ERROR_TYPES: Readonly<Record<ProviderError['type'], string>> = {
  rateLimit: 'llm_rate_limit',
  authentication: 'llm_authentication',
  timeout: 'llm_timeout',
  silent: 'llm_timeout',
  overflow: 'llm_error',
  unreachable: 'llm_error',
  refused: 'llm_error',
  server: 'llm_error',
  interrupted: 'internal_error',
}

const STATUSES: Readonly<Record<ProviderError['type'], number>> = {
  rateLimit: 429,
  authentication: 401,
  timeout: 504,
  silent: 504,
  overflow: 400,
  refused: 400,
  unreachable: 500,
  server: 500,
  interrupted: 500,
}

/** Whatever a run may stumble on, as its error event tells it: never a stack, never a lost stream. */
export function toRunFailure(thrown: unknown): RunFailure {
  if (thrown instanceof ProviderError) return fromProviderError(thrown)
  if (thrown instanceof SystemPromptOverflow) {
    const [message, detail] = [TOO_LARGE, thrown.message]
    const httpError = new HttpError(400, message)
    return { stopReason: SYSTEM_OVERFLOW, errorType: SYSTEM_OVERFLOW, message, detail, httpError }
  }
  const detail = thrown instanceof Error ? thrown.message : 'unknown'
  const isKnown = thrown instanceof RunError || thrown instanceof HttpError
  const message = thrown instanceof UserError ? withHint(thrown) : isKnown ? detail : UNEXPECTED
  const httpError =
    thrown instanceof HttpError ? thrown : new HttpError(isKnown ? 400 : 500, message)
  return { stopReason: 'error', errorType: 'internal_error', message, detail, httpError }
}

/** Trouble with the machine, as of a full disk, and what to do about it. */
export function withHint({ message, hint }: UserError): string {
  return hint === undefined ? message : `${message}. ${hint}`
}

const UNEXPECTED = 'An unexpected error occurred in the server.'

function fromProviderError({ type, message }: ProviderError): RunFailure {
  const errorType = ERROR_TYPES[type]
  const error = { type: errorType, message, detail: message }
  const httpError = new HttpError(STATUSES[type], { error, detail: message })
  return { stopReason: 'llm_api_error', errorType, message, detail: message, httpError }
}
