import { INVALID_RESPONSE } from '../messages/providers.ts'
import { member } from './json-members.ts'

/** The provider's own sentence from an error of the SDK, in one line; empty when there is none. */
export function extractMessage(thrown: unknown): string {
  const body = parseBody(member(thrown, 'responseBody'))
  const found =
    findSentence(member(body, 'error')) ??
    findSentence(body) ??
    findSentence(deepestCause(thrown)) ??
    findSentence(thrown)
  const line = (isInvalidResponse(thrown) ? INVALID_RESPONSE : (found ?? ''))
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line
}

const MAX_CHARACTERS = 400

/** The names and codes of an error, of its causes, and of the provider's own error. */
export function collectCodes(thrown: unknown): readonly string[] {
  const body = parseBody(member(thrown, 'responseBody'))
  const errors = [...causeChain(thrown), member(thrown, 'error'), member(body, 'error')]
  const codes = errors.flatMap((error) =>
    ['code', 'type', 'name'].map((name) => member(error, name)),
  )
  return codes.filter((code) => typeof code === 'string')
}

function isInvalidResponse(thrown: unknown): boolean {
  return /TypeValidation|JSONParse|SyntaxError/.test(String(member(thrown, 'name')))
}

function findSentence(value: unknown): string | null {
  const candidates = [
    value,
    member(value, 'message'),
    member(value, 'error'),
    member(value, 'detail'),
    member(member(value, 'error'), 'message'),
    member(member(member(value, 'response'), 'error'), 'message'),
  ]
  const sentence = candidates.find((candidate) => typeof candidate === 'string' && candidate !== '')
  return typeof sentence === 'string' ? sentence : null
}

/** "fetch failed" explains nothing; the reason is in its cause. */
function deepestCause(thrown: unknown): unknown {
  return causeChain(thrown).findLast((error) => findSentence(error) !== null)
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

function parseBody(text: unknown): unknown {
  if (typeof text !== 'string') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
