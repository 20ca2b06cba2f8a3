import { EMOJI, INVISIBLE, REVEALED, spell } from '../../../lib/util/invisible-characters.ts'
import { stripControlCharacters } from '../../../lib/util/sanitize.ts'

/**
 * The only sanitizer. All external text (models, tools, files, names, server errors) passes one of three functions before
 * it becomes a row:
 *
 * - `clean` for prose and output, `cleanLine` for names and other one-line fields, `reveal` for text to be approved.
 * - The results contain no control characters but \n and \t (`clean`) or \n (`reveal`), so no escape sequence remains.
 * - Invisible characters that change the visible text (bidi controls, joiners out of place, fillers, tags) become
 *   U+FFFD, one for a run; `reveal` names each. Joiners are retained where they shape emoji or a joining script.
 */
import { type Row, type RowContent, row, rowOf, rowText, styled } from './row.ts'
import { PLAIN_STYLE, type Style } from './style.ts'

export function clean(text: string): string {
  if (isHarmless(text)) return text
  return withoutControls(text).replace(JUDGED, (run, shaping: string | undefined) =>
    shaping === undefined ? markRun(run.replace(BREAK_HINTS, '')) : run,
  )
}

/** For names, titles and fields: no line breaks; line break hints are marked too, so that different names look different. */
export function cleanLine(text: string): string {
  if (PLAIN_LINE.test(text)) return text
  return withoutControls(text)
    .replace(JUDGED, (run, shaping: string | undefined) =>
      shaping === undefined ? markRun(run) : run,
    )
    .replace(/(?<!\n)\n+$/, '')
    .replaceAll('\n', '⏎')
    .replaceAll('\t', ' ')
}

/**
 * Text with everything invisible spelled out (`\x1b`, `\u202e`, trailing blanks as `·`), for commands and paths that await
 * approval. Line ends and emoji are unchanged.
 */
export function reveal(text: string): string {
  return rowText(revealRow(text, PLAIN_STYLE))
}

/** As `reveal`, on one line. */
export function revealLine(text: string): string {
  return reveal(text).replaceAll('\n', '⏎')
}

/** As `reveal`, with the replacements in the style `mark`, so that they differ from the same letters as text. */
export function revealRow(text: string, mark: Style): Row {
  if (PLAIN_SHOWN.test(text) && !TRAILING_BLANKS.test(text)) return row(text)
  const spans: RowContent[] = []
  const lines = text.replaceAll('\r\n', '\n')
  let from = 0
  for (const match of lines.matchAll(REVEALED)) {
    const [run, emoji, blanks] = match
    if (emoji !== undefined) continue
    const spelled = blanks === undefined ? spell(run) : '·'.repeat(run.length)
    spans.push(lines.slice(from, match.index), styled(mark, spelled))
    from = match.index + run.length
  }
  return rowOf([...spans, lines.slice(from)])
}

/** As `reveal`, for a line of code whose blanks and tabs the caller renders. */
export function escapeControlCharacters(text: string): string {
  if (PLAIN.test(text)) return text
  return text.replace(
    REVEALED,
    (run: string, emoji: string | undefined, blanks: string | undefined) =>
      emoji === undefined && blanks === undefined && !run.startsWith('\t') ? spell(run) : run,
  )
}

const PLAIN = /^[\n\t\x20-\x7e]*$/
const PLAIN_LINE = /^[\x20-\x7e]*$/
const PLAIN_SHOWN = /^[\n\x20-\x7e]*$/
const TRAILING_BLANKS = /(?<! ) +$/m

// Most text in any script is harmless: this test takes a tenth of the time of the full analysis.
function isHarmless(text: string): boolean {
  return PLAIN.test(text) || (!SUSPECT.test(text) && text.isWellFormed())
}

const MARK = '\ufffd'

// Known sequences are removed completely, of others only the control character: a residue is better than lost text.
// A string (OSC, DCS …) must end on its line for the same reason. `h` and `l` require their usual numbers, as in `ESC [ 1;2 h`
// the sequence is cut off and the `h` may be text.
const SEQUENCES = new RegExp(
  [
    /(?:\x1b[\]PX^_k]|[\x90\x98\x9d-\x9f])[^\n\x07\x1b\x90-\x9f]*(?:\x07|\x1b\\|\x9c)/,
    /(?:\x1b\[|\x9b)(?:\?\d+(?:;\d+)*[hl]|\d{1,2}[hl])/,
    /(?:\x1b\[|\x9b)[<-?]?[\d;:]*[ !"$']?[@A-Z\]`a-gimnp-z{|}]/,
    /\x1b(?:[()*+\-./][\dA-Z<=>%]|#[3-8]|%[@G]| [FGLMN])/,
    /\x1b[78=>cDEHMNOZ|}~]/,
  ]
    .map((sequence) => sequence.source)
    .join('|'),
  'g',
)

function withoutControls(text: string): string {
  const lines = text.toWellFormed().replace(/\r\n?|[\u2028\u2029]/g, '\n')
  return stripControlCharacters(lines.replace(SEQUENCES, '')).replace(STACKED_MARKS, '$1')
}

// A stack of combining marks would overlap adjacent rows.
const STACKED_MARKS = /(\p{M}{6})\p{M}+/gu

const JOINING = `[${[
  'Arabic',
  'Syriac',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
  'Mongolian',
]
  .map((script) => `\\p{Script=${script}}`)
  .join('')}]`

const SHAPING = [
  EMOJI,
  '(?<=\\p{Emoji})[\\ufe0e\\ufe0f]',
  '(?<=\\p{Script=Han})[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}]',
  `(?<=${JOINING})[\\u200c\\u200d](?=${JOINING})`,
].join('|')

const SUSPECT = new RegExp(
  `[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029${INVISIBLE}]|\\p{M}{7}`,
  'u',
)
const JUDGED = new RegExp(`(${SHAPING})|[${INVISIBLE}]+?(?=${SHAPING}|[^${INVISIBLE}]|$)`, 'gu')

// Soft hyphen, zero-width space, word joiner, byte order mark: they control line breaks, which are chosen by `wrap`.
const BREAK_HINTS = /[\u00ad\u200b\u2060\ufeff]+/g

function markRun(run: string): string {
  return run === '' ? '' : MARK
}
