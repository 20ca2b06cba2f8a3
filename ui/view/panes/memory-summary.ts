import type { MemoryItem } from '../../../lib/session/state/memory.ts'
import { estimateTokens } from '../../../lib/util/code-points.ts'
import { largest } from '../../../lib/util/extremes.ts'
import { changedLines } from '../../../lib/util/quantities.ts'
import type { HunkLine } from '../../../lib/util/unified-diff.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { memoryTexts } from '../messages/memory.ts'
import { type Row, row, styled } from '../render/row.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import { textWidth } from '../render/width.ts'
import { fitRow, rowWidth, truncate } from '../render/wrap.ts'
import { shortCount } from './format.ts'
import { changedAt, diffOf, isNews } from './memory-block.ts'
import { draftCount } from './memory-selection.ts'

/** Lines of the newest change. */
const CHANGED_LINES = 2

/** Whether the memory pane is a part of the side column that is not being read: then it is a row for each block. */
export function isMemorySummary({ workbench }: RootState): boolean {
  const { page, focus, memory } = workbench
  return page === 'chat' && focus !== 'memory' && memory.editing === null && memory.merging === null
}

/** A row for each block with its tokens, and the newest change below its block. */
export function summaryRows(state: RootState, columns: number, styles: Styles): readonly Row[] {
  const { memory } = state.session
  const newest = newestChange(memory)
  const labels = labelColumns(memory)
  return memory.flatMap((item) => [
    blockRow(item, state, { labels, columns, styles }),
    ...(item === newest ? changeRows(item, state, columns, styles) : []),
  ])
}

/** Tokens of all blocks. */
export function memoryTokens({ session }: RootState): number {
  return session.memory.reduce((sum, item) => sum + factsOf(item).tokens, 0)
}

/** Rows of the summary, without laying it out. */
export function summaryHeight({ session }: RootState): number {
  const newest = newestChange(session.memory)
  const changed = newest === null ? 0 : 1 + Math.min(CHANGED_LINES, factsOf(newest).changed.length)
  return Math.max(1, session.memory.length + changed)
}

/** The columns that the rows of the side column need: a label or a name, and some words after it. */
export function sideColumnsNeeded({ session }: RootState): number {
  const names = session.skills.found.map(({ name }) => textWidth(cleanLine(name)))
  return (
    Math.max(labelColumns(session.memory), Math.min(MAX_LABEL, largest(names, 0))) + SUMMARY_COLUMNS
  )
}

/** Columns for the summary of a block or a skill. */
const SUMMARY_COLUMNS = 32
const MAX_LABEL = 24

function labelColumns(memory: readonly MemoryItem[]): number {
  const widths = memory.map(({ block }) => textWidth(cleanLine(block.label)))
  return Math.min(MAX_LABEL, largest(widths, 0))
}

function newestChange(memory: readonly MemoryItem[]): MemoryItem | null {
  let newest: MemoryItem | null = null
  for (const item of memory) {
    if (isNews(item.change) && (item.change?.at ?? 0) >= (newest?.change?.at ?? 0)) newest = item
  }
  return newest
}

interface RowPlace {
  readonly labels: number
  readonly columns: number
  readonly styles: Styles
}

function blockRow(
  item: MemoryItem,
  { workbench }: RootState,
  { labels, columns, styles }: RowPlace,
): Row {
  const { block, change } = item
  const label = styled(styles.text, fitRow(cleanLine(block.label), labels))
  const news = isNews(change)
  const mark = news ? styled(styles.warning, ' ●') : '  '
  const drafts = draftCount(workbench, block.label)
  const draft = drafts > 0 ? styled(styles.warning, ` ✎ ${memoryTexts.drafts(drafts)}`) : ''
  const left = row(
    '  ',
    label,
    mark,
    draft,
    news ? styled(styles.muted, ` ${lineCounts(item)}`) : '',
  )
  const size = styled(styles.muted, shortCount(factsOf(item).tokens))
  const gap = columns - rowWidth(left) - rowWidth(size)
  return gap > 0 ? row(left, ' '.repeat(gap), size) : truncate(left, columns)
}

function lineCounts(item: MemoryItem): string {
  const lines = factsOf(item).changed
  const added = lines.filter(({ type }) => type === 'added').length
  return changedLines({ added, removed: lines.length - added })
}

function changeRows(
  item: MemoryItem,
  { workbench }: RootState,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const said = styled(styles.muted, `    ${changedAt(item.change, workbench.now)}`)
  const lines = factsOf(item)
    .changed.slice(-CHANGED_LINES)
    .map(({ type, text }) => {
      const isAdded = type === 'added'
      const style = isAdded ? styles.diffAdded : styles.diffRemoved
      return row('    ', styled(style, `${isAdded ? '+' : '-'} ${clean(text)}`))
    })
  return [said, ...lines].map((line) => truncate(line, columns))
}

interface ShownBlock {
  readonly tokens: number
  readonly changed: readonly HunkLine[]
}

// The keys are weak: the value is freed together with its item.
const known = new WeakMap<MemoryItem, ShownBlock>()

/** What the summary says of a block, computed once. */
function factsOf(item: MemoryItem): ShownBlock {
  const before = known.get(item)
  if (before !== undefined) return before
  const { block, change } = item
  const hunks = change === null ? [] : diffOf(item, change).hunks
  const changed = hunks.flatMap(({ lines }) =>
    lines.filter(({ type }) => type === 'added' || type === 'removed'),
  )
  const facts = { tokens: estimateTokens(block.value), changed }
  known.set(item, facts)
  return facts
}
