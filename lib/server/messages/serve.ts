import type { MessageWithHint } from '../../util/user-error.ts'

/** Texts of the server on a port: starting it, and requests that it does not let through. */

export const addressInUse = (address: string): MessageWithHint => ({
  message: `Address already in use: ${address}`,
  hint: 'Another letta serve may be running. Use a free port: letta serve --port 0',
})

export const cannotListen = (address: string, reason: string): MessageWithHint => ({
  message: `Cannot listen on ${address}: ${reason}`,
  hint: 'Use a local address: letta serve --host 127.0.0.1 --port 8283',
})

export const cannotSaveToken = (file: string, reason: string): MessageWithHint => ({
  message: `Cannot save the server token to ${file}: ${reason}`,
  hint: 'Fix the ownership of the file and its directory, or set LETTA_SERVER_PASSWORD.',
})

export const CREDENTIALS_IN_URL = 'Credentials in the URL are not accepted.'
export const ORIGIN_NOT_ALLOWED = 'Requests from other origins are not allowed.'
export const CROSS_SITE_NOT_ALLOWED = 'Cross-site requests are not allowed.'
export const CONTENT_TYPE_REQUIRED = 'Content-Type must be application/json.'

export const hostNotAllowed = (host: string): string => `Host header "${host}" is not allowed.`

export const bodyTooLarge = (maxBytes: number): string => `Request body exceeds ${maxBytes} bytes.`

export const maxDepthExceeded = (levels: number): string =>
  `Maximum depth of ${levels} levels exceeded`

export const maxValuesExceeded = (count: number): string => `Maximum of ${count} values exceeded`

export const SERVER_CLOSED = 'The server is shutting down.'
