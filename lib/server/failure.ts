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

/** Null for a bug: that is nobody's answer. */
export function failureOf(thrown: unknown): Failure | null {
  if (thrown instanceof RunProblem) {
    const { message } = thrown
    return { stopReason: 'error', errorType: 'internal_error', message, detail: message }
  }
  if (!(thrown instanceof ProviderError)) return null
  return {
    stopReason: 'llm_api_error',
    errorType: ERROR_TYPES[thrown.kind],
    message: thrown.message,
    detail: thrown.status === null ? thrown.kind : `${thrown.kind} (HTTP ${thrown.status})`,
  }
}
