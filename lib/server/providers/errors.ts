import type { Endpoint } from './dialect.ts'
import { ProviderError } from './provider.ts'
import { redacted } from './redact.ts'

type Kind = ProviderError['kind']

/** What a vendor's library throws, sorted and put in words; no key and no conversation is in it. */
export function providerError(
  thrown: unknown,
  endpoint: Endpoint,
  streamed: boolean,
): ProviderError {
  if (thrown instanceof ProviderError) return thrown
  const status = statusOf(thrown)
  const text = wordsOf(thrown)
  const kind = kindOf(thrown, status, text, streamed)
  const words = redacted(
    `${openings[kind](endpoint, status)}${text === '' ? '' : `: ${text}`}`,
    endpoint,
  )
  const retryAfterMs = retryAfter(thrown)
  // No cause: the library's error carries the request, which is the conversation.
  return new ProviderError(kind, words, {
    ...(status === null || status < 400 ? {} : { status }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  })
}

const openings: Readonly<Record<Kind, (endpoint: Endpoint, status: number | null) => string>> = {
  rateLimit: ({ title }, status) => `${title} takes no more requests for now${shown(status)}`,
  authentication: ({ title }, status) => `${title} refused the key${shown(status)}`,
  overflow: ({ title }, status) =>
    `The conversation does not fit the context window of the model at ${title}${shown(status)}`,
  timeout: ({ title }, status) => `${title} did not answer in time${shown(status)}`,
  unreachable: ({ title, baseUrl }) => `${title} cannot be reached at ${baseUrl}`,
  refused: ({ title }, status) => `${title} refused the request${shown(status)}`,
  server: ({ title }, status) => `${title} failed${shown(status)}`,
  interrupted: ({ title }) => `${title} broke off its answer`,
}

function shown(status: number | null): string {
  return status === null ? '' : ` (${status})`
}

const overflowWords =
  /context.?(length|window|size)|maximum context|prompt is too long|input is too long|too many tokens|reduce the length|exceed_context|request_too_large/i
const codes: readonly (readonly [RegExp, Kind])[] = [
  [/insufficient_quota|billing|credit balance/i, 'refused'],
  [/rate_limit|too_many_requests/i, 'rateLimit'],
  [/authentication_error|invalid_api_key|permission_error/i, 'authentication'],
  [/overloaded|server_error|api_error|internal/i, 'server'],
  [/TIMEOUT|ETIMEDOUT|TimeoutError|deadline/, 'timeout'],
  [/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH|CERT|SSL|ECONNRESET|SOCKET/, 'unreachable'],
]

function kindOf(thrown: unknown, status: number | null, text: string, streamed: boolean): Kind {
  const named = `${codesOf(thrown).join(' ')} ${text}`
  const failed = status !== null && status >= 400
  if ((failed || status === null) && status !== 401 && overflowWords.test(named)) return 'overflow'
  if (failed) return kindOfStatus(status, named)
  const known = codes.find(([words]) => words.test(codesOf(thrown).join(' ')))?.[1]
  // After the head of an answer a lost line is an answer broken off, whatever the code says.
  const broken = status !== null || streamed
  if (known !== undefined && !(broken && (known === 'unreachable' || known === 'server')))
    return known
  if (broken) return 'interrupted'
  return known ?? (isNetworkError(thrown) ? 'unreachable' : 'interrupted')
}

function kindOfStatus(status: number, named: string): Kind {
  if (status === 429) return /insufficient_quota/i.test(named) ? 'refused' : 'rateLimit'
  if (status === 401 || status === 403) return 'authentication'
  if (status === 413) return 'overflow'
  if (status === 408 || status === 504) return 'timeout'
  return status >= 500 ? 'server' : 'refused'
}

function isNetworkError(thrown: unknown): boolean {
  return /fetch failed|cannot connect|cannot be constructed/i.test(messageIn(thrown) ?? '')
}

function statusOf(thrown: unknown): number | null {
  const status = field(thrown, 'statusCode')
  return typeof status === 'number' ? status : null
}

/** The names and codes along the chain of causes, and in an error object of the vendor. */
function codesOf(thrown: unknown): readonly string[] {
  const found: string[] = []
  for (
    let at: unknown = thrown, depth = 0;
    at != null && depth < 5;
    at = field(at, 'cause'), depth++
  ) {
    for (const name of ['code', 'type', 'name']) {
      const value = field(at, name) ?? field(field(at, 'error'), name)
      if (typeof value === 'string') found.push(value)
    }
    const body = parsed(field(at, 'responseBody'))
    for (const name of ['code', 'type']) {
      const value = field(field(body, 'error'), name)
      if (typeof value === 'string') found.push(value)
    }
  }
  return found
}

/** The vendor's own sentence, from whichever of the usual shapes it came in. */
function wordsOf(thrown: unknown): string {
  const body = parsed(field(thrown, 'responseBody'))
  const said =
    messageIn(field(body, 'error')) ??
    messageIn(body) ??
    messageIn(deepest(thrown)) ??
    messageIn(thrown)
  const line = (said ?? '').replace(/\s+/g, ' ').trim()
  return line.length > 400 ? `${line.slice(0, 400)}…` : line
}

function messageIn(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value
  for (const name of ['message', 'error', 'detail']) {
    const text = field(value, name)
    if (typeof text === 'string' && text !== '') return text
  }
  return messageOfNested(value)
}

function messageOfNested(value: unknown): string | null {
  const nested =
    field(field(value, 'error'), 'message') ??
    field(field(field(value, 'response'), 'error'), 'message')
  return typeof nested === 'string' && nested !== '' ? nested : null
}

/** "fetch failed" says nothing; what failed is in its cause. */
function deepest(thrown: unknown): unknown {
  let at = thrown
  for (let depth = 0; depth < 5 && messageIn(field(at, 'cause')) !== null; depth++) {
    at = field(at, 'cause')
  }
  return at
}

function retryAfter(thrown: unknown): number | null {
  const headers = field(thrown, 'responseHeaders')
  const milliseconds = Number(field(headers, 'retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(milliseconds)) return Math.max(0, milliseconds)
  const value = field(headers, 'retry-after')
  if (typeof value !== 'string') return null
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Number(value) * 1_000
  // A date is told by the vendor's own clock, so the wait is counted from the vendor's now.
  const wait = Date.parse(value) - Date.parse(String(field(headers, 'date') ?? ''))
  return Number.isFinite(wait) ? Math.max(0, wait) : null
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
