import { createTextRedactor } from '../../util/redact.ts'
import { parseRetryAfter } from '../../util/retry-after.ts'
import type { ProviderEndpoint } from './dialect.ts'
import { causeChain, collectCodes, extractMessage, field } from './error-message.ts'
import { ProviderError } from './provider.ts'

type ProviderErrorType = ProviderError['type']

/** What a vendor's library throws, sorted and put in words; no key and no conversation is in it. */
export function toProviderError(
  thrown: unknown,
  endpoint: ProviderEndpoint,
  streamed: boolean,
): ProviderError {
  const known = causeChain(thrown).find((one) => one instanceof ProviderError)
  if (known !== undefined) return known
  const status = statusOf(thrown)
  const text = extractMessage(thrown)
  const kind = classify(thrown, status, text, streamed)
  const words = `${openings[kind](endpoint, status)}${text === '' ? '' : `: ${text}`}`
  const headers = field(thrown, 'responseHeaders')
  const retryAfterMs = parseRetryAfter((name) => stringOf(field(headers, name)), Date.now())
  // No cause: the library's error carries the request, which is the conversation.
  return new ProviderError(kind, redactorOf(endpoint)(words), {
    ...(status === null || status < 400 ? {} : { status }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  })
}

const openings: Readonly<
  Record<ProviderErrorType, (endpoint: ProviderEndpoint, status: number | null) => string>
> = {
  rateLimit: ({ title }, status) =>
    `${title} takes no more requests for now${formatStatus(status)}`,
  authentication: ({ title }, status) => `${title} refused the key${formatStatus(status)}`,
  overflow: ({ title }, status) =>
    `The conversation does not fit the context window of the model at ${title}${formatStatus(status)}`,
  timeout: ({ title }, status) => `${title} did not answer in time${formatStatus(status)}`,
  silent: ({ title }) => `${title} says nothing any more`,
  unreachable: ({ title, baseUrl }) => `${title} cannot be reached at ${baseUrl}`,
  refused: ({ title }, status) => `${title} refused the request${formatStatus(status)}`,
  server: ({ title }, status) => `${title} failed${formatStatus(status)}`,
  interrupted: ({ title }) => `${title} broke off its answer`,
}

function formatStatus(status: number | null): string {
  return status === null ? '' : ` (${status})`
}

const overflowWords =
  /context.?(length|window|size)|maximum context|prompt is too long|input is too long|too many tokens|maximum number of tokens|reduce the length|exceed_context|request_too_large/i
const codes: readonly (readonly [RegExp, ProviderErrorType])[] = [
  [/insufficient_quota|billing|credit balance/i, 'refused'],
  [/rate_limit|too_many_requests/i, 'rateLimit'],
  [/authentication_error|invalid_api_key|permission_error/i, 'authentication'],
  [/overloaded|server_error|api_error|internal/i, 'server'],
  [/(HEADERS|BODY)_TIMEOUT/, 'silent'],
  [/TIMEOUT|ETIMEDOUT|TimeoutError|deadline/, 'timeout'],
  [
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|INVALID_URL|E(HOST|NET)UNREACH|CERT|SSL|ECONNRESET|SOCKET/,
    'unreachable',
  ],
]

function classify(
  thrown: unknown,
  status: number | null,
  text: string,
  streamed: boolean,
): ProviderErrorType {
  const named = `${collectCodes(thrown).join(' ')} ${text}`
  const mayOverflow = status === null || [400, 413, 422].includes(status)
  if (mayOverflow && overflowWords.test(named)) return 'overflow'
  if (status === 400 && /api.?key.?(not valid|invalid)/i.test(named)) return 'authentication'
  const failed = status !== null && status >= 400
  const kind = failed ? classifyByStatus(status, named) : classifyByCode(thrown)
  // Once an answer has begun, a lost line or a failure is an answer broken off.
  const begun = streamed || (status !== null && !failed)
  return begun && (kind === 'server' || kind === 'unreachable') ? 'interrupted' : kind
}

function classifyByCode(thrown: unknown): ProviderErrorType {
  const named = collectCodes(thrown).join(' ')
  const known = codes.find(([words]) => words.test(named))?.[1]
  return known ?? (isNetworkError(thrown) ? 'unreachable' : 'interrupted')
}

function classifyByStatus(status: number, named: string): ProviderErrorType {
  if (status === 429) return /insufficient_quota/i.test(named) ? 'refused' : 'rateLimit'
  if (status === 401 || status === 403) return 'authentication'
  if (status === 413) return 'overflow'
  if (status === 408 || status === 504) return 'timeout'
  return status >= 500 ? 'server' : 'refused'
}

function isNetworkError(thrown: unknown): boolean {
  return /fetch failed|cannot connect|cannot be constructed/i.test(String(field(thrown, 'message')))
}

function statusOf(thrown: unknown): number | null {
  const status = field(thrown, 'statusCode')
  return typeof status === 'number' ? status : null
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** A key of three characters or less would be found in every text. */
function redactorOf({ key }: ProviderEndpoint): (text: string) => string {
  return createTextRedactor(key === null || key.length < 4 ? [] : [key], 'partial')
}
