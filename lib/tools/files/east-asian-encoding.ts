/**
 * Encodings of East Asia with characters of two bytes. A text in one of them contains no mark of it, so it is recognized by its
 * characters: nearly all are common ones, they stand next to each other, and encoding them again results in the same bytes.
 */
export type EastAsianEncodingName = 'shift_jis' | 'euc-jp' | 'gbk' | 'big5' | 'euc-kr'

interface EastAsianEncoding {
  readonly name: EastAsianEncodingName
  /** Whether two bytes are a character that is common in texts. */
  isCommon(lead: number, trail: number): boolean
  /** Whether it is this encoding among those that have the same bytes for common characters. */
  isLikely?(pairs: readonly Pair[]): boolean
}

type Pair = readonly [lead: number, trail: number]

/** In the order in which they are tried: the bytes of Japanese and Korean texts are Chinese ones, too. */
const ENCODINGS: readonly EastAsianEncoding[] = [
  {
    name: 'shift_jis',
    isCommon: (lead, trail) =>
      lead === 0x82 ||
      lead === 0x83 ||
      (lead === 0x81 && trail <= 0xac) ||
      within(lead, 0x88, 0x97),
  },
  {
    name: 'euc-jp',
    isCommon: (lead) => lead === 0xa1 || within(lead, 0xa3, 0xa5) || within(lead, 0xb0, 0xcf),
    isLikely: (pairs) => share(pairs, ([lead]) => lead === 0xa4 || lead === 0xa5) > 0.1,
  },
  {
    name: 'euc-kr',
    isCommon: (lead, trail) => trail >= 0xa1 && (lead === 0xa1 || within(lead, 0xb0, 0xc8)),
    // Nearly half of the Chinese characters have higher first bytes.
    isLikely: (pairs) => pairs.length >= 10,
  },
  {
    name: 'gbk',
    isCommon: (lead, trail) =>
      trail >= 0xa1 && (lead === 0xa1 || lead === 0xa3 || within(lead, 0xb0, 0xd7)),
    isLikely: (pairs) => pairs.some(([lead]) => lead > 0xc8),
  },
  {
    name: 'big5',
    isCommon: (lead) => lead === 0xa1 || within(lead, 0xa4, 0xc6),
    isLikely: (pairs) => share(pairs, ([, trail]) => trail < 0xa1) > 0.15,
  },
]

const MIN_CHARACTERS = 4
const MIN_COMMON = 0.9
/** Characters next to each other. In the older encodings of Europe, bytes that are no ASCII are mostly single ones. */
const MIN_RUN = 2
/** Enough to recognize an encoding, and little to pay for each file. */
const SAMPLE_BYTES = 65_536

interface EastAsianText {
  readonly encoding: EastAsianEncodingName
  readonly text: string
}

/** Null for a text that is probably not in one of these encodings, or that would not be the same bytes when it is encoded. */
export function decodeEastAsian(bytes: Buffer): EastAsianText | null {
  const encoding = ENCODINGS.find((one) => isProbable(bytes.subarray(0, SAMPLE_BYTES), one))?.name
  if (encoding === undefined) return null
  const text = decodeStrictly(bytes, encoding)
  if (text === null || !encodeEastAsian(text, encoding).equals(bytes)) return null
  return { encoding, text }
}

/** A character that the encoding does not have becomes a question mark. */
export function encodeEastAsian(text: string, encoding: EastAsianEncodingName): Buffer {
  const known = bytesOf(encoding)
  const encoded = Buffer.allocUnsafe(text.length * 2)
  let end = 0
  for (const character of text) {
    const code = known.get(character) ?? 0x3f
    if (code > 0xff) encoded[end++] = code >> 8
    encoded[end++] = code & 0xff
  }
  return encoded.subarray(0, end)
}

export function isEastAsian(encoding: string): encoding is EastAsianEncodingName {
  return ENCODINGS.some(({ name }) => name === encoding)
}

export function hasCharacter(character: string, encoding: EastAsianEncodingName): boolean {
  return bytesOf(encoding).has(character)
}

function isProbable(sample: Buffer, { isCommon, isLikely }: EastAsianEncoding): boolean {
  const pairs: Pair[] = []
  let runs = 0
  let last = -1
  for (let at = 0; at < sample.length - 1; at++) {
    const [lead = 0, trail = 0] = [sample[at], sample[at + 1]]
    if (lead < 0x80) continue
    if (trail < 0x40) return false
    if (last !== at) runs++
    pairs.push([lead, trail])
    at++
    last = at + 1
  }
  if (pairs.length < Math.max(MIN_CHARACTERS, runs * MIN_RUN)) return false
  if (share(pairs, ([lead, trail]) => isCommon(lead, trail)) < MIN_COMMON) return false
  return isLikely?.(pairs) ?? true
}

function decodeStrictly(bytes: Buffer, encoding: EastAsianEncodingName): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (thrown) {
    if (thrown instanceof TypeError) return null
    throw thrown
  }
}

const tables = new Map<EastAsianEncodingName, ReadonlyMap<string, number>>()

/** The bytes of each character with one or two of them, as a number. */
function bytesOf(encoding: EastAsianEncodingName): ReadonlyMap<string, number> {
  const known = tables.get(encoding)
  if (known !== undefined) return known
  const made = new Map<string, number>()
  const codes = [...range(0, 0xff), ...range(0x81, 0xfe).flatMap(codesOfLead)]
  // A line feed is never a second byte, so it separates the characters.
  const bytes = Buffer.from(
    codes.flatMap((code) => (code > 0xff ? [code >> 8, code & 0xff, 10] : [code, 10])),
  )
  const characters = new TextDecoder(encoding).decode(bytes).split('\n')
  made.set('\n', 10)
  // The line feed itself is two empty texts.
  const separate = characters.toSpliced(10, 1)
  for (const [index, code] of codes.entries()) {
    const character = separate[index] ?? ''
    const isOne = [...character].length === 1 && character !== '\uFFFD'
    if (isOne && !made.has(character)) made.set(character, code)
  }
  tables.set(encoding, made)
  return made
}

function codesOfLead(lead: number): readonly number[] {
  return range(0x40, 0xfe).map((trail) => lead * 0x100 + trail)
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

function within(value: number, from: number, to: number): boolean {
  return value >= from && value <= to
}

function share<Value>(values: readonly Value[], isMeant: (value: Value) => boolean): number {
  return values.filter(isMeant).length / Math.max(1, values.length)
}
