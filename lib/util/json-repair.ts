import { isRecord } from './is-record.ts'
import { parseJson } from './parse-json.ts'

/**
 * The text of one JSON object, from what small models write in its place: a code fence around it, commas too many, line feeds in
 * strings, JSON in a string, special tokens after it, the same object twice. Only what has a single meaning is changed; other
 * text is returned as it is.
 */
export function repairJsonObject(text: string): string {
  if (text.trim() === '') return '{}'
  const candidates = [text, withoutFence(text), withoutTokens(withoutFence(text))]
  for (const candidate of [...candidates, ...candidates.map(withPlainStrings)]) {
    const found = readObject(candidate)
    if (found !== null) return found
  }
  return text
}

/** How often JSON may be written in a JSON string. */
const MAX_ENCODINGS = 3

function readObject(text: string, depth = 0): string | null {
  const value = parseJson(text)
  if (typeof value === 'string' && depth < MAX_ENCODINGS) return readObject(value, depth + 1)
  if (Array.isArray(value) && value.length === 1 && isRecord(value[0])) {
    return text.trim().slice(1, -1).trim()
  }
  return isRecord(value) ? text : null
}

function withoutFence(text: string): string {
  return /^\s*```\w*\s*\n?([\s\S]*?)\n?\s*```\s*$/.exec(text)?.[1] ?? text
}

/** Markers of chat templates, and an object that some servers send a second time. */
function withoutTokens(text: string): string {
  const plain = text
    .replace(/\s*(<\|[^|>]*\|>|<\/?(tool_call|function|s)>|\[\/TOOL_CALLS\])+\s*$/, '')
    .trim()
  const half = plain.length / 2
  const isTwice =
    Number.isInteger(half) && plain.startsWith('{') && plain.slice(0, half) === plain.slice(half)
  return isTwice ? plain.slice(0, half) : plain
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Escapes control characters in strings, and removes commas before a closing bracket. */
function withPlainStrings(text: string): string {
  return text.replace(/"(?:[^"\\]|\\[\s\S])*"|,(?=\s*[}\]])/g, (token) =>
    token === ','
      ? ''
      : token.replace(
          /[\u0000-\u001f]/g,
          (one) => ESCAPES[one] ?? `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
        ),
  )
}

/**
 * A key that occurs twice in one object: parsers that take the first and those that take the last would see different objects.
 * `text` is valid JSON.
 */
export function findDuplicateKey(text: string): string | null {
  const open: (Set<string> | null)[] = []
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/g)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (token.endsWith(':')) {
      const key = String(JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)))
      const keys = open.at(-1)
      if (keys?.has(key)) return key
      keys?.add(key)
    }
  }
  return null
}
