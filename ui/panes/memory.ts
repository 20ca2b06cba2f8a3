import type { MemoryChange, MemoryItem } from '../../lib/session/state.ts'
import { type Diff, diffHunks } from '../../lib/tools/diff.ts'
import type { Row } from '../frame.ts'
import { clean, cleanLine } from '../render/clean.ts'
import { editorRows } from '../render/editor-rows.ts'
import { gauge } from '../render/gauge.ts'
import { fitRow, rowWidth, truncate, wrap } from '../render/wrap.ts'
import type { RootState, WorkbenchState } from '../state.ts'
import type { Styles } from '../styles.ts'
import { type RowList, visibleRows } from './list.ts'
import type { Look, Pane, PaneView } from './pane.ts'
import { ago, shortCount } from './words.ts'

type Editing = NonNullable<WorkbenchState['memory']['editing']>

export const memory: Pane = {
  id: 'memory',
  title: ({ workbench }) => {
    const { editing } = workbench.memory
    return editing === null ? 'Memory' : `Memory: editing ${cleanLine(editing.label)}`
  },
  render(state, size, look) {
    const { editing } = state.workbench.memory
    if (editing !== null) return editorView(editing, size, look)
    const list = memoryList(state, size.columns, look.styles)
    const { rows } = visibleRows(list, state.workbench.scroll.memory, size.rows)
    const count = state.session.memory.length
    return { rows, note: count === 0 ? '' : `${count} ${count === 1 ? 'block' : 'blocks'}` }
  },
}

/** The agent's blocks, one item each. */
export function memoryList(state: RootState, columns: number, styles: Styles): RowList {
  const items = state.session.memory
  return {
    length: items.length,
    id: (index) => items[index]?.block.label ?? '',
    rows(index) {
      const item = items[index]
      return item === undefined ? [] : blockRows(item, state, columns, styles)
    },
    indexOf: (label) => items.findIndex((item) => item.block.label === label),
  }
}

/** The block that keys are about: the one chosen, else the first. */
export function selectedBlock({ session, workbench }: RootState): MemoryItem | null {
  const { selected } = workbench.memory
  const chosen = session.memory.find((item) => item.block.label === selected)
  return chosen ?? session.memory[0] ?? null
}

function blockRows(
  item: MemoryItem,
  state: RootState,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const { block, change } = item
  const { workbench } = state
  const isOpen = workbench.memory.open.includes(block.label)
  const isSelected = workbench.focus === 'memory' && selectedBlock(state) === item
  const head = headRow(item, { isOpen, columns, styles })
  return [
    isSelected ? styles.selection(fitRow(head, columns)) : head,
    ...changeRows(change, block.value, { now: workbench.now, isOpen, columns, styles }),
    ...valueRows(block.value, isOpen, columns, styles),
    '',
  ]
}

interface HeadLook {
  readonly isOpen: boolean
  readonly columns: number
  readonly styles: Styles
}

const GAUGE = 8

function headRow({ block, change }: MemoryItem, { isOpen, columns, styles }: HeadLook): Row {
  const size = `${shortCount(block.value.length)}/${shortCount(block.limit)}`
  const bar = gauge(block.value.length, block.limit, GAUGE, styles)
  const mark = change === null ? '' : styles.badge(' ●')
  const lock = block.readOnly ? styles.muted(' read-only') : ''
  const left = `${styles.muted(isOpen ? '▾' : '▸')} ${styles.strong(cleanLine(block.label))}${mark}${lock}`
  const right = `${bar} ${styles.muted(size)}`
  const gap = columns - rowWidth(left) - rowWidth(right)
  return gap > 0 ? `${left}${' '.repeat(gap)}${right}` : truncate(left, columns)
}

/** Rows of a block that is not opened. */
const FOLDED = 2

function valueRows(
  value: string,
  isOpen: boolean,
  columns: number,
  styles: Styles,
): readonly Row[] {
  if (value.trim() === '') return [styles.muted('  (empty)')]
  const shown = isOpen ? value : value.slice(0, FOLDED * columns * 2)
  const paint = isOpen ? styles.text : styles.muted
  const rows = wrap(paint(clean(shown).trim()), columns, { indent: '  ' })
  if (isOpen || rows.length <= FOLDED) return rows
  return [
    ...rows.slice(0, FOLDED - 1),
    truncate(`${rows[FOLDED - 1] ?? ''}${styles.muted(' …')}`, columns),
  ]
}

const BY = {
  agent: 'the agent',
  user: 'you',
  skills: 'the skills folder',
  elsewhere: 'another client',
} as const

interface ChangeLook extends HeadLook {
  readonly now: number
}

/** Lines of a change shown until the block is opened. */
const CHANGED = 4

function changeRows(
  change: MemoryChange | null,
  value: string,
  { now, isOpen, columns, styles }: ChangeLook,
): readonly Row[] {
  if (change === null) return []
  const said = `  changed by ${BY[change.by]} ${ago(now - change.at)}`
  if (change.by === 'skills' && !isOpen) return [styles.badge(said)]
  const lines = diffOf(change, value).hunks.flatMap((hunk) => hunk.lines)
  const rows = lines.flatMap(({ kind, text }) => {
    const added = kind === 'added'
    const paint = added ? styles.diffAdded : styles.diffRemoved
    return wrap(paint(clean(text)), columns, { indent: paint(added ? '  + ' : '  − ') })
  })
  const kept = isOpen ? rows : rows.slice(0, CHANGED)
  const more = rows.length - kept.length
  return [styles.badge(said), ...kept, ...(more > 0 ? [styles.muted(`    … ${more} more`)] : [])]
}

const diffs = new WeakMap<MemoryChange, Diff>()

function diffOf(change: MemoryChange, value: string): Diff {
  const known = diffs.get(change)
  if (known !== undefined) return known
  // A last line without its line end would count as changed when lines are added below it.
  const diff = diffHunks(`${change.before}\n`, `${value}\n`, 0)
  diffs.set(change, diff)
  return diff
}

/** The block's text in place of the list, as long as it is edited. */
function editorView(
  { editor, label, before }: Editing,
  size: { readonly columns: number; readonly rows: number },
  { styles, key }: Look,
): PaneView {
  const { rows, caret } = editorRows(editor.text, editor.cursor, size.columns)
  const height = Math.max(1, size.rows - 1)
  const top = Math.max(0, caret.row - height + 1)
  const shown = rows.slice(top, top + height).map((row) => styles.text(clean(row)))
  const blank = Array.from({ length: height - shown.length }, () => '')
  const [save, discard] = [key('memory.save'), key('memory.discard')]
  const foot = styles.muted(truncate(`${save} save · ${discard} discard`, size.columns))
  const note = `${cleanLine(label)} ${editor.text.length}${editor.text === before ? '' : ' · changed'}`
  return {
    rows: [...shown, ...blank, foot].slice(0, size.rows),
    caret: { x: caret.column, y: caret.row - top },
    note,
  }
}
