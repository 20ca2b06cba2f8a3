import type { MemoryChange, MemoryItem } from '../../../lib/session/state/memory.ts'
import { countCodePoints } from '../../../lib/util/code-points.ts'
import { timeAgo } from '../../../lib/util/time-ago.ts'
import { type Diff, diffHunks, withFinalLineFeed } from '../../../lib/util/unified-diff.ts'
import type { Styles } from '../../theme/styles.ts'
import { memoryTexts } from '../messages/memory.ts'
import { type RenderOptions, renderMarkdown } from '../render/formatter.ts'
import { gaugeFromHalf } from '../render/gauge.ts'
import { EMPTY_ROW, type Row, row, rowText, styled } from '../render/row.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import { fitRow, rowWidth, truncate, wrap } from '../render/wrap.ts'
import { shortCount } from './format.ts'

export interface BlockOptions extends RenderOptions {
  readonly columns: number
  readonly showsMarkdown: boolean
  readonly isOpen: boolean
  readonly isSelected: boolean
  /** How many texts of the person are not saved. */
  readonly drafts: number
  /** Lines that repeat text from outside, with their sources. */
  readonly outside: Readonly<Record<string, string>>
  /** When it was changed, as text, because that changes every minute and not every frame. */
  readonly changed: string
}

interface LaidBlock extends BlockOptions {
  readonly rows: readonly Row[]
}

// The keys are weak: the value is freed together with its item.
const laid = new WeakMap<MemoryItem, LaidBlock>()

/** The rows of a block and a blank row; laid out once for each set of options. */
export function blockRows(item: MemoryItem, options: BlockOptions): readonly Row[] {
  const known = laid.get(item)
  if (known !== undefined && isSameOptions(known, options)) return known.rows
  const rows = layBlock(item, options)
  laid.set(item, { ...options, rows })
  return rows
}

function isSameOptions(known: BlockOptions, options: BlockOptions): boolean {
  return (
    known.columns === options.columns &&
    known.styles === options.styles &&
    known.formatter === options.formatter &&
    known.showsMarkdown === options.showsMarkdown &&
    known.isOpen === options.isOpen &&
    known.isSelected === options.isSelected &&
    known.drafts === options.drafts &&
    known.outside === options.outside &&
    known.changed === options.changed
  )
}

function layBlock(item: MemoryItem, options: BlockOptions): readonly Row[] {
  const { block } = item
  const { columns, styles, isOpen } = options
  const head = headRow(item, options)
  return [
    options.isSelected ? styled(styles.selection, fitRow(head, columns)) : head,
    ...(isOpen ? descriptionRows(block.description, options) : []),
    ...changeRows(item, options),
    ...valueRows(block.value, options),
    EMPTY_ROW,
  ]
}

const GAUGE = 8
/** Room for `12.3k/20k`, so that the gauges are aligned. */
const SIZE = 9

function headRow(
  { block, change }: MemoryItem,
  { isOpen, isSelected, drafts, outside, columns, styles }: BlockOptions,
): Row {
  const characters = countCodePoints(block.value)
  const size = `${shortCount(characters)}/${shortCount(block.limit)}`.padStart(SIZE)
  const bar = gaugeFromHalf(characters, block.limit, GAUGE, styles)
  const marker = styled(isSelected ? styles.accent : styles.muted, isOpen ? '▾' : '▸')
  const mark = isNews(change) ? styled(styles.warning, ' ●') : ''
  const lock = block.readOnly ? styled(styles.muted, ` ${memoryTexts.readOnly}`) : ''
  const draft = drafts > 0 ? styled(styles.warning, ` ✎ ${memoryTexts.drafts(drafts)}`) : ''
  const foreign = hasOutsideLine(block.value, outside)
    ? styled(styles.warning, ` ! ${memoryTexts.outside}`)
    : ''
  const name = styled(styles.strong, cleanLine(block.label))
  const left = row(marker, ' ', name, mark, lock, draft, foreign)
  const right = row(bar, ' ', styled(styles.muted, size))
  const gap = columns - rowWidth(left) - rowWidth(right)
  if (gap > 0) return row(left, ' '.repeat(gap), right)
  const room = columns - size.trim().length - 1
  return room > 4
    ? row(fitRow(left, room), ' ', styled(styles.muted, size.trim()))
    : truncate(left, columns)
}

function descriptionRows(
  description: string | null,
  { columns, styles }: BlockOptions,
): readonly Row[] {
  if (description === null || description.trim() === '') return []
  return wrap(styled(styles.reasoning, cleanLine(description.trim())), columns, { indent: '  ' })
}

/** Rows of a collapsed block. */
const COLLAPSED_ROWS = 2

function valueRows(value: string, options: BlockOptions): readonly Row[] {
  const { isOpen, showsMarkdown, outside, columns, styles } = options
  if (value.trim() === '') return [styled(styles.muted, `  ${memoryTexts.emptyBlock}`)]
  if (isOpen && showsMarkdown) {
    return renderMarkdown(value, columns - 2, options).map((line) => row('  ', line))
  }
  if (isOpen && hasOutsideLine(value, outside)) {
    return value.split('\n').flatMap((line) => {
      const source = outsideSource(line, outside)
      const text = styled(source === null ? styles.text : styles.warning, clean(line))
      const from = source === null ? '' : outsideNote(source, styles)
      const rows = wrap(row(text, from), columns, { indent: source === null ? '  ' : '! ' })
      return rows.length === 0 ? [EMPTY_ROW] : rows
    })
  }
  const shown = isOpen ? value : value.slice(0, COLLAPSED_ROWS * columns * 2)
  const style = isOpen ? styles.text : styles.muted
  const rows = wrap(styled(style, clean(shown).trim()), columns, { indent: '  ' })
  if (isOpen || rows.length <= COLLAPSED_ROWS) return rows
  // Wrapped again with room for the mark, the row ends with a word.
  const text = rowText(rows[COLLAPSED_ROWS - 1] ?? EMPTY_ROW).trim()
  const [last = EMPTY_ROW] = wrap(styled(style, text), Math.max(1, columns - 2), { indent: '  ' })
  return [...rows.slice(0, COLLAPSED_ROWS - 1), row(last, styled(styles.muted, ' …'))]
}

/** The source of a line that repeats text from outside; null for every other line. */
export function outsideSource(
  line: string,
  outside: Readonly<Record<string, string>>,
): string | null {
  return Object.hasOwn(outside, line) ? (outside[line] ?? null) : null
}

/** What is shown after such a line. */
export function outsideNote(source: string, styles: Styles): Row {
  return styled(styles.muted, `  ← ${cleanLine(source)}`)
}

export function hasOutsideLine(value: string, outside: Readonly<Record<string, string>>): boolean {
  if (Object.keys(outside).length === 0) return false
  return value.split('\n').some((line) => outsideSource(line, outside) !== null)
}

/** Who changed a block and when; empty when it was not changed. */
export function changedAt(change: MemoryChange | null, now: number): string {
  return change === null
    ? ''
    : memoryTexts.changed(change.by, change.origin ?? {}, timeAgo(now - change.at))
}

/** The skills directory changes its block at every start, which is not worth a mark. */
export function isNews(change: MemoryChange | null): boolean {
  return change !== null && change.by !== 'skills'
}

/** Lines of a change that are shown while the block is collapsed. */
const CHANGED = 4

function changeRows(item: MemoryItem, options: BlockOptions): readonly Row[] {
  const { change } = item
  const { isOpen, columns, styles, changed } = options
  if (change === null) return []
  const style = isNews(change) ? styles.warning : styles.muted
  const said = truncate(row('  ', styled(style, changed)), columns)
  if (!isNews(change) && !isOpen) return [said]
  const lines = diffOf(item, change).hunks.flatMap((hunk) => hunk.lines)
  const rows = lines.flatMap(({ type: kind, text }) => {
    const added = kind === 'added'
    const side = added ? styles.diffAdded : styles.diffRemoved
    return wrap(styled(side, clean(text)), columns, {
      indent: styled(side, added ? '  + ' : '  - '),
    })
  })
  const kept = isOpen ? rows : rows.slice(0, CHANGED)
  const more = rows.length - kept.length
  return [
    said,
    ...kept,
    ...(more > 0 ? [styled(styles.muted, `    ${memoryTexts.moreRows(more)}`)] : []),
  ]
}

// The keys are weak: the value is freed together with its item.
const diffs = new WeakMap<MemoryItem, Diff>()

export function diffOf(item: MemoryItem, change: MemoryChange): Diff {
  const known = diffs.get(item)
  if (known !== undefined) return known
  const diff = diffHunks(withFinalLineFeed(change.before), withFinalLineFeed(item.block.value), 0)
  diffs.set(item, diff)
  return diff
}
