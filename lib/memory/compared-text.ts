/** What is compared of a text: letters and digits, and the place in the text of each of them. */
export interface ComparedText {
  readonly text: string
  readonly places: readonly number[]
}

/** The number of a line, the place that `grep` names, and the mark of a list, a quotation or a difference. */
const LINE_MARK = /^(?:[^\s:]{1,200}[:-]\d+[:-])?[\s>*+#-]*(?:\d+(?:[.)→:|]|\t)\s*)?[\s>*+#-]*/

export function withoutLineMark(line: string): string {
  return line.slice(lineMarkLength(line))
}

export function lineMarkLength(line: string): number {
  // A complete line of marks stays as it is.
  const { length } = LINE_MARK.exec(line)?.[0] ?? ''
  return length === line.length ? 0 : length
}

/**
 * White space, case, punctuation, invisible characters, accents, the marks of lines and of Markdown, escapes and the alphabet of
 * letters that look the same are not compared: none of them changes what a model reads.
 */
export function compared(text: string): ComparedText {
  const characters: string[] = []
  const places: number[] = []
  let start = 0
  for (const line of text.split('\n')) {
    addLine(line, start, characters, places)
    start += line.length + 1
  }
  return { text: characters.join(''), places }
}

function addLine(line: string, start: number, characters: string[], places: number[]): void {
  let at = lineMarkLength(line)
  while (at < line.length) {
    const code = line.codePointAt(at) ?? 0
    const form = ESCAPES.get(code)
    const length = form === undefined ? 0 : escapeLength(form, line, at)
    if (length > 0) {
      at += length
      continue
    }
    const letters = lettersOf(code)
    for (const letter of letters) {
      characters.push(letter)
      places.push(start + at)
    }
    at += code > 0xff_ff ? 2 : 1
  }
}

/** A line feed, a tab or a return as JSON and shells write it, and the entities of HTML. */
const ESCAPES: ReadonlyMap<number, RegExp> = new Map([
  [0x5c, /\\[nrt]/y],
  [0x26, /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8});/iy],
])

function escapeLength(form: RegExp, line: string, at: number): number {
  form.lastIndex = at
  return form.exec(line)?.[0].length ?? 0
}

const known = new Map<number, string>()

function lettersOf(code: number): string {
  const found = known.get(code)
  if (found !== undefined) return found
  const plain = String.fromCodePoint(code).normalize('NFKD').toLowerCase()
  const letters = [...plain.normalize('NFKD')]
    .filter((one) => /[\p{L}\p{N}]/u.test(one))
    .map((one) => LOOKALIKES.get(one) ?? one)
    .join('')
  known.set(code, letters)
  return letters
}

/** Cyrillic and Greek letters that look like Latin ones. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  [
    ['аеорсухіѕјԁһԛԝкмтвнӏ', 'aeopcyxisjdhqwkmtbhl'],
    ['αεορτυνκιχγρ', 'aeoptuvkixyp'],
    ['ıɡɑ', 'iga'],
  ].flatMap(([from = '', to = '']) =>
    [...from].map((letter, index): [string, string] => [letter, to[index] ?? letter]),
  ),
)
