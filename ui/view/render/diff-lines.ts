import type { HunkLine } from '../../../lib/util/unified-diff.ts'
import type { DiffPage } from './diff-page.ts'
import { renderCode } from './formatter.ts'
import { highlightRanges, type TextRange } from './highlight-ranges.ts'
import { previewTexts } from './messages.ts'
import { EMPTY_ROW, type Row, row, styled } from './row.ts'
import { escapeControlCharacters } from './sanitize.ts'
import { textWidth } from './width.ts'
import { changedWords } from './word-diff.ts'
import { pad, truncate, wrap } from './wrap.ts'

/** Items `from` up to `to`. */
export interface ItemRange {
  readonly from: number
  readonly to: number
}

export function paintLines(
  lines: readonly HunkLine[],
  { from, to }: ItemRange,
  page: DiffPage,
): readonly Row[] {
  const shown = Array.from({ length: to - from }, (_, index) =>
    shownLine(lines, from + index, page),
  )
  const colored = colorLines(shown, page)
  return shown.flatMap((one, index) => {
    const ranges = wordRanges(one, lines, page)
    return paintLine(one.line, colored[index] ?? row(one.text), ranges, page)
  })
}

/** The pages of both sides. */
interface SidePages {
  readonly left: DiffPage
  readonly right: DiffPage
}

export const SPLIT_RULE = ' │ '

export function paintPairs(
  lines: readonly HunkLine[],
  pairs: { readonly left: Int32Array; readonly right: Int32Array },
  pages: SidePages,
): readonly Row[] {
  const { styles } = pages.left
  const paint = (side: 'left' | 'right'): ReadonlyMap<number, readonly Row[]> => {
    const own = [...pairs[side]].filter((at) => at >= 0)
    const shown = own.map((at) => shownLine(lines, at, pages[side]))
    const colored = colorLines(shown, pages[side])
    return new Map(
      shown.map((one, index) => {
        const text = colored[index] ?? row(one.text)
        const ranges = wordRanges(one, lines, pages[side])
        return [own[index] ?? -1, paintLine(one.line, text, ranges, pages[side])]
      }),
    )
  }
  const left = paint('left')
  const right = paint('right')
  const rule = styled(styles.border, SPLIT_RULE)
  return Array.from(pairs.left, (_, pair) => {
    const before = left.get(pairs.left[pair] ?? -1) ?? []
    const after = right.get(pairs.right[pair] ?? -1) ?? []
    return Array.from({ length: Math.max(before.length, after.length) }, (_row, at) =>
      row(pad(before[at] ?? EMPTY_ROW, pages.left.columns), rule, after[at] ?? EMPTY_ROW),
    )
  }).flat()
}

/** A line for display, with tabs expanded and invisible characters spelled out. */
interface ShownLine {
  readonly line: HunkLine
  readonly text: string
  /** The line it replaces or is replaced by. */
  readonly partner: number
}

export function shownLine(lines: readonly HunkLine[], at: number, { view }: DiffPage): ShownLine {
  const line = lines[at] ?? NO_LINE
  const partner = line.type === 'context' ? -1 : (partnersOf(lines)[at] ?? -1)
  const other = lines[partner]
  const isBlankChange = other !== undefined && bare(other.text) === bare(line.text)
  const isMarked = isBlankChange || view.showsBlanks
  return { line, text: isMarked ? showBlanks(line.text) : showText(line), partner }
}

const NO_LINE: HunkLine = { type: 'context', text: '', oldNumber: null, newNumber: null }

function bare(text: string): string {
  return text.replace(/\s+/g, '')
}

const knownPartners = new WeakMap<readonly HunkLine[], Int32Array>()

/** Pairs removed lines with the added lines that follow them: first with first, and so on; -1 for none. */
function partnersOf(lines: readonly HunkLine[]): Int32Array {
  const known = knownPartners.get(lines)
  if (known !== undefined) return known
  const partners = new Int32Array(lines.length).fill(-1)
  let index = 0
  while (index < lines.length) {
    const start = index
    while (lines[index]?.type === 'removed') index++
    const middle = index
    while (lines[index]?.type === 'added') index++
    for (let step = 0; step < Math.min(middle - start, index - middle); step++) {
      partners[start + step] = middle + step
      partners[middle + step] = start + step
    }
    if (index === start) index++
  }
  knownPartners.set(lines, partners)
  return partners
}

// Blanks at the end of an added line are an invisible change, so they are marked. The line ends of the file are not.
function showText({ type: kind, text }: HunkLine): string {
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

/** Old and new text are highlighted separately, each in the context of its version of the file. */
function colorLines(lines: readonly ShownLine[], page: DiffPage): readonly Row[] {
  const side = (hidden: HunkLine['type']): Map<ShownLine, Row> => {
    const own = lines.filter(({ line }) => line.type !== hidden)
    const text = own.map((shown) => shown.text).join('\n')
    const painted = renderCode(text, page.language, page)
    return new Map(own.map((shown, index) => [shown, painted[index] ?? row(shown.text)]))
  }
  const hasRemoved = lines.some(({ line }) => line.type === 'removed')
  const old = hasRemoved ? side('added') : new Map<ShownLine, Row>()
  const now = side('removed')
  return lines.map((shown) => now.get(shown) ?? old.get(shown) ?? row(shown.text))
}

function wordRanges(
  { line, text, partner }: ShownLine,
  lines: readonly HunkLine[],
  page: DiffPage,
): readonly TextRange[] {
  if (partner < 0) return []
  const other = shownLine(lines, partner, page)
  if (line.type === 'added') return changedWords(other.text, text)?.after ?? []
  return changedWords(text, other.text)?.before ?? []
}

function paintLine(
  line: HunkLine,
  text: Row,
  ranges: readonly TextRange[],
  page: DiffPage,
): readonly Row[] {
  const { styles } = page
  const { sign, style, word } = LINE_STYLES[line.type]
  const { room } = page
  const painted = highlightRanges(text, ranges, styles[word])
  const wrapped = page.view.isWrapped
    ? wrap(painted, room, { breaks: 'code' })
    : [truncate(painted, room)]
  const rows = wrapped.map((part, index) => {
    const number = styled(styles.diffNumber, numbers(index === 0 ? line : null, page))
    const body = line.type === 'context' ? part : pad(part, room)
    return row(number, styled(styles[style], `${sign} `, body))
  })
  if (!line.noNewline) return rows
  const number = styled(styles.diffNumber, numbers(null, page))
  return [
    ...rows,
    truncate(row(number, styled(styles.muted, previewTexts.noNewline)), page.columns),
  ]
}

const LINE_STYLES = {
  context: { sign: ' ', style: 'diffContext', word: 'diffContext' },
  added: { sign: '+', style: 'diffAdded', word: 'diffAddedWord' },
  removed: { sign: '-', style: 'diffRemoved', word: 'diffRemovedWord' },
} as const

function numbers(line: HunkLine | null, { oldDigits, newDigits }: DiffPage): string {
  const show = (number: number | null, digits: number): string =>
    `${String(number ?? '').padStart(digits)} `
  if (newDigits === 0) return show(line?.oldNumber ?? null, oldDigits)
  if (oldDigits === 0)
    return show(line === null ? null : (line.newNumber ?? line.oldNumber), newDigits)
  return show(line?.oldNumber ?? null, oldDigits) + show(line?.newNumber ?? null, newDigits)
}
