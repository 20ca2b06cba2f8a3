import type { ProviderError } from '../providers/provider.ts'

/** What a person reads when a model provider fails. The provider's own sentence follows after a colon. */

interface Failed {
  readonly title: string
  readonly baseUrl: string
  /** Of the response, null when there was none. */
  readonly status: number | null
}

export const providerErrors: Readonly<Record<ProviderError['type'], (failed: Failed) => string>> = {
  rateLimit: (failed) => `${failed.title} rate limit exceeded${code(failed)}`,
  authentication: (failed) => `${failed.title} rejected the API key${code(failed)}`,
  overflow: (failed) =>
    `The conversation exceeds the context window of the model at ${failed.title}${code(failed)}`,
  timeout: (failed) => `${failed.title} timed out${code(failed)}`,
  silent: (failed) => `${failed.title} stopped responding`,
  unreachable: (failed) => `Cannot connect to ${failed.title} at ${failed.baseUrl}`,
  refused: (failed) => `${failed.title} rejected the request${code(failed)}`,
  server: (failed) => `${failed.title} failed${code(failed)}`,
  interrupted: (failed) => `The answer of ${failed.title} was interrupted`,
}

/** For an address whose server has neither a list of models nor the path of requests. */
export const noEndpointAt = (title: string, baseUrl: string): string =>
  `${title} not found at ${baseUrl}: the server knows neither a list of models nor the path of requests below this address`

/** For a certificate that Node does not trust. */
export const CERTIFICATE_ADVICE =
  'If your network has its own certificate authority, set NODE_EXTRA_CA_CERTS to the file with its certificate (PEM) and start letta again'

export const stalled = (title: string, seconds: number): string =>
  `${title} sent no data for ${seconds} seconds`

/** In place of a sentence of the provider. */
export const noResponse = (seconds: number): string => `no response for ${seconds} seconds`
export const INVALID_RESPONSE = 'invalid response'
export const NO_FINISH_REASON = 'the stream ended without a finish reason'
export const NO_ANSWER_IN_BODY = 'the response contains no answer'
export const webPageAnswered = (title: string | null): string =>
  `it sent a web page instead of an answer${title === null ? '' : `: "${title}"`}`
/** `reason` in the words of the provider. */
export const unusableAnswer = (reason: string): string =>
  /filter|safety|sensitive|refusal|prohibited|blocklist|recitation/i.test(reason)
    ? `the answer was stopped by a content filter (finish reason "${reason}")`
    : `the answer ended with the finish reason "${reason}"`

/** Parts of a request that a provider may refuse. */
export type RepairedPart =
  | 'cacheMarks'
  | 'wordlessAnswers'
  | 'images'
  | 'textParts'
  | 'unsignedCalls'
  | 'missingReasoning'
  | 'effort'
  | 'reasoning'
  | 'callIds'
  | 'roles'
  | 'systemAndTools'
  | 'calls'
  | 'schemas'
  | 'tools'

const REPAIRED: Readonly<Record<RepairedPart, string>> = {
  cacheMarks: 'marks for its cache: they are left out',
  wordlessAnswers: 'answers without text: a note is sent with them',
  images: 'images: they are sent as descriptions',
  textParts: 'messages in several parts: they are sent as one text each',
  unsignedCalls: 'tool calls without its own reasoning: they are sent as text',
  missingReasoning: 'answers without reasoning: a note is sent with them',
  effort: 'this reasoning effort: it is left to the model',
  reasoning: 'earlier reasoning: it is left out',
  callIds: 'the ids of tool calls: shorter ones are sent',
  roles: 'the order of the messages: notes are inserted',
  systemAndTools: 'system messages and tool calls: they are sent as text',
  calls: 'earlier tool calls: they are sent as text',
  schemas: 'the schemas of tools: simpler ones are sent',
  tools: 'tools: the agent continues without them',
}

/** Shown once, when a refused request is sent again without what was refused. */
export function repairNotice(title: string, part: RepairedPart | { readonly parameter: string }) {
  const repaired =
    typeof part === 'string'
      ? REPAIRED[part]
      : `the parameter \`${part.parameter}\`: it is left out`
  return `${title} does not accept ${repaired}.`
}

export const limitNotice = (title: string, tokens: number): string =>
  `${title} does not accept such long answers: at most ${tokens} tokens are requested.`

export const retryNotice = (reason: string, seconds: number): string =>
  `${reason.replace(/\.$/, '')}. The next attempt is in ${seconds} s.`

export const emptyAnswer = (title: string): string =>
  `The model at ${title} returned an empty answer twice`

export const EMPTY_SUMMARY = 'The model returned an empty summary.'

function code({ status }: Failed): string {
  return status === null ? '' : ` (${status})`
}
