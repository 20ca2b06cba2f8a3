import { isRecord } from '../../util/is-record.ts'
import { parseJson } from '../../util/parse-json.ts'
import { INVALID_RESPONSE } from '../messages/providers.ts'
import { findReason } from './error-reason.ts'
import { member } from './json-members.ts'

/** The provider's own sentence from an error of the SDK, in one line; empty when there is none. */
export function extractMessage(thrown: unknown): string {
  const body = member(thrown, 'responseBody')
  const found =
    findReason(body) ??
    compactJson(body) ??
    causeChain(thrown)
      .map(messageOf)
      .findLast((message) => message !== null) ??
    findReason(thrown)
  const line = (isInvalidResponse(thrown) ? INVALID_RESPONSE : (found ?? ''))
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line
}

/** What providers explain is shorter, with the list of exceeded quotas as well: it is shown in full. */
const MAX_CHARACTERS = 2_000

/** What explains nothing by a known name is shown as it is. */
function compactJson(body: unknown): string | null {
  const value = parseBody(body)
  return isRecord(value) && Object.keys(value).length > 0 ? JSON.stringify(value) : null
}

/** "fetch failed" explains nothing; the reason is in its cause. */
function messageOf(error: unknown): string | null {
  return findReason(member(error, 'message') ?? member(error, 'error') ?? error)
}

/** The names and codes of an error, of its causes, and of the provider's own error. */
export function collectCodes(thrown: unknown): readonly string[] {
  const body = parseBody(member(thrown, 'responseBody'))
  const errors = [...causeChain(thrown), member(thrown, 'error'), body, member(body, 'error')]
  const codes = errors.flatMap((error) =>
    ['code', 'type', 'status', 'name'].map((name) => member(error, name)),
  )
  return codes.filter((code) => typeof code === 'string')
}

function isInvalidResponse(thrown: unknown): boolean {
  return /TypeValidation|JSONParse|SyntaxError/.test(String(member(thrown, 'name')))
}

/** An error followed by its causes. */
export function causeChain(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = []
  let error = thrown
  while (error !== undefined && error !== null && chain.length < MAX_CAUSES) {
    chain.push(error)
    error = member(error, 'cause')
  }
  return chain
}

const MAX_CAUSES = 6

/** Gemini sends its error in a list. */
function parseBody(text: unknown): unknown {
  const body = typeof text === 'string' ? parseJson(text) : null
  return Array.isArray(body) ? body[0] : body
}
