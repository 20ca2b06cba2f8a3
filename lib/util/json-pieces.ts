import { isRecord } from './is-record.ts'

const PIECE_CHARACTERS = 65_536

/** What `JSON.stringify` returns, in pieces, so that the JSON of a long text is never in memory at once. */
export function* jsonPieces(value: unknown): Generator<string> {
  let held = ''
  for (const token of tokens(value)) {
    held += token
    if (held.length < PIECE_CHARACTERS) continue
    yield held
    held = ''
  }
  if (held !== '') yield held
}

function* tokens(value: unknown): Generator<string> {
  if (typeof value === 'string' && value.length > PIECE_CHARACTERS) {
    yield '"'
    for (let from = 0; from < value.length; ) {
      // A surrogate pair is not split: each half alone would become an escape.
      const isSplit = /[\ud800-\udbff]/.test(value[from + PIECE_CHARACTERS - 1] ?? '')
      const to = from + PIECE_CHARACTERS - (isSplit ? 1 : 0)
      yield JSON.stringify(value.slice(from, to)).slice(1, -1)
      from = to
    }
    yield '"'
  } else if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) {
      yield index === 0 ? '[' : ','
      yield* tokens(one ?? null)
    }
    yield value.length === 0 ? '[]' : ']'
  } else if (isRecord(value)) {
    let mark = '{'
    for (const [key, one] of Object.entries(value)) {
      if (one === undefined) continue
      yield `${mark}${JSON.stringify(key)}:`
      yield* tokens(one)
      mark = ','
    }
    yield mark === '{' ? '{}' : '}'
  } else yield JSON.stringify(value)
}
