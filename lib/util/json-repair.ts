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
  const [, begin] = /^\s*(```\w*)/.exec(text) ?? []
  const [fenced, end] = [text.trim(), '```']
  const isFenced = begin !== undefined && fenced.length >= begin.length + end.length
  return isFenced && fenced.endsWith(end) ? fenced.slice(begin.length, -end.length).trim() : text
}

/** Markers of chat templates, brackets too many, and an object that some servers send once more, or after an empty one. */
function withoutTokens(text: string): string {
  let plain = text.replace(/^\ufeff/, '').trim()
  for (;;) {
    const found = MARKER_AT_END.exec(plain.slice(-MAX_MARKER_CHARACTERS))
    if (found === null) break
    plain = plain.slice(0, -found[0].length).trimEnd()
  }
  if (!plain.startsWith('{')) return plain
  const objects = topLevelObjects(plain)
  const [first, ...others] = [...new Set(objects?.filter((one) => !/^\{\s*\}$/.test(one)))]
  return first === undefined || others.length > 0 ? plain : first
}

const MARKER_AT_END =
  /(<[|｜][^|｜>]*[|｜]>|<\/?(tool_calls?|function|parameter|s)>|\[\/TOOL_CALLS\])$/

/** More than any marker has. */
const MAX_MARKER_CHARACTERS = 80

/** The objects that follow each other in a text; null when there is anything else but closing brackets at the end. */
function topLevelObjects(text: string): readonly string[] | null {
  const objects: string[] = []
  let [depth, begun, ended] = [0, 0, 0]
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\[\s\S])*"|[{}]/g)) {
    if (token.startsWith('"')) continue
    if (token === '{' && depth++ === 0) {
      if (text.slice(ended, index).trim() !== '') return null
      begun = index
    }
    if (token !== '}') continue
    if (depth === 0) break
    depth--
    if (depth > 0) continue
    ended = index + 1
    objects.push(text.slice(begun, ended))
  }
  return depth === 0 && /^[\s}\]]*$/.test(text.slice(ended)) ? objects : null
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
