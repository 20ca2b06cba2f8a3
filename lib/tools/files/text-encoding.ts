import {
  decodeEastAsian,
  type EastAsianEncodingName,
  encodeEastAsian,
  hasCharacter,
  isEastAsian,
} from './east-asian-encoding.ts'
import {
  decodeSingleByte,
  decodeWindows1252,
  encodeSingleByte,
  hasForeignWords,
  hasSingleByte,
  type SingleByteEncodingName,
} from './single-byte-encoding.ts'

/** How the characters of a file are stored. `windows-1252` contains Latin-1. */
export type TextEncodingName =
  | 'utf-8'
  | 'utf-16le'
  | 'utf-16be'
  | EastAsianEncodingName
  | SingleByteEncodingName

/** The content of a text file in a form that can be edited and encoded again without changes to other bytes. */
export interface TextContent {
  /** Line feeds only when `newline` is `\r\n`; bytes that are not UTF-8 are lone surrogates U+DC80–U+DCFF. */
  readonly text: string
  readonly bom: boolean
  /** `mixed`: the text contains its carriage returns. */
  readonly newline: '\n' | '\r\n' | 'mixed'
  readonly encoding: TextEncodingName
  /** False when it is stored as UTF-8 with bytes that are not. */
  readonly isWellFormed: boolean
}

const BOM = '\uFEFF'

export function decodeText(bytes: Buffer): TextContent {
  const { decoded, encoding, isWellFormed } = decodeBytes(bytes)
  const bom = isUnicode(encoding) && decoded.startsWith(BOM)
  const text = bom ? decoded.slice(1) : decoded
  const newline = newlineOf(text)
  return {
    text: newline === '\r\n' ? text.replaceAll('\r\n', '\n') : text,
    bom,
    newline,
    encoding,
    isWellFormed,
  }
}

interface DecodedBytes extends Pick<TextContent, 'encoding' | 'isWellFormed'> {
  readonly decoded: string
}

function decodeBytes(bytes: Buffer): DecodedBytes {
  const wide = wideEncodingOf(bytes)
  if (wide !== null) {
    const little = wide === 'utf-16le' ? bytes : Buffer.from(bytes).swap16()
    return { decoded: little.toString('utf16le'), encoding: wide, isWellFormed: true }
  }
  const strict = decodeStrictly(bytes)
  if (strict !== null) return { decoded: strict, encoding: 'utf-8', isWellFormed: true }
  const older = decodeOlder(bytes)
  if (older !== null) return { decoded: older.text, encoding: older.encoding, isWellFormed: true }
  const lossless = decodeLosslessly(bytes)
  // Without one character of several bytes it is not UTF-8 with a few wrong bytes, but an older encoding.
  if (/[^\0-\x7f\udc80-\udcff]/.test(lossless) || hasForeignWords(bytes)) {
    return { decoded: lossless, encoding: 'utf-8', isWellFormed: false }
  }
  return { decoded: decodeWindows1252(bytes), encoding: 'windows-1252', isWellFormed: true }
}

/** Null when it is not certain that the text is in one of the older encodings of scripts other than Latin. */
function decodeOlder(bytes: Buffer) {
  return decodeSingleByte(bytes) ?? decodeEastAsian(bytes)
}

/** UTF-16 with a byte order mark; without one, when every second byte of the sample is mostly NUL, and no other one is. */
function wideEncodingOf(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (bytes.length < 2 || bytes.length % 2 !== 0) return null
  const first = bytes.readUInt16BE(0)
  if (first === 0xfffe) return 'utf-16le'
  if (first === 0xfeff) return 'utf-16be'
  const sample = bytes.subarray(0, SAMPLE_BYTES)
  let even = 0
  let odd = 0
  for (const [index, byte] of sample.entries()) {
    if (byte !== 0) continue
    if (index % 2 === 0) even++
    else odd++
  }
  const many = sample.length * 0.2
  if (even === 0 && odd > many) return 'utf-16le'
  return odd === 0 && even > many ? 'utf-16be' : null
}

type TextFormat = Pick<TextContent, 'bom' | 'newline' | 'encoding'>

/** Encodes `text` with the encoding, byte order mark and line endings of `like`; null for a new file. */
export function encodeText(text: string, like: TextFormat | null): Buffer {
  const ended = like?.newline === '\r\n' ? text.replaceAll('\n', '\r\n') : text
  const decoded = like?.bom ? BOM + ended : ended
  const encoding = like?.encoding ?? 'utf-8'
  switch (encoding) {
    case 'utf-16le':
      return Buffer.from(decoded, 'utf16le')
    case 'utf-16be':
      return Buffer.from(decoded, 'utf16le').swap16()
    case 'utf-8':
      return encodeUtf8(decoded)
    default:
      return isEastAsian(encoding)
        ? encodeEastAsian(decoded, encoding)
        : encodeSingleByte(decoded, encoding)
  }
}

/** The first character of the text that the encoding does not have; null when it has all. */
export function missingCharacter(text: string, encoding: TextEncodingName): string | null {
  if (isUnicode(encoding)) return null
  const has = (one: string): boolean =>
    isEastAsian(encoding) ? hasCharacter(one, encoding) : hasSingleByte(one, encoding)
  return Array.from(text).find((one) => !has(one)) ?? null
}

export function isUnicode(
  encoding: TextEncodingName,
): encoding is Extract<TextEncodingName, `utf-${string}`> {
  return encoding.startsWith('utf-')
}

function encodeUtf8(decoded: string): Buffer {
  if (decoded.isWellFormed()) return Buffer.from(decoded)
  const parts = decoded.split(/([\udc80-\udcff])/u)
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 1 ? Buffer.of(part.charCodeAt(0) - 0xdc00) : Buffer.from(part),
    ),
  )
}

/**
 * The first character of `added` that no encoding of the text has, as far as is known: most of its bytes above ASCII are not UTF-8.
 * Null when all of `added` can be added.
 */
export function characterOfOtherEncoding(
  added: string,
  { text, isWellFormed }: TextContent,
): string | null {
  if (isWellFormed) return null
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0
  if (count(/[\udc80-\udcff]/g) <= count(/[^\0-\x7f\udc80-\udcff]/g)) return null
  return Array.from(added).find((one) => one > '\x7f' && !text.includes(one)) ?? null
}

/** The text as it is shown to the user or the model, without unpaired surrogates. */
export function showable(text: string): string {
  return text.toWellFormed()
}

const SAMPLE_BYTES = 8_192

/** Whether the beginning has a NUL character, or more than 30 % of control characters and bytes that are not UTF-8. */
export function isBinary(bytes: Buffer): boolean {
  const head = bytes.subarray(0, SAMPLE_BYTES)
  const isWide = wideEncodingOf(bytes) !== null
  if (head.includes(0) && !isWide) return true
  const text = isWide ? decodeText(head).text : decodeLosslessly(head)
  let odd = 0
  for (const character of text) if (isOdd(character.charCodeAt(0))) odd++
  if (isWide) return text.includes('\0') || odd / text.length > 0.3
  // Up to three bytes may belong to a character that the end of the sample cuts.
  const isMostlyOdd = odd > 3 ? odd / text.length > 0.3 : odd > 0 && odd === text.length
  return isMostlyOdd && decodeOlder(bytes) === null
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
