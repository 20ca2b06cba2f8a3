/** Where a text stops being JSON, counted from 1, and why. */
export interface JsonSyntaxError {
  readonly line: number
  readonly column: number
  readonly message: string
}

export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: JsonSyntaxError }

/** `JSON.parse` whose errors name a place: V8 tells it only for some of them, and differently in each version. */
export function parseJson(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    return { ok: false, fault: faultOf(text) }
  }
}

type Wanted = 'a value' | 'a value or "]"' | 'a key' | 'a key or "}"' | '":"' | '","' | 'the end'

const SPACE = /[ \t\n\r]*/y
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y

/** Reads the text token by token with an explicit stack, so that depth cannot hurt. */
function faultOf(text: string): JsonSyntaxError {
  const open: ('{' | '[')[] = []
  let wanted: Wanted = 'a value'
  let at = 0
  const afterValue = (): Wanted => (open.length === 0 ? 'the end' : '","')
  while (true) {
    at = skip(SPACE, text, at)
    const char = text.charAt(at)
    if (char === '') break
    const isClose = closes(char, open.at(-1), wanted)
    if (isClose) {
      open.pop()
      wanted = afterValue()
      at += 1
    } else if (wanted === '":"' && char === ':') {
      wanted = 'a value'
      at += 1
    } else if (wanted === '","' && char === ',') {
      wanted = open.at(-1) === '{' ? 'a key' : 'a value'
      at += 1
    } else if (takesValue(wanted) && (char === '{' || char === '[')) {
      open.push(char)
      wanted = char === '{' ? 'a key or "}"' : 'a value or "]"'
      at += 1
    } else if (takesValue(wanted) || takesKey(wanted)) {
      const end = skip(char === '"' || takesKey(wanted) ? STRING : SCALAR, text, at)
      if (end === at) break
      wanted = takesKey(wanted) ? '":"' : afterValue()
      at = end
    } else break
  }
  return { ...placeOf(text, at), message: complaint(text, at, wanted) }
}

function closes(char: string, open: '{' | '[' | undefined, wanted: Wanted): boolean {
  if (char === '}') return open === '{' && (wanted === '","' || wanted === 'a key or "}"')
  return char === ']' && open === '[' && (wanted === '","' || wanted === 'a value or "]"')
}

const takesValue = (wanted: Wanted): boolean => wanted === 'a value' || wanted === 'a value or "]"'
const takesKey = (wanted: Wanted): boolean => wanted === 'a key' || wanted === 'a key or "}"'

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

function complaint(text: string, at: number, wanted: Wanted): string {
  const char = text.charAt(at)
  if (char === '') return `the file ends where ${wanted} is expected`
  if (text.startsWith('//', at) || text.startsWith('/*', at)) return 'comments are not allowed'
  if ((char === '}' || char === ']') && (wanted === 'a key' || wanted === 'a value')) {
    return `a comma before "${char}" is not allowed`
  }
  return `${wanted} is expected`
}
