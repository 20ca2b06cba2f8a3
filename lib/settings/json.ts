import { expectedHere, unexpectedEnd } from './messages.ts'

/** The position of the first syntax error, counted from 1, and its reason. */
interface JsonSyntaxError {
  readonly line: number
  readonly column: number
  readonly message: string
}

type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: JsonSyntaxError }

/**
 * JSON with comments and trailing commas, as editors write it. Every error has its position: V8 reports one only for some errors,
 * in a form that depends on its version.
 */
export function parseSettingsJson(text: string): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    const scanned = scan(text)
    if ('error' in scanned) return { ok: false, error: scanned.error }
    return { ok: true, value: JSON.parse(withoutExtras(text, scanned.extras)) }
  }
}

/** A part of the text that JSON does not have: a comment, or a comma after the last value. */
interface Extra {
  readonly from: number
  readonly to: number
}

function withoutExtras(text: string, extras: readonly Extra[]): string {
  let plain = ''
  let at = 0
  for (const { from, to } of extras) {
    plain += `${text.slice(at, from)} `
    at = to
  }
  return plain + text.slice(at)
}

type JsonExpectation =
  | 'a value'
  | 'a value or "]"'
  | 'a key'
  | 'a key or "}"'
  | '":"'
  | '","'
  | 'the end'

const SPACE = /[ \t\n\r]*/y
const COMMENT = /\/\/[^\n\r]*|\/\*[\s\S]*?\*\//y
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y

/** Reads the text token by token with an explicit stack, so that deep nesting cannot overflow the call stack. */
function scan(
  text: string,
): { readonly error: JsonSyntaxError } | { readonly extras: readonly Extra[] } {
  const open: ('{' | '[')[] = []
  const extras: Extra[] = []
  let expected: JsonExpectation = 'a value'
  let at = 0
  let comma: Extra | null = null
  const afterValue = (): JsonExpectation => (open.length === 0 ? 'the end' : '","')
  while (true) {
    at = skip(SPACE, text, at)
    const char = text.charAt(at)
    const afterComment = char === '/' ? skip(COMMENT, text, at) : at
    if (afterComment > at) {
      extras.push({ from: at, to: afterComment })
      at = afterComment
      continue
    }
    if (char === '') break
    if (closes(char, open.at(-1), expected, comma !== null)) {
      if (comma !== null) extras.push(comma)
      comma = null
      open.pop()
      expected = afterValue()
      at += 1
      continue
    }
    comma = null
    if (expected === '":"' && char === ':') {
      expected = 'a value'
      at += 1
    } else if (expected === '","' && char === ',') {
      expected = open.at(-1) === '{' ? 'a key' : 'a value'
      comma = { from: at, to: at + 1 }
      at += 1
    } else if (takesValue(expected) && (char === '{' || char === '[')) {
      open.push(char)
      expected = char === '{' ? 'a key or "}"' : 'a value or "]"'
      at += 1
    } else if (takesValue(expected) || takesKey(expected)) {
      const end = skip(char === '"' || takesKey(expected) ? STRING : SCALAR, text, at)
      if (end === at) break
      expected = takesKey(expected) ? '":"' : afterValue()
      at = end
    } else break
  }
  if (text.charAt(at) === '' && expected === 'the end') {
    return { extras: extras.sort((one, other) => one.from - other.from) }
  }
  return { error: { ...positionAt(text, at), message: describeError(text, at, expected) } }
}

function closes(
  char: string,
  open: '{' | '[' | undefined,
  expected: JsonExpectation,
  isAfterComma: boolean,
): boolean {
  const isEnd = expected === '","' || isAfterComma
  if (char === '}') return open === '{' && (isEnd || expected === 'a key or "}"')
  return char === ']' && open === '[' && (isEnd || expected === 'a value or "]"')
}

const takesValue = (expected: JsonExpectation): boolean =>
  expected === 'a value' || expected === 'a value or "]"'
const takesKey = (expected: JsonExpectation): boolean =>
  expected === 'a key' || expected === 'a key or "}"'

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

/** Line and column of an offset, counted from 1. */
export function positionAt(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

function describeError(text: string, at: number, expected: JsonExpectation): string {
  const char = text.charAt(at)
  if (char === '') return unexpectedEnd(expected)
  return expectedHere(expected)
}
