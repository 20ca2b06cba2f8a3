import { APIConnectionError, APIConnectionTimeoutError, APIError } from '@letta-ai/letta-client'
import { errnoCode } from '../fs/errno.ts'
import { isRecord } from '../util/is-record.ts'
import { parseJson } from '../util/parse-json.ts'
import { parseRetryAfter } from '../util/retry-after.ts'
import { UserError } from '../util/user-error.ts'
import {
  CERTIFICATE_HINT,
  CONNECTION_TIMED_OUT,
  cannotConnect,
  errorResponse,
  htmlPage,
  KEY_REJECTED_HINT,
  NETWORK_REASONS,
  PLAN_LIMIT_HINT,
  responseCutOff,
  retryAfterSeconds,
  throughProxy,
} from './messages.ts'
import { text } from './stream/decode.ts'
import { proxyOf } from './use-proxies.ts'

/** The server cannot be reached, or its answer was cut off: not a fault of the request. */
export class ConnectionFailure extends UserError {
  override readonly name = 'ConnectionFailure'
}

/**
 * Converts what the SDK throws to one line with a hint; `clean` removes keys from the server's text. Programming errors and
 * aborts pass through unchanged.
 */
export function toUserError(
  thrown: unknown,
  server: string,
  clean: (text: string) => string,
): unknown {
  if (thrown instanceof APIConnectionError) {
    const { message, hint } = cannotConnect(server, networkReason(thrown))
    const known = errorChain(thrown).map((error) => errnoCode(error) ?? '')
    const isUntrusted = known.some((code) => UNTRUSTED_CERTIFICATE.test(code))
    return new ConnectionFailure(message, {
      hint: isUntrusted ? CERTIFICATE_HINT : hint,
      cause: thrown,
    })
  }
  if (isCutOff(thrown)) {
    const { message, hint } = responseCutOff(server)
    return new ConnectionFailure(message, { hint, cause: thrown })
  }
  if (!(thrown instanceof APIError) || thrown.status === undefined) return thrown
  const detail = clean(detailOf(thrown.error) || bodyExcerpt(thrown))
  return new UserError(errorResponse(server, thrown.status, detail), {
    ...(hintFor(thrown) ?? {}),
    cause: thrown,
  })
}

/** undici's error when the peer closes the connection in the middle of a body; the SDK passes it on unchanged. */
function isCutOff(thrown: unknown): boolean {
  return thrown instanceof TypeError && thrown.message === 'terminated'
}

/** The network's reason in a few words; null when its code would not help the user. */
function networkReason(thrown: APIConnectionError): string | null {
  if (thrown instanceof APIConnectionTimeoutError) return CONNECTION_TIMED_OUT
  const chain = errorChain(thrown)
  const known = chain.map((error) => NETWORK_REASONS[errnoCode(error) ?? '']).find(Boolean) ?? null
  const failed = chain.find((error) => proxyOf(error) !== null)
  if (failed === undefined) return known
  return known === null ? failed.message : throughProxy(known, proxyOf(failed) ?? '')
}

const UNTRUSTED_CERTIFICATE = /^(DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)/

function errorChain(thrown: Error): readonly Error[] {
  const chain: Error[] = []
  for (let error: unknown = thrown; error instanceof Error; error = error.cause) chain.push(error)
  return chain
}

const MAX_EXCERPT_CHARACTERS = 300

/** Summarizes a body that is not JSON: the title of a web page, otherwise the first line. The SDK puts the status before it. */
function bodyExcerpt({ message, status }: { message: string; status: number }): string {
  const body = message.startsWith(`${status} `) ? message.slice(`${status} `.length) : message
  if (!/^\s*<(!doctype|html|head|body)\b/i.test(body)) {
    return (body.trim().split(/[\r\n]/, 1)[0] ?? '').slice(0, MAX_EXCERPT_CHARACTERS)
  }
  const [, title = ''] = /<title[^>]*>([^<]*)</i.exec(body) ?? []
  const name = title.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_EXCERPT_CHARACTERS)
  return htmlPage(name)
}

function hintFor({ status, headers }: APIError): { hint: string } | undefined {
  const wait = status === 429 ? parseRetryAfter((name) => headers?.get(name), Date.now()) : null
  if (wait !== null) return { hint: retryAfterSeconds(Math.round(wait / 1000)) }
  if (status === 401 || status === 403) {
    return { hint: KEY_REJECTED_HINT }
  }
  return status === 402 ? { hint: PLAN_LIMIT_HINT } : undefined
}

/** The server's own message: `detail` is a string, a record with a message, or a list of validation errors. */
function detailOf(body: unknown): string {
  if (!isRecord(body)) return ''
  const { detail, message, error } = body
  // Letta server sends the validation errors as a text.
  const list = typeof detail === 'string' ? parseJson(detail) : detail
  if (Array.isArray(list)) return validationErrors(list)
  if (typeof detail === 'string') return detail
  // The form that gateways in front of the server use.
  if (isRecord(error)) return text(error['message'])
  return isRecord(detail) ? text(detail['message']) : text(message)
}

const MAX_REPORTED_ERRORS = 3

/** FastAPI's list of what is not valid, each with its place: `agents.0.name: Field required`. */
function validationErrors(detail: readonly unknown[]): string {
  const errors = detail.map((one) => {
    const { loc, msg } = Object(one)
    const place = Array.isArray(loc) ? loc.slice(1).join('.') : ''
    const message = text(msg) || JSON.stringify(one)
    return place === '' ? message : `${place}: ${message}`
  })
  const more = errors.length > MAX_REPORTED_ERRORS ? ['…'] : []
  return [...errors.slice(0, MAX_REPORTED_ERRORS), ...more].join('; ')
}

export function isStatus(thrown: unknown, ...statuses: readonly number[]): boolean {
  return (
    thrown instanceof APIError && thrown.status !== undefined && statuses.includes(thrown.status)
  )
}
