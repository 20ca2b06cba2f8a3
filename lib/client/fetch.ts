import { parseRetryAfter } from '../util/retry-after.ts'
import type { AccountAccess } from './backend.ts'
import { redirectRefused } from './messages.ts'

/** A longer `Retry-After` is reported as an error; the SDK would wait for hours. */
const MAX_WAIT_MS = 10_000

/** `fetch` for a remote server, over an untrusted network. */
export async function serverFetch(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const response = await fetchSameHost(new URL(input instanceof Request ? input.url : input), init)
  if (response.ok) return init?.method === 'POST' ? response : readBody(response)
  const wait = parseRetryAfter((name) => response.headers.get(name), Date.now())
  if ((wait ?? 0) <= MAX_WAIT_MS) return response
  const headers = new Headers(response.headers)
  headers.set('x-should-retry', 'false')
  const { status, statusText, body } = response
  return new Response(body, { status, statusText, headers })
}

/** Sends the token that an account has now; one that the server rejects is renewed, and the request repeated once. */
export function withAccess(
  fetch: typeof serverFetch,
  { token, renew }: AccountAccess,
): typeof serverFetch {
  return async (input, init) => {
    const current = await token()
    const response = await fetch(input, withToken(init, current))
    if (response.status !== 401 || current === '') return response
    const next = await renew(current)
    if (next === null) return response
    await response.body?.cancel()
    return fetch(input, withToken(init, next))
  }
}

function withToken(init: RequestInit | undefined, token: string): RequestInit {
  const headers = new Headers(init?.headers)
  if (token !== '') headers.set('authorization', `Bearer ${token}`)
  return { ...init, headers }
}

/** The key and the messages go to the server that the user named, and to no other host that a response names. */
async function fetchSameHost(url: URL, init?: RequestInit, redirects = 3): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'manual' })
  const location = response.headers.get('location')
  if (response.status < 300 || response.status >= 400 || location === null) return response
  const to = new URL(location, url)
  const isSafer = url.protocol === 'http:' && to.protocol === 'https:'
  const isSameServer = to.origin === url.origin || (isSafer && to.hostname === url.hostname)
  if (isSameServer && redirects > 0) return fetchSameHost(to, init, redirects - 1)
  const detail = redirectRefused(to.host)
  return Response.json({ detail }, { status: 502, headers: { 'x-should-retry': 'false' } })
}

/**
 * The SDK retries when `fetch` fails, but not when reading the body fails, so the body is read here. Not for a POST, which may
 * have created something.
 */
async function readBody(response: Response): Promise<Response> {
  const type = response.headers.get('content-type') ?? ''
  return type.includes('json') && response.status !== 204
    ? new Response(await response.arrayBuffer(), response)
    : response
}
