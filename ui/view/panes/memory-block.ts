import type { MemoryChange, MemoryItem } from '../../../lib/session/state.ts'
import { timeAgo } from '../../../lib/util/time-ago.ts'
import { type Diff, diffHunks } from '../../../lib/util/unified-diff.ts'
import type { Styles } from '../../theme/styles.ts'
import { gauge } from '../render/gauge.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import { fitRow, rowWidth, truncate, wrap } from '../render/wrap.ts'
import type { Row } from '../types.ts'
import { counted, shortCount } from './format.ts'

export interface BlockLook {
  readonly columns: number
  readonly styles: Styles
  readonly isOpen: boolean
  readonly isSelected: boolean
  /** When it was changed, in words: they differ from minute to minute, not from frame to frame. */
  readonly changed: string
}

interface Laid extends BlockLook {
  readonly rows: readonly Row[]
}

const laid = new WeakMap<MemoryItem, Laid>()

/** A block's rows with a blank one below; laid out once for each look. */
export function blockRows(item: MemoryItem, look: BlockLook): readonly Row[] {
  const known = laid.get(item)
  if (known !== undefined && isSameLook(known, look)) return known.rows
  const rows = layBlock(item, look)
  laid.set(item, { ...look, rows })
  return rows
}

function isSameLook(known: BlockLook, look: BlockLook): boolean {
  return (
    known.columns === look.columns &&
    known.styles === look.styles &&
    known.isOpen === look.isOpen &&
    known.isSelected === look.isSelected &&
    known.changed === look.changed
  )
}

function layBlock(item: MemoryItem, look: BlockLook): readonly Row[] {
  const { block } = item
  const { columns, styles, isOpen } = look
  const head = headRow(item, look)
  return [
    look.isSelected ? styles.selection(fitRow(head, columns)) : head,
    ...(isOpen ? descriptionRows(block.description, look) : []),
    ...changeRows(item, look),
    ...valueRows(block.value, look),
    '',
  ]
}

const GAUGE = 8
/** Room for `12.3k/20k`, so that the gauges stand in a column. */
const SIZE = 9

function headRow(
  { block, change }: MemoryItem,
  { isOpen, isSelected, columns, styles }: BlockLook,
): Row {
  const size = `${shortCount(block.value.length)}/${shortCount(block.limit)}`.padStart(SIZE)
  const bar = gauge(block.value.length, block.limit, GAUGE, styles)
  const fold = (isSelected ? styles.accent : styles.muted)(isOpen ? '▾' : '▸')
  const mark = isNews(change) ? ` ${styles.warning('●')}` : ''
  const lock = block.readOnly ? styles.muted(' read-only') : ''
  const left = `${fold} ${styles.strong(cleanLine(block.label))}${mark}${lock}`
  const right = `${bar} ${styles.muted(size)}`
  const gap = columns - rowWidth(left) - rowWidth(right)
  if (gap > 0) return `${left}${' '.repeat(gap)}${right}`
  const room = columns - size.trim().length - 1
  return room > 4 ? `${fitRow(left, room)} ${styles.muted(size.trim())}` : truncate(left, columns)
}

function descriptionRows(
  description: string | null,
  { columns, styles }: BlockLook,
): readonly Row[] {
  if (description === null || description.trim() === '') return []
  return wrap(styles.reasoning(cleanLine(description.trim())), columns, { indent: '  ' })
}

/** Rows of a block that is not opened. */
const FOLDED = 2

function valueRows(value: string, { isOpen, columns, styles }: BlockLook): readonly Row[] {
  if (value.trim() === '') return [styles.muted('  (empty)')]
  const shown = isOpen ? value : value.slice(0, FOLDED * columns * 2)
  const paint = isOpen ? styles.text : styles.muted
  const rows = wrap(paint(clean(shown).trim()), columns, { indent: '  ' })
  if (isOpen || rows.length <= FOLDED) return rows
  const last = truncate(rows[FOLDED - 1] ?? '', Math.max(1, columns - 2), '').trimEnd()
  return [...rows.slice(0, FOLDED - 1), `${last}${styles.muted(' …')}`]
}

const BY = {
  agent: 'the agent',
  user: 'you',
  skills: 'the skills folder',
  elsewhere: 'another client',
} as const

/** By whom and when a block was changed; empty when it was not. */
export function changedWords(change: MemoryChange | null, now: number): string {
  return change === null ? '' : `changed by ${BY[change.by]} ${timeAgo(now - change.at)}`
}

/** The skills folder changes its block at every start: no news for a person. */
function isNews(change: MemoryChange | null): boolean {
  return change !== null && change.by !== 'skills'
}

/** Lines of a change shown until the block is opened. */
const CHANGED = 4

function changeRows({ block, change }: MemoryItem, look: BlockLook): readonly Row[] {
  const { isOpen, columns, styles, changed } = look
  if (change === null) return []
  const paint = isNews(change) ? styles.warning : styles.muted
  const said = truncate(`  ${paint(changed)}`, columns)
  if (!isNews(change) && !isOpen) return [said]
  const lines = diffOf(change, block.value).hunks.flatMap((hunk) => hunk.lines)
  const rows = lines.flatMap(({ kind, text }) => {
    const added = kind === 'added'
    const side = added ? styles.diffAdded : styles.diffRemoved
    return wrap(side(clean(text)), columns, { indent: side(added ? '  + ' : '  - ') })
  })
  const kept = isOpen ? rows : rows.slice(0, CHANGED)
  const more = rows.length - kept.length
  return [said, ...kept, ...(more > 0 ? [styles.muted(`    … ${counted(more, 'more row')}`)] : [])]
}

const diffs = new WeakMap<MemoryChange, Diff>()

function diffOf(change: MemoryChange, value: string): Diff {
  const known = diffs.get(change)
  if (known !== undefined) return known
  // A last line without its line end would count as changed when lines are added below it.
  const ended = (text: string): string => (text === '' ? '' : `${text}\n`)
  const diff = diffHunks(ended(change.before), ended(value), 0)
  diffs.set(change, diff)
  return diff
}
