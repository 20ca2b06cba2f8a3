import { commandReference } from '../util/references.ts'

/** What the client tells a person about servers and their answers. */

export interface MessageWithHint {
  readonly message: string
  readonly hint: string
}

// Connections

/** Verbatim: the words of Letta Code. `reason`: one of `NETWORK_REASONS`; null when the network gives none. */
export function cannotConnect(server: string, reason: string | null): MessageWithHint {
  return {
    message: `Failed to connect to Letta server ${server}${reason === null ? '' : `: ${reason}`}`,
    hint: 'Is the server running? Check LETTA_BASE_URL and the network.',
  }
}

export const CONNECTION_TIMED_OUT = 'connection timed out'

/** By the codes of the system, of OpenSSL and of undici. */
export const NETWORK_REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not yet valid (check the system clock)',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  EAI_AGAIN: 'DNS lookup failed (temporary)',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'host not found',
  EPROTO: 'TLS handshake failed (is it an http:// server?)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'TLS handshake failed (is it an http:// server?)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate does not match the host name',
  ETIMEDOUT: CONNECTION_TIMED_OUT,
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate is signed by an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate is signed by an unknown authority',
  UND_ERR_CONNECT_TIMEOUT: CONNECTION_TIMED_OUT,
  UND_ERR_SOCKET: 'connection reset by peer',
}

export function responseCutOff(server: string): MessageWithHint {
  return {
    message: `${server} closed the connection before the response was complete.`,
    hint: 'Try again. The request may already have been processed.',
  }
}

// Error responses

export function errorResponse(server: string, status: number, detail: string): string {
  return `${server} answered ${status}: ${detail}`
}

/** In place of the detail, when a web page came. */
export function htmlPage(title: string): string {
  return title === '' ? 'returned an HTML page' : `returned an HTML page titled "${title}"`
}

export function retryAfterSeconds(seconds: number): string {
  return `Retry after ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`
}

export const KEY_REJECTED_HINT = `Sign in with another key: ${commandReference('login')}. (LETTA_API_KEY in the environment takes precedence.)`

export const PLAN_LIMIT_HINT = 'Plan limit reached. Use an existing agent.'
