import { RUN_CANCELLED_REASON } from '../server/messages/prompts.ts'
import { spellOut } from '../util/invisible-characters.ts'
import { plural } from '../util/quantities.ts'
import { commandReference } from '../util/references.ts'
import type { MessageWithHint } from '../util/user-error.ts'

/** Messages about servers and their responses. */

// Connections

/** Verbatim: the message of Letta Code. `reason`: one of `NETWORK_REASONS`; null when the network gives none. */
export function cannotConnect(server: string, reason: string | null): MessageWithHint {
  return {
    message: `Failed to connect to Letta server ${server}${reason === null ? '' : `: ${reason}`}`,
    hint: 'Is the server running? Check LETTA_BASE_URL and the network.',
  }
}

export const throughProxy = (reason: string, proxy: string): string =>
  `${reason} (through the proxy ${proxy})`

export const PROXY_CLOSED = 'the proxy closed the connection'
export const proxyAnswered = (status: number): string =>
  status === 407
    ? 'the proxy requires a name and a password, as a part of its address (407)'
    : `the proxy refused the connection (${status})`

/** The address may contain a password, so it is not shown. */
export const invalidProxy = (variable: string): string =>
  `${variable} is not an address of a proxy, such as http://proxy.example.org:8080.`

/** A company's proxy that reads TLS connections has a separate certificate. */
export const CERTIFICATE_HINT =
  'If your network has its own certificate authority, set NODE_EXTRA_CA_CERTS to the file with its certificate (PEM) and start letta again.'

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
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate is signed by an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate is signed by an unknown authority',
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

/** In place of the detail, when the response is a web page. */
export function htmlPage(title: string): string {
  return title === ''
    ? 'returned an HTML page'
    : `returned an HTML page titled "${spellOut(title)}"`
}

export const serverBusy = (host: string, status: number): string => `${host} is busy (${status})`

export const CONNECTION_LOST = 'The connection to the server is lost'

export function retryAfterSeconds(seconds: number): string {
  return `Retry after ${plural(seconds, 'second')}.`
}

export const KEY_REJECTED_HINT = `Sign in with another key: ${commandReference('account.signIn')}. (LETTA_API_KEY in the environment takes precedence.)`

export const PLAN_LIMIT_HINT = 'Plan limit reached. Use an existing agent.'

export function invalidResponse(server: string): MessageWithHint {
  return {
    message: `${server} did not respond like a Letta server.`,
    hint: 'Check the host, port and path of LETTA_BASE_URL. A captive portal can also cause this.',
  }
}

export const INVALID_LEASE: MessageWithHint = {
  message: 'The server did not report who is at work on the agent.',
  hint: 'Send the message again.',
}

/** The detail of the response that takes the place of a redirect. */
export function redirectRefused(host: string): string {
  return `it redirects to ${host}; redirects are not followed, to protect the key`
}

export const EMBEDDED_SERVER_NAME = 'The embedded Letta server'

// Streams

export const STREAM_LOST: MessageWithHint = {
  message: 'Connection lost before the answer was complete.',
  hint: 'The partial answer was saved. Send a message to continue.',
}

export const NOT_UNDERSTOOD: MessageWithHint = {
  message: 'The server answered the message with nothing that letta understands.',
  hint: 'Check that the address is that of a Letta server: letta doctor',
}

export const SERVER_STOPPED_RESPONDING = 'The server stopped responding.'

export const OVERSIZED_LINE = 'The server sent an oversized line.'

// Settings of the connection

export const CLOUD_KEY_MISSING: MessageWithHint = {
  message: 'Letta Cloud requires an API key, and none is set.',
  hint: `Get a key at https://app.letta.com, then sign in: ${commandReference('account.signIn')}. Without --backend, letta uses the embedded server.`,
}

// Signing in to Letta Cloud by a code

export const SIGN_IN_CANCELLED = 'Cancelled. You are not signed in.'
export const SIGN_IN_DENIED = 'The sign-in was denied in the browser.'
export const CODE_EXPIRED = 'The code has expired before it was confirmed.'
export const CODE_EXPIRED_HINT = `Sign in again: ${commandReference('account.signIn')}`

export const ANSWER_TOO_LONG = 'the answer is too long'

/** A status of success with content that is no answer of a sign-in, such as the page of a proxy. */
export function unexpectedAnswer(status: number, isSuccess: boolean): string {
  return isSuccess ? `HTTP ${status} with an unexpected answer` : `HTTP ${status}`
}

export function signInFailed(server: string, reason: string): string {
  return `Cannot sign in at ${server}: ${reason}`
}

export function notEncrypted(url: string): string {
  return `The connection to ${url} is not encrypted: the key and messages are sent in plain text.`
}

export const INVALID_KEY: MessageWithHint = {
  message: 'The key of the Letta server contains invalid characters.',
  hint: `Check LETTA_API_KEY and LETTA_SERVER_PASSWORD, or sign in again: ${commandReference('account.signIn')}`,
}

export const URL_WITH_PASSWORD: MessageWithHint = {
  message: 'The URL of the Letta server contains a password, which would be displayed.',
  hint: 'Remove it from the URL and set LETTA_SERVER_PASSWORD.',
}

export function invalidServerUrl(url: string): MessageWithHint {
  return {
    message: `LETTA_BASE_URL: "${spellOut(url)}" is not a valid http(s) URL.`,
    hint: 'Example: http://localhost:8283',
  }
}

// Agents and history

/** `source`: whether the user named the agent, or the settings of the directory. `server`: null for the embedded one. */
export function agentNotFound(
  id: string,
  source: 'given' | 'stored',
  server: string | null,
): MessageWithHint {
  const agent = source === 'given' ? `Agent ${id}` : `This directory's agent (${id})`
  return {
    message: `${spellOut(agent)} was not found on ${server ?? 'the embedded server'}.`,
    hint: `It must exist on that server. List agents: ${commandReference('agent.choose')}. Open another with --agent ID, or create one with --new.`,
  }
}

/** Shown instead of the messages that the server has summarized. */
export const HISTORY_SUMMARIZED = 'Earlier messages were summarized.'

/** What the agent reads about a call that did not run because its turn was cancelled. A server gives the same reason. */
export const CALL_CANCELLED = RUN_CANCELLED_REASON

// Providers

export function providerWarning(problem: string): string {
  return `${problem.replace(/\.$/, '')}. Set another key or URL: ${commandReference('account.choose')}`
}

export function providerHasNoModels(provider: string): string {
  return `${provider} returned no chat models`
}

export function providerTimedOut(provider: string): string {
  return `${provider} timed out while listing models`
}

export function unknownProvider(id: string): string {
  return `Unknown provider "${id}".`
}

export const NOTHING_SAVED = 'Nothing was saved.'

/** The copy of an agent for the tests of its memory. */
export const nameOfCopy = (agent: string): string => `copy of ${agent}`

/** The parts of a prompt. */
export const CONTEXT_PARTS = {
  system: 'system prompt',
  tools: 'tools',
  memory: 'memory',
  memoryNotes: 'notes on memory',
  files: 'files',
  summary: 'summary',
  messages: 'messages',
} as const
