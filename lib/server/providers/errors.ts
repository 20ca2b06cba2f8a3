import { createTextRedactor } from '../../util/redact.ts'
import { parseRetryAfter } from '../../util/retry-after.ts'
import { CERTIFICATE_ADVICE, providerErrors } from '../messages/providers.ts'
import type { ProviderEndpoint } from './dialect.ts'
import { causeChain, collectCodes, extractMessage } from './error-message.ts'
import { member } from './json-members.ts'
import { namesOverflow } from './overflow.ts'
import { ProviderError } from './provider.ts'

type ProviderErrorType = ProviderError['type']

/** Converts an error of the AI SDK. The result contains neither the API key nor the conversation. */
export function toProviderError(
  thrown: unknown,
  endpoint: ProviderEndpoint,
  streamed: boolean,
): ProviderError {
  const known = causeChain(thrown).find((one) => one instanceof ProviderError)
  if (known !== undefined) return known
  const status = findStatus(thrown)
  const text = extractMessage(thrown)
  const named = `${collectCodes(thrown).join(' ')} ${text}`
  const type = classify(thrown, status, named, streamed)
  const { title, baseUrl } = endpoint
  const failed = providerErrors[type]({ title, baseUrl, status })
  const advice = collectCodes(thrown).some((code) => UNTRUSTED_CERTIFICATE.test(code))
    ? `. ${CERTIFICATE_ADVICE}`
    : ''
  const message = createRedactor(endpoint)(`${failed}${text === '' ? '' : `: ${text}`}${advice}`)
  const headers = member(thrown, 'responseHeaders')
  const retryAfterMs = parseRetryAfter((name) => asText(member(headers, name)), Date.now())
  // Without a cause, because the SDK's error contains the request and so the conversation.
  return new ProviderError(type, message, {
    isMalformedCall:
      MALFORMED_CALL.test(String(member(thrown, 'finishReason'))) ||
      (type === 'interrupted' && UNREADABLE_CALL.test(named)),
    ...(status === null || status < 400 ? {} : { status }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  })
}

/** Finish reasons of Gemini and of its gateways. */
const MALFORMED_CALL = /^(malformed|unexpected)_(function|tool)_call$/i
/** Errors of Groq and llama.cpp. */
const UNREADABLE_CALL = /tool_use_failed|failed to call a function|failed to parse input at pos/i

const UNTRUSTED_CERTIFICATE = /^(DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)/

const CODE_PATTERNS: readonly (readonly [RegExp, ProviderErrorType])[] = [
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
  named: string,
  streamed: boolean,
): ProviderErrorType {
  if (mayOverflow(status) && namesOverflow(named)) return 'overflow'
  if (status === 400 && /api.?key.?(not valid|invalid)/i.test(named)) return 'authentication'
  // The model wrote a call that its provider cannot read: the next attempt may be a better one.
  if (status === 400 && UNREADABLE_CALL.test(named)) return 'server'
  const failed = status !== null && status >= 400
  const type = failed ? classifyByStatus(status, named) : classifyByCode(thrown)
  // A connection or a provider that fails after the first part has interrupted the response.
  const hasBegun = streamed || (status !== null && !failed)
  return hasBegun && (type === 'server' || type === 'unreachable') ? 'interrupted' : type
}

/** A server may report a full context as its own failure, but not together with a wrong key or a rate limit. */
function mayOverflow(status: number | null): boolean {
  return status === null || ![401, 402, 403, 404, 429].includes(status)
}

function classifyByCode(thrown: unknown): ProviderErrorType {
  const named = collectCodes(thrown).join(' ')
  const known = CODE_PATTERNS.find(([pattern]) => pattern.test(named))?.[1]
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
  return /fetch failed|cannot connect|cannot be constructed/i.test(
    String(member(thrown, 'message')),
  )
}

function findStatus(thrown: unknown): number | null {
  const status = member(thrown, 'statusCode')
  return typeof status === 'number' ? status : null
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** A key of three characters or less would be found in every text. */
function createRedactor({ key }: ProviderEndpoint): (text: string) => string {
  return createTextRedactor(key === null || key.length < 4 ? [] : [key], 'partial')
}
