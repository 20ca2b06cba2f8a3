import { parseRetryAfter } from '../util/retry-after.ts'

/** A server may put a request off this long before it is reported; the client itself would wait for hours. */
const MAX_WAIT_MS = 10_000

/** `fetch` for a server elsewhere, over whatever network lies between. */
export async function serverFetch(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const response = await fetchInPlace(new URL(input instanceof Request ? input.url : input), init)
  if (response.ok) return init?.method === 'POST' ? response : wholeAnswer(response)
  const wait = parseRetryAfter((name) => response.headers.get(name), Date.now())
  if ((wait ?? 0) <= MAX_WAIT_MS) return response
  const headers = new Headers(response.headers)
  headers.set('x-should-retry', 'false')
  return withBody(response, response.body, headers)
}

/** What is said, and the key, go to the server that was named, and to no other that the way there may name. */
async function fetchInPlace(url: URL, init?: RequestInit, redirects = 3): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'manual' })
  const location = response.headers.get('location')
  if (response.status < 300 || response.status >= 400 || location === null) return response
  const to = new URL(location, url)
  const isSafer = url.protocol === 'http:' && to.protocol === 'https:'
  const isThere = to.origin === url.origin || (isSafer && to.hostname === url.hostname)
  if (isThere && redirects > 0) return fetchInPlace(to, init, redirects - 1)
  const detail = `it sends requests on to ${to.host}, where neither the key nor a message goes`
  return Response.json({ detail }, { status: 502, headers: { 'x-should-retry': 'false' } })
}

/** The client asks again when `fetch` fails, not when the body breaks off that it reads after; a POST may have made something. */
async function wholeAnswer(response: Response): Promise<Response> {
  const type = response.headers.get('content-type') ?? ''
  return type.includes('json') && response.status !== 204
    ? withBody(response, await response.arrayBuffer(), response.headers)
    : response
}

function withBody(
  { status, statusText }: Response,
  body: ArrayBuffer | Response['body'],
  headers: Headers,
): Response {
  return new Response(body, { status, statusText, headers })
}
