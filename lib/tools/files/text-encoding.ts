/** The content of a text file in a form that can be edited and encoded again without changes to other bytes. */
export interface TextContent {
  /** Line feeds only when `newline` is `\r\n`; bytes that are not UTF-8 are lone surrogates U+DC80–U+DCFF. */
  readonly text: string
  readonly bom: boolean
  /** `mixed`: the text contains its carriage returns. */
  readonly newline: '\n' | '\r\n' | 'mixed'
  readonly utf8: boolean
}

const BOM = '\uFEFF'

export function decodeText(bytes: Buffer): TextContent {
  const strict = decodeStrictly(bytes)
  const whole = strict ?? decodeLosslessly(bytes)
  const bom = whole.startsWith(BOM)
  const text = bom ? whole.slice(1) : whole
  const newline = newlineOf(text)
  return {
    text: newline === '\r\n' ? text.replaceAll('\r\n', '\n') : text,
    bom,
    newline,
    utf8: strict !== null,
  }
}

/** Encodes `text` with the byte order mark and line endings of `like`; null for a new file. */
export function encodeText(
  text: string,
  like: Pick<TextContent, 'bom' | 'newline'> | null,
): Buffer {
  const ended = like?.newline === '\r\n' ? text.replaceAll('\n', '\r\n') : text
  const whole = like?.bom ? BOM + ended : ended
  if (whole.isWellFormed()) return Buffer.from(whole)
  const parts = whole.split(/([\udc80-\udcff])/u)
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 1 ? Buffer.of(part.charCodeAt(0) - 0xdc00) : Buffer.from(part),
    ),
  )
}

/** The text as it is shown to the user or the model, without unpaired surrogates. */
export function showable(text: string): string {
  return text.toWellFormed()
}

const SAMPLE_BYTES = 8_192

/** Whether the beginning has a NUL byte, or more than 30 % of control characters and bytes that are not UTF-8. */
export function isBinary(bytes: Buffer): boolean {
  const head = bytes.subarray(0, SAMPLE_BYTES)
  if (head.includes(0)) return true
  const text = decodeText(head).text
  let odd = 0
  for (const character of text) if (isOdd(character.charCodeAt(0))) odd++
  // Up to three bytes may belong to a character that the end of the sample cuts.
  return odd > 3 && odd / text.length > 0.3 ? true : odd > 0 && odd === text.length
}

function isOdd(code: number): boolean {
  if (code >= 0xdc80 && code <= 0xdcff) return true
  return code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 12 && code !== 27
}

function newlineOf(text: string): TextContent['newline'] {
  if (!text.includes('\r')) return '\n'
  const feeds = text.split('\n').length - 1
  const pairs = text.split('\r\n').length - 1
  return feeds > 0 && feeds === pairs ? '\r\n' : 'mixed'
}

function decodeStrictly(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (thrown) {
    if (thrown instanceof TypeError) return null
    throw thrown
  }
}

function decodeLosslessly(bytes: Buffer): string {
  const parts: string[] = []
  let start = 0
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    if (length > 0) {
      at += length
      continue
    }
    parts.push(bytes.toString('utf8', start, at), String.fromCharCode(0xdc00 + (bytes[at] ?? 0)))
    at++
    start = at
  }
  parts.push(bytes.toString('utf8', start, at))
  return parts.join('')
}

/** Range of the first byte, length, and range of the second byte (Unicode Standard, table 3-7). */
const SEQUENCES = [
  [0x00, 0x7f, 1, 0, 0],
  [0xc2, 0xdf, 2, 0x80, 0xbf],
  [0xe0, 0xe0, 3, 0xa0, 0xbf],
  [0xe1, 0xec, 3, 0x80, 0xbf],
  [0xed, 0xed, 3, 0x80, 0x9f],
  [0xee, 0xef, 3, 0x80, 0xbf],
  [0xf0, 0xf0, 4, 0x90, 0xbf],
  [0xf1, 0xf3, 4, 0x80, 0xbf],
  [0xf4, 0xf4, 4, 0x80, 0x8f],
] as const

/** Length of the well-formed UTF-8 sequence at `at`; 0 when the bytes are not well-formed. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0
  const row = SEQUENCES.find(([from, to]) => first >= from && first <= to)
  if (row === undefined) return 0
  const [, , length, low, high] = row
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index] ?? 0
    const [from, to] = index === 1 ? [low, high] : [0x80, 0xbf]
    if (byte < from || byte > to) return 0
  }
  return length
}
