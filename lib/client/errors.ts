import { APIConnectionError, APIConnectionTimeoutError, APIError } from '@letta-ai/letta-client'
import { errnoCode } from '../fs/errno.ts'
import { isRecord } from '../util/is-record.ts'
import { UserError } from '../util/user-error.ts'
import { text } from './stream/decode.ts'

/**
 * What the SDK throws, as one clear line with the next step; `clean` takes keys out of the server's words. Bugs and aborts pass
 * through unchanged.
 */
export function toUserError(
  thrown: unknown,
  server: string,
  clean: (text: string) => string,
): unknown {
  if (thrown instanceof APIConnectionError) {
    return new UserError(`Failed to connect to Letta server ${server}${reasonOf(thrown)}`, {
      hint: 'Is it running? Check LETTA_BASE_URL and the network.',
      cause: thrown,
    })
  }
  if (isBrokenOff(thrown)) {
    return new UserError(`The connection to ${server} broke before its answer was whole.`, {
      hint: 'Try it again: what was asked may have been done.',
      cause: thrown,
    })
  }
  if (!(thrown instanceof APIError) || thrown.status === undefined) return thrown
  const said = clean(detailOf(thrown.error) || plainWords(thrown))
  return new UserError(`${server} answered ${thrown.status}: ${said}`, {
    ...(hintFor(thrown) ?? {}),
    cause: thrown,
  })
}

/** So undici says that the peer went away in the middle of a body; the client passes it on as it is. */
function isBrokenOff(thrown: unknown): boolean {
  return thrown instanceof TypeError && thrown.message === 'terminated'
}

/** What the network says of it, in a few words; nothing when it says nothing that a person could use. */
function reasonOf(thrown: APIConnectionError): string {
  if (thrown instanceof APIConnectionTimeoutError) return ': it did not answer in time'
  for (let error: unknown = thrown; error instanceof Error; error = error.cause) {
    const reason = REASONS[errnoCode(error) ?? '']
    if (reason !== undefined) return `: ${reason}`
  }
  return ''
}

const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet (is the clock right?)',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody but itself',
  EAI_AGAIN: 'its name cannot be looked up for now',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was broken off',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ENOTFOUND: 'no machine has that name',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ETIMEDOUT: 'it did not answer in time',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody who is known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody who is known here',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  UND_ERR_SOCKET: 'the connection was broken off',
}

const LONGEST = 300

/** Of an answer that is no JSON: of a web page its title, else its first line. The client puts the status before it. */
function plainWords({ message, status }: { message: string; status: number }): string {
  const body = message.startsWith(`${status} `) ? message.slice(`${status} `.length) : message
  if (!/^\s*<(!doctype|html|head|body)\b/i.test(body)) {
    return (body.trim().split(/[\r\n]/, 1)[0] ?? '').slice(0, LONGEST)
  }
  const [, title = ''] = /<title[^>]*>([^<]*)</i.exec(body) ?? []
  const name = title.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST)
  return name === '' ? 'a web page' : `a web page, "${name}"`
}

function hintFor({ status, headers }: APIError): { hint: string } | undefined {
  const wait = status === 429 ? retryAfter(headers) : null
  if (wait !== null)
    return { hint: `It asks to wait ${wait} ${wait === 1 ? 'second' : 'seconds'}.` }
  if (status === 401 || status === 403) {
    return {
      hint: 'Give another key: letta login, or /connect. LETTA_API_KEY of the environment wins over it.',
    }
  }
  return status === 402
    ? { hint: 'Your plan is used up: open an agent you already have.' }
    : undefined
}

/** Seconds; null when it does not say. */
export function retryAfter(headers: Headers | undefined): number | null {
  const value = headers?.get('retry-after') ?? ''
  if (value === '') return null
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
  return Number.isNaN(seconds) ? null : Math.max(0, Math.round(seconds))
}

/** The server's own words: `detail` is a string, a record with a message, or a list of complaints. */
function detailOf(body: unknown): string {
  if (!isRecord(body)) return ''
  const { detail, message, error } = body
  if (typeof detail === 'string') return detail
  // As others write it: a gateway before the server.
  if (isRecord(error)) return text(error['message'])
  if (isRecord(detail)) return text(detail['message'])
  return Array.isArray(detail) ? JSON.stringify(detail) : text(message)
}

export function isStatus(thrown: unknown, ...statuses: readonly number[]): boolean {
  return (
    thrown instanceof APIError && thrown.status !== undefined && statuses.includes(thrown.status)
  )
}
