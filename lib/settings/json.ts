import { COMMENTS_NOT_ALLOWED, expectedHere, trailingComma, unexpectedEnd } from './messages.ts'

/** The position of the first syntax error, counted from 1, and its reason. */
interface JsonSyntaxError {
  readonly line: number
  readonly column: number
  readonly message: string
}

type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: JsonSyntaxError }

/** `JSON.parse` with a position in every error: V8 reports one only for some errors, in a form that depends on its version. */
export function parseJson(text: string): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    return { ok: false, error: findSyntaxError(text) }
  }
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
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y

/** Reads the text token by token with an explicit stack, so that deep nesting cannot overflow the call stack. */
function findSyntaxError(text: string): JsonSyntaxError {
  const open: ('{' | '[')[] = []
  let expected: JsonExpectation = 'a value'
  let at = 0
  const afterValue = (): JsonExpectation => (open.length === 0 ? 'the end' : '","')
  while (true) {
    at = skip(SPACE, text, at)
    const char = text.charAt(at)
    if (char === '') break
    const isClose = closes(char, open.at(-1), expected)
    if (isClose) {
      open.pop()
      expected = afterValue()
      at += 1
    } else if (expected === '":"' && char === ':') {
      expected = 'a value'
      at += 1
    } else if (expected === '","' && char === ',') {
      expected = open.at(-1) === '{' ? 'a key' : 'a value'
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
  return { ...positionAt(text, at), message: describeError(text, at, expected) }
}

function closes(char: string, open: '{' | '[' | undefined, expected: JsonExpectation): boolean {
  if (char === '}') return open === '{' && (expected === '","' || expected === 'a key or "}"')
  return char === ']' && open === '[' && (expected === '","' || expected === 'a value or "]"')
}

const takesValue = (expected: JsonExpectation): boolean =>
  expected === 'a value' || expected === 'a value or "]"'
const takesKey = (expected: JsonExpectation): boolean =>
  expected === 'a key' || expected === 'a key or "}"'

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function positionAt(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

function describeError(text: string, at: number, expected: JsonExpectation): string {
  const char = text.charAt(at)
  if (char === '') return unexpectedEnd(expected)
  if (text.startsWith('//', at) || text.startsWith('/*', at)) return COMMENTS_NOT_ALLOWED
  if ((char === '}' || char === ']') && (expected === 'a key' || expected === 'a value')) {
    return trailingComma(char)
  }
  return expectedHere(expected)
}
