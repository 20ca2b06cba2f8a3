import { UserError } from '../util/user-error.ts'
import { SYSTEM_PROMPT_OVERFLOW, systemPromptOverflow, UNEXPECTED_ERROR } from './messages/api.ts'
import { ProviderError } from './providers/provider.ts'

/** Thrown to answer a request with an HTTP error. `body` has the shape of Letta server's. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
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

/** A 422 as Letta server sends it: the list of issues is JSON in a string. */
export function validationError(issues: readonly ValidationIssue[]): HttpError {
  return new HttpError(422, { trace_id: '', detail: JSON.stringify(issues) })
}

/** Verbatim: stop reason and error type of the Letta API. */
const SYSTEM_OVERFLOW = 'context_window_overflow_in_system_prompt'

/** Why a run failed: the fields of its error event. */
export interface RunFailure {
  readonly stopReason: 'error' | 'llm_api_error' | typeof SYSTEM_OVERFLOW
  readonly errorType: string
  readonly message: string
  readonly detail: string
  /** The answer to a request that waited for the complete response. */
  readonly httpError: HttpError
}

/** An invalid request that is detected only while the run is processed. */
export class RunError extends Error {
  override readonly name = 'RunError'
}

/** The system prompt fills the context window, and compaction must not touch it. */
export class SystemPromptOverflow extends Error {
  override readonly name = 'SystemPromptOverflow'

  constructor(tokens: number, contextWindow: number) {
    super(systemPromptOverflow(tokens, contextWindow))
  }
}

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

/** Describes anything that a run may throw, without a stack, so that its stream always ends with an event. */
export function toRunFailure(thrown: unknown): RunFailure {
  if (thrown instanceof ProviderError) return fromProviderError(thrown)
  if (thrown instanceof SystemPromptOverflow) {
    const [message, detail] = [SYSTEM_PROMPT_OVERFLOW, thrown.message]
    const httpError = new HttpError(400, message)
    return { stopReason: SYSTEM_OVERFLOW, errorType: SYSTEM_OVERFLOW, message, detail, httpError }
  }
  const detail = thrown instanceof Error ? thrown.message : 'unknown'
  const isKnown = thrown instanceof RunError || thrown instanceof HttpError
  const known = isKnown ? detail : UNEXPECTED_ERROR
  const message = thrown instanceof UserError ? withHint(thrown) : known
  const httpError =
    thrown instanceof HttpError ? thrown : new HttpError(isKnown ? 400 : 500, message)
  return { stopReason: 'error', errorType: 'internal_error', message, detail, httpError }
}

/** The error and what to do about it, in one line. */
export function withHint({ message, hint }: UserError): string {
  return hint === undefined ? message : `${message.replace(/\.$/, '')}. ${hint}`
}

function fromProviderError({ type, message }: ProviderError): RunFailure {
  const errorType = ERROR_TYPES[type]
  const error = { type: errorType, message, detail: message }
  const httpError = new HttpError(STATUSES[type], { error, detail: message })
  return { stopReason: 'llm_api_error', errorType, message, detail: message, httpError }
}
