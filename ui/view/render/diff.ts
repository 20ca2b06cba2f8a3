import type { Preview } from '../../../lib/tools/tool.ts'
import { type Hunk, type HunkLine, hunkHeader } from '../../../lib/util/unified-diff.ts'
import type { Styles } from '../../theme/styles.ts'
import type { Row } from '../types.ts'
import { highlight, languageOf } from './highlight-code.ts'
import { paintRanges } from './highlight-ranges.ts'
import { type LazyRows, type LazyRowsPart, sheetOf } from './lazy-rows.ts'
import { cleanLine, escapeControlCharacters, reveal } from './sanitize.ts'
import { textWidth } from './width.ts'
import { changedWords, type Range } from './word-diff.ts'
import { pad, truncate, wrap } from './wrap.ts'

export type DiffPreview = Extract<Preview, { kind: 'diff' }>

/**
 * A diff to judge: header, hunks, numbers, signs; colours of the language under those of the change. All that cannot be
 * seen is spelled out. Rows are painted when they are asked for (`slice`), so a long diff opens as fast as a short one.
 */
export function renderDiff(preview: DiffPreview, columns: number, styles: Styles): LazyRows {
  const known = cache.get(preview)
  if (known?.columns === columns && known.styles === styles) return known.sheet
  const sheet = layDiff(preview, columns, styles)
  cache.set(preview, { columns, styles, sheet })
  return sheet
}

const cache = new WeakMap<DiffPreview, { columns: number; styles: Styles; sheet: LazyRows }>()

interface Paper {
  readonly columns: number
  readonly styles: Styles
  readonly language: string
  /** Cells of one line number; 0 hides the old one. */
  readonly oldDigits: number
  readonly newDigits: number
}

function layDiff(preview: DiffPreview, columns: number, styles: Styles): LazyRows {
  const paper = paperFor(preview, columns, styles)
  const header = headerRows(preview, columns, styles)
  const parts: LazyRowsPart[] = [{ count: header.length, rows: () => header }]
  const hunkRows: number[] = []
  let count = header.length
  for (const hunk of preview.hunks) {
    hunkRows.push(count)
    for (const part of layHunk(hunk, paper)) {
      parts.push(part)
      count += part.count
    }
  }
  return sheetOf(parts, hunkRows)
}

function paperFor({ path, hunks }: DiffPreview, columns: number, styles: Styles): Paper {
  const digits = (numberOf: (line: HunkLine) => number | null): number =>
    Math.max(0, ...hunks.map(({ lines }) => String(lastNumber(lines, numberOf)).length))
  const oldDigits = digits(({ oldNumber }) => oldNumber)
  const newDigits = digits(({ newNumber }) => newNumber)
  const language = languageOf(path)
  if (columns >= TWO_NUMBERS) return { columns, styles, language, oldDigits, newDigits }
  return { columns, styles, language, oldDigits: 0, newDigits: Math.max(oldDigits, newDigits) }
}

function lastNumber(
  lines: readonly HunkLine[],
  numberOf: (line: HunkLine) => number | null,
): number | '' {
  const last = lines.findLast((line) => numberOf(line) !== null)
  return last === undefined ? '' : (numberOf(last) ?? '')
}

/** Narrower, one column of numbers has to do. */
const TWO_NUMBERS = 60

function headerRows(preview: DiffPreview, columns: number, styles: Styles): readonly Row[] {
  const path = styles.title(reveal(preview.path, styles.warning).replaceAll('\n', '\\n'))
  const counts = `${styles.success(`+${preview.added}`)} ${styles.error(`-${preview.removed}`)}`
  const created = preview.created ? ` ${styles.info('new file')}` : ''
  const header = wrap(`${path}${created} ${counts}`, columns, { anywhere: true })
  if (preview.remark === null) return header
  return [...header, ...wrap(styles.muted(cleanLine(preview.remark)), columns)]
}

/** A line as it is shown: no tabs, nothing unseen. */
interface Shown {
  readonly line: HunkLine
  readonly text: string
  /** The line it replaces or is replaced by. */
  readonly partner: number | null
}

const PART_LINES = 100

function layHunk(hunk: Hunk, paper: Paper): readonly LazyRowsPart[] {
  const { columns, styles } = paper
  const header = wrap(styles.diffHunk(hunkHeader(hunk)), columns)
  const parts: LazyRowsPart[] = [{ count: header.length, rows: () => header }]
  const shown = showLines(hunk.lines)
  for (let from = 0; from < shown.length; from += PART_LINES) {
    const lines = shown.slice(from, from + PART_LINES)
    const count = lines.reduce((sum, line) => sum + rowCount(line, paper), 0)
    parts.push({ count, rows: () => paintLines(lines, shown, paper) })
  }
  return parts
}

function showLines(lines: readonly HunkLine[]): readonly Shown[] {
  const partners = pairLines(lines)
  return lines.map((line, index) => {
    const partner = partners.get(index) ?? null
    const other = partner === null ? undefined : lines[partner]
    const isBlankChange = other !== undefined && bare(other.text) === bare(line.text)
    return { line, text: isBlankChange ? showBlanks(line.text) : showText(line), partner }
  })
}

function bare(text: string): string {
  return text.replace(/\s+/g, '')
}

/** In each run of removed lines followed by added ones, the first belongs to the first, and so on. */
function pairLines(lines: readonly HunkLine[]): ReadonlyMap<number, number> {
  const partners = new Map<number, number>()
  let index = 0
  while (index < lines.length) {
    const start = index
    while (lines[index]?.kind === 'removed') index++
    const middle = index
    while (lines[index]?.kind === 'added') index++
    for (let step = 0; step < Math.min(middle - start, index - middle); step++) {
      partners.set(start + step, middle + step)
      partners.set(middle + step, start + step)
    }
    if (index === start) index++
  }
  return partners
}

// Blanks at the end of an added line are a change that nobody sees; a file's own line ends are none.
function showText({ kind, text }: HunkLine): string {
  const line = text.endsWith('\r') ? text.slice(0, -1) : text
  const body = line.replace(/(?<![ \t])[ \t]+$/, '')
  const shown = expandTabs(escapeControlCharacters(body))
  return kind === 'added' ? shown + showBlanks(line.slice(body.length)) : shown
}

function showBlanks(text: string): string {
  return escapeControlCharacters(text).replaceAll(' ', '·').replaceAll('\t', '→   ')
}

function expandTabs(text: string): string {
  const [first = '', ...rest] = text.split('\t')
  return rest.reduce(
    (before, part) => before + ' '.repeat(TAB_STOP - (textWidth(before) % TAB_STOP)) + part,
    first,
  )
}

const TAB_STOP = 4

function roomFor({ columns, oldDigits, newDigits }: Paper): number {
  const gutter = (oldDigits === 0 ? 0 : oldDigits + 1) + newDigits + 1 + SIGN.length
  return Math.max(MIN_ROOM, columns - gutter)
}

const SIGN = '+ '
const MIN_ROOM = 8

function rowCount({ line, text }: Shown, paper: Paper): number {
  const room = roomFor(paper)
  const rows = /^[\x20-\x7e]*$/.test(text)
    ? Math.max(1, Math.ceil(text.length / room))
    : wrap(text, room, { anywhere: true }).length
  return rows + (line.noNewline ? 1 : 0)
}

function paintLines(lines: readonly Shown[], hunk: readonly Shown[], paper: Paper): readonly Row[] {
  const coloured = colourLines(lines, paper)
  return lines.flatMap((shown, index) => {
    const ranges = wordRanges(shown, hunk)
    return paintLine(shown.line, coloured[index] ?? shown.text, ranges, paper)
  })
}

/** Old and new text are coloured apart, each as it stands in its file. */
function colourLines(lines: readonly Shown[], { language, styles }: Paper): readonly string[] {
  const side = (hidden: HunkLine['kind']): Map<Shown, string> => {
    const own = lines.filter(({ line }) => line.kind !== hidden)
    const painted = highlight(own.map(({ text }) => text).join('\n'), language, styles)
    return new Map(own.map((shown, index) => [shown, painted[index] ?? shown.text]))
  }
  const old = lines.some(({ line }) => line.kind === 'removed') ? side('added') : new Map()
  const now = side('removed')
  return lines.map((shown) => now.get(shown) ?? old.get(shown) ?? shown.text)
}

function wordRanges({ line, text, partner }: Shown, hunk: readonly Shown[]): readonly Range[] {
  const other = partner === null ? undefined : hunk[partner]
  if (other === undefined) return []
  if (line.kind === 'added') return changedWords(other.text, text)?.after ?? []
  return changedWords(text, other.text)?.before ?? []
}

function paintLine(
  line: HunkLine,
  text: string,
  ranges: readonly Range[],
  paper: Paper,
): readonly Row[] {
  const { styles } = paper
  const look = LOOKS[line.kind]
  const room = roomFor(paper)
  const painted = paintRanges(text, ranges, styles[look.word])
  const rows = wrap(painted, room, { anywhere: true }).map((row, index) => {
    const number = styles.diffNumber(numbers(index === 0 ? line : null, paper))
    const body = `${look.sign} ${line.kind === 'context' ? row : pad(row, room)}`
    return number + styles[look.line](body)
  })
  if (!line.noNewline) return rows
  const last = styles.diffNumber(numbers(null, paper)) + styles.muted(NO_NEWLINE)
  return [...rows, truncate(last, paper.columns)]
}

const NO_NEWLINE = '\\ No newline at end of file'

const LOOKS = {
  context: { sign: ' ', line: 'diffContext', word: 'diffContext' },
  added: { sign: '+', line: 'diffAdded', word: 'diffAddedWord' },
  removed: { sign: '-', line: 'diffRemoved', word: 'diffRemovedWord' },
} as const

function numbers(line: HunkLine | null, { oldDigits, newDigits }: Paper): string {
  const show = (number: number | null, digits: number): string =>
    `${String(number ?? '').padStart(digits)} `
  if (oldDigits === 0)
    return show(line === null ? null : (line.newNumber ?? line.oldNumber), newDigits)
  return show(line?.oldNumber ?? null, oldDigits) + show(line?.newNumber ?? null, newDigits)
}
