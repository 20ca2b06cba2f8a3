import { ProviderError } from './providers/provider.ts'

/** Refuses a request: becomes an HTTP answer. `body` as the real server words it. */
export class Refusal extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, detail: unknown) {
    super(typeof detail === 'string' ? detail : JSON.stringify(detail))
    this.status = status
    this.body =
      typeof detail === 'object' && detail !== null && 'detail' in detail ? detail : { detail }
  }
}

interface Complaint {
  readonly type: string
  readonly loc: readonly PropertyKey[]
  readonly msg: string
  readonly input?: unknown
}

/** The real server's 422: the list of complaints is a string. */
export function unprocessable(complaints: readonly Complaint[]): Refusal {
  return new Refusal(422, { trace_id: '', detail: JSON.stringify(complaints) })
}

export const PENDING =
  'CONFLICT: Cannot send a new message: The agent is waiting for approval on a tool call. Please approve or deny the pending request before continuing.'
export const NOTHING_PENDING =
  'Cannot process approval response: No tool call is currently awaiting approval. Please send a regular message to interact with the agent.'

/** What went wrong with a run: the error event's fields. */
export interface Failure {
  readonly stopReason: 'error' | 'llm_api_error'
  readonly errorType: string
  readonly message: string
  readonly detail: string
}

/** A fault of the request that shows only once the run is looked at. */
export class RunProblem extends Error {}

const ERROR_TYPES: Readonly<Record<ProviderError['kind'], string>> = {
  rateLimit: 'llm_rate_limit',
  authentication: 'llm_authentication',
  timeout: 'llm_timeout',
  overflow: 'llm_error',
  unreachable: 'llm_error',
  refused: 'llm_error',
  server: 'llm_error',
  interrupted: 'internal_error',
}

/** Whatever a run may stumble on, as its error event tells it: never a stack, never a lost stream. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof ProviderError) {
    return {
      stopReason: 'llm_api_error',
      errorType: ERROR_TYPES[thrown.kind],
      message: thrown.message,
      detail: thrown.message,
    }
  }
  const detail = thrown instanceof Error ? thrown.message : 'unknown'
  const isKnown = thrown instanceof RunProblem || thrown instanceof Refusal
  const message = isKnown ? detail : 'An unexpected error occurred in the server.'
  return { stopReason: 'error', errorType: 'internal_error', message, detail }
}
