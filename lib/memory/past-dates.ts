/** Dates in lines of memory that were ahead when they were written, and are past now. */

/** A line about something that is to come at, or to end with, a date. */
const AHEAD =
  /\b(?:until|till|through|due|deadline|expir(?:es|y|ation)|ends?|will|upcoming|planned|scheduled|to be)\b/i
/** The same, but also in lines about what has happened: `merged by Ana before 2026-01-01`. */
const OFTEN_AHEAD = /\b(?:by|before|next)\b/i
const WAS = /\b(?:was|were|had|did|got|went)\b/i
/** Words of lines that record what has happened or is true from a date on. */
const HAPPENED =
  /\b(?:was|were|had|has|have|did|done|went|came|began|made|wrote|built|chose|found|met|ran|gave|took|got|became|left|saw|knew|sent|bought|sold|broke|won|lost|held|kept|paid|said|grew|fell|born|birth\w*|anniversary|ago|last|yesterday|since|already|history|log|changelog|previously|earlier|versions?|copyright)\b/i
const PAST_TENSE = /\b(?!(?:need|speed|feed|seed|embed|indeed|proceed|exceed|succeed)\b)\w{2,}ed\b/i
/** In front of a date: `notes of 2026-01-01`, `frozen from 2026-01-01`. */
const REFERS = /\b(?:of|from|since|after|dated|tag|snapshot|release|model|api|v)[:\s(]*$/i

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH = `(${MONTHS.join('|')})[a-z]*\\.?`
/** Not within names: `gpt-4o-2024-08-06`, `logs/2025-01-05.txt`. */
const START = String.raw`(?<![\w/.@-])`
const END = String.raw`(?![\w/@-]|\.\w)`

interface FoundDate {
  /** `2026-08-01`, or `2026-08` without a day. */
  readonly date: string
  readonly index: number
}

type ToDate = (match: RegExpMatchArray) => string

const PATTERNS: readonly (readonly [RegExp, ToDate])[] = [
  [/(20\d\d)[-/](\d\d)[-/](\d\d)/, ([, year, month, day]) => `${year}-${month}-${day}`],
  [/(\d\d?)\.(\d\d?)\.(20\d\d)/, ([, day, month, year]) => iso(year, month, day)],
  [
    new RegExp(String.raw`(\d\d?)(?:st|nd|rd|th)?\.? ${MONTH},? (20\d\d)`),
    ([, day, month, year]) => iso(year, monthNumber(month), day),
  ],
  [
    new RegExp(String.raw`${MONTH} (\d\d?)(?:st|nd|rd|th)?,? (20\d\d)`),
    ([, month, day, year]) => iso(year, monthNumber(month), day),
  ],
  [/(20\d\d)-(\d\d)/, ([, year, month]) => `${year}-${month}`],
]

const FORMATS = PATTERNS.map(
  ([{ source }, toDate]) => [new RegExp(`${START}${source}${END}`, 'gi'), toDate] as const,
)

/**
 * The last date of a line, when it and all others are past and the line does not record what has happened: an entry of a log,
 * or a sentence in the past tense. `today`: as `2026-11-29`. A heuristic for English, which prefers to miss a date.
 */
export function findPastDate(line: string, today: string): string | null {
  // Code and names of files contain other dates.
  const text = line.replace(/`[^`]*`/g, (code) => ' '.repeat(code.length))
  const isAhead = AHEAD.test(text) && !WAS.test(text)
  const dates = datesIn(text).filter(({ date }) => isAhead || date.length === 10)
  const last = dates.at(-1)
  if (last === undefined || dates.some(({ date }) => date >= today.slice(0, date.length)))
    return null
  if (isAhead) return last.date
  if (HAPPENED.test(text) || PAST_TENSE.test(text)) return null
  if (OFTEN_AHEAD.test(text)) return last.date
  const [first = last] = dates
  const isEntry = /^[\s>*+#([\d.)-]*$/.test(text.slice(0, first.index))
  return isEntry || REFERS.test(text.slice(0, last.index)) ? null : last.date
}

function datesIn(text: string): readonly FoundDate[] {
  const found = FORMATS.flatMap(([pattern, toDate]) =>
    [...text.matchAll(pattern)].map((match) => ({ date: toDate(match), index: match.index })),
  )
  return found
    .filter(({ date }) => Number.isFinite(Date.parse(date)))
    .toSorted((one, other) => one.index - other.index)
}

function iso(year = '', month = '', day = ''): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

function monthNumber(name = ''): string {
  return `${MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1}`
}
