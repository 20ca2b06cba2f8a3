/**
 * Encodings of one byte: Windows-1252, and those for scripts other than Latin, which are recognized here. A text in one of them
 * contains no mark of it. Its words have no ASCII letters, unlike those of the older encodings of Western Europe; which one it is
 * follows from its most common letters.
 */
export type SingleByteEncodingName =
  | 'windows-1252'
  | 'windows-1251'
  | 'koi8-r'
  | 'koi8-u'
  | 'iso-8859-7'
  | 'windows-1253'
  | 'windows-874'

interface Script {
  readonly letter: RegExp
  /** The letters of the languages that are written in it, the most common ones first. */
  readonly letters: string
}

interface SingleByteEncoding extends Script {
  readonly name: SingleByteEncodingName
  /** Those of one family differ in rare characters only. */
  readonly family: string
}

const CYRILLIC: Script = {
  letter: /\p{Script=Cyrillic}/u,
  letters: 'оеаинтсрвлкмдпуяыіьгзбчйхїжшюєцщэфъґё',
}
const GREEK: Script = { letter: /\p{Script=Greek}/u, letters: 'αοιετσνηυρπκμλςωγδθχφβξζψ' }
const THAI: Script = {
  letter: /\p{Script=Thai}/u,
  letters: 'านรกเอง่้มยลวดทสตัีิ์ะปบคหแจพชขุใไูื็โำถซศษณผธญภฟ',
}

/** In the order in which they are tried: the first one of a family is the most frequent one. */
const ENCODINGS: readonly SingleByteEncoding[] = [
  { name: 'windows-1251', family: 'windows', ...CYRILLIC },
  { name: 'koi8-r', family: 'koi8', ...CYRILLIC },
  { name: 'koi8-u', family: 'koi8', ...CYRILLIC },
  { name: 'iso-8859-7', family: 'greek', ...GREEK },
  { name: 'windows-1253', family: 'greek', ...GREEK },
  { name: 'windows-874', family: 'thai', ...THAI },
]

/** Fewer bytes above ASCII show nothing. */
const MIN_BYTES = 10
const MIN_RUN = 3
const MAX_NEXT_TO_ASCII = 0.1
const MIN_LETTERS = 0.95
const MIN_SCORE = 0.65
const MAX_ODD_CASE = 0.05
/** Texts of capitals are rare. */
const CAPITALS_COST = 0.15
/** A text that two encodings make about as likely is in neither of them for certain. */
const MIN_LEAD = 0.05
const SAMPLE_BYTES = 65_536

interface SingleByteText {
  readonly encoding: SingleByteEncodingName
  readonly text: string
}

/** Whether words consist of bytes above ASCII, so that the text is in no encoding of Western Europe. */
export function hasForeignWords(bytes: Buffer): boolean {
  const runs = bytes.toString('latin1', 0, SAMPLE_BYTES).match(/[A-Za-z]?[\x80-\xff]+[A-Za-z]?/g)
  if (runs === null) return false
  const high = runs.join('').replace(/[A-Za-z]/g, '').length
  const mixed = runs.filter((run) => /[A-Za-z]/.test(run)).length
  return (
    high >= MIN_BYTES && high >= runs.length * MIN_RUN && mixed <= runs.length * MAX_NEXT_TO_ASCII
  )
}

/** Null for a text that is probably not in one of these encodings, or that would not be the same bytes when it is encoded. */
export function decodeSingleByte(bytes: Buffer): SingleByteText | null {
  if (!hasForeignWords(bytes)) return null
  const sample = bytes.subarray(0, SAMPLE_BYTES)
  const probable = ENCODINGS.flatMap((one) => {
    const likely = likelihood(sample, one)
    return likely === null ? [] : [{ ...one, ...likely }]
  })
  const [best] = probable.toSorted((a, b) => b.score - a.score)
  if (best === undefined || best.score < MIN_SCORE) return null
  const rivals = probable.filter(({ family }) => family !== best.family)
  const isCertain = rivals.every(
    ({ score, asCapitals }) => score < best.score - MIN_LEAD && asCapitals < best.score,
  )
  if (!isCertain) return null
  const text = decode(bytes, best.name)
  return encodeSingleByte(text, best.name).equals(bytes) ? { encoding: best.name, text } : null
}

/** A character that the encoding does not have becomes a question mark. */
export function encodeSingleByte(text: string, encoding: SingleByteEncodingName): Buffer {
  const known = bytesOf(encoding)
  return Buffer.from(Array.from(text, (one) => known.get(one) ?? 0x3f))
}

export function hasSingleByte(character: string, encoding: SingleByteEncodingName): boolean {
  return bytesOf(encoding).has(character)
}

/** From 0 to 1, the more common its letters are, also if all of it is in capitals; null when it is not a text of words. */
function likelihood(sample: Buffer, { name, letter, letters }: SingleByteEncoding) {
  const text = decode(sample, name)
  const above = Array.from(text).filter((one) => one > '\x7f')
  const written = above.filter((one) => letter.test(one))
  if (written.length < above.length * MIN_LETTERS) return null
  // A capital follows a small letter where the two halves of the alphabet are exchanged.
  const oddCase = text.match(/\p{Ll}\p{Lu}/gu)?.length ?? 0
  if (oddCase > written.length * MAX_ODD_CASE) return null
  const capitals = text.match(/(?<=\p{Lu})\p{Lu}/gu)?.length ?? 0
  const total = written.reduce((sum, one) => sum + frequency(one, letters), 0)
  const asCapitals = total / written.length
  return { asCapitals, score: asCapitals - (capitals * CAPITALS_COST) / written.length }
}

function frequency(character: string, letters: string): number {
  const small = character.toLowerCase()
  const rank = letters.indexOf(letters.includes(small) ? small : small.normalize('NFD').charAt(0))
  return rank < 0 ? 0 : 1 - rank / letters.length
}

function decode(bytes: Buffer, encoding: SingleByteEncodingName): string {
  if (encoding === 'windows-1252') return decodeWindows1252(bytes)
  return new TextDecoder(encoding).decode(bytes)
}

/** What Windows-1252 has from 0x80 to 0x9F, where Latin-1 has control characters. */
const WINDOWS_CHARACTERS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

// The decoder of Node 20 takes the encoding for Latin-1.
export function decodeWindows1252(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (one) => WINDOWS_CHARACTERS[one.charCodeAt(0) - 0x80] ?? one)
}

const tables = new Map<SingleByteEncodingName, ReadonlyMap<string, number>>()

function bytesOf(encoding: SingleByteEncodingName): ReadonlyMap<string, number> {
  const known = tables.get(encoding)
  if (known !== undefined) return known
  const made = new Map<string, number>()
  for (let byte = 0; byte < 256; byte++) {
    const character = decode(Buffer.of(byte), encoding)
    if (character !== '\uFFFD') made.set(character, byte)
  }
  tables.set(encoding, made)
  return made
}
