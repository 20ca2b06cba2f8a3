import type { ToolCall } from '../../../lib/session/state/entry.ts'
import { changedLines } from '../../../lib/util/quantities.ts'
import { isPartial } from '../../state/diff-selection.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { approvalTexts } from '../messages/approvals.ts'
import { EMPTY_ROW, joinRows, type Row, row, styled } from '../render/row.ts'
import { cleanLine, revealLine } from '../render/sanitize.ts'
import { fitRow, rowWidth, truncate } from '../render/wrap.ts'
import { firstAround } from './virtual-list.ts'

/** A pending call: its tool, and its complete target or command line with the size of its change. */
export function summaryOf(call: ToolCall): { readonly name: string; readonly value: string } {
  const { tool, label, phase } = call
  const preview = phase.type === 'waiting' ? phase.preview : null
  const target = revealLine(preview?.type === 'command' ? preview.command : label)
  const size = sizeOf(call)
  return { name: cleanLine(tool), value: size === '' ? target : `${target}  ${size}` }
}

function sizeOf({ phase }: ToolCall): string {
  const preview = phase.type === 'waiting' ? phase.preview : null
  return preview?.type === 'diff' ? changedLines(preview) : ''
}

const TOOL_COLUMNS = 10
/** From this height of the pane on there is room for a list. */
const MIN_ROWS = 12
/** From this height on there is room for one row that lists them. */
const MIN_LINE_ROWS = 10
const MAX_LISTED = 6

/** How many rows the list would like to have. */
export function listHeight(pending: number): number {
  return pending < 2 ? 0 : Math.min(pending, MAX_LISTED) + 1
}

/** The pending calls above the shown one, which is marked; none while there is only one. */
export function listRows(
  { workbench }: RootState,
  { waiting, at }: { readonly waiting: readonly ToolCall[]; readonly at: number },
  { columns, rows }: { readonly columns: number; readonly rows: number },
  styles: Styles,
): readonly Row[] {
  const range = rangeIn(waiting.length, at, rows)
  if (range === null)
    return waiting.length < 2 || rows < MIN_LINE_ROWS
      ? []
      : [listLine(waiting, at, columns, styles)]
  const [top, end] = range
  const listed = waiting.slice(top, end).map((call, index) => {
    const isShown = top + index === at
    const mark = isShown ? styled(styles.accent, '▌') : ' '
    const sign = isDangerous(call)
      ? styled(styles.error, '!')
      : stateSign(workbench.approval, call, styles)
    const value = sizeOf(call)
    const name = styled(isShown ? styles.strong : styles.text, cleanLine(call.tool))
    const target = styled(styles.text, revealLine(call.label))
    const size = styled(styles.muted, value)
    const left = row(mark, sign, ' ', fitRow(name, TOOL_COLUMNS), ' ', target)
    const room = Math.max(1, columns - rowWidth(size) - 2)
    return truncate(row(fitRow(truncate(left, room), room), ' ', size), columns)
  })
  return [
    ...hiddenRows(waiting.slice(0, top), 'above', styles),
    ...listed,
    ...hiddenRows(waiting.slice(end), 'below', styles),
    EMPTY_ROW,
  ]
}

/** The calls from the shown one on in one row, where a list has no room; a dangerous one has its sign. */
function listLine(waiting: readonly ToolCall[], at: number, columns: number, styles: Styles): Row {
  const before = hiddenRows(waiting.slice(0, at), 'above', styles)
  const names = waiting.slice(at).map((call, index) => {
    const style = index === 0 ? styles.strong : styles.muted
    const mark = index === 0 ? styled(styles.accent, '▌') : ''
    const sign = isDangerous(call) ? styled(styles.error, '!') : ''
    return row(mark, sign, styled(style, cleanLine(call.tool)))
  })
  return truncate(joinRows([...names, ...before], '  '), columns)
}

/** The pending call in a row of the pane, none where its list has no row. */
export function listedCallAt(
  { waiting, at }: { readonly waiting: readonly ToolCall[]; readonly at: number },
  rows: number,
  y: number,
): ToolCall | null {
  const range = rangeIn(waiting.length, at, rows)
  if (range === null) return null
  const [top, end] = range
  const index = top + y - (top > 0 ? 1 : 0)
  return index < top || index >= end ? null : (waiting[index] ?? null)
}

/** The calls that the list shows in a pane of this height; null while there is no list. */
function rangeIn(count: number, at: number, rows: number): readonly [number, number] | null {
  if (count < 2 || rows < MIN_ROWS) return null
  return listedRange(at, Math.min(count, MAX_LISTED, Math.floor(rows / 3)), count)
}

/** Which calls have a row: a row of those that are available counts the calls before them, and one those after them. */
function listedRange(at: number, rows: number, count: number): readonly [from: number, to: number] {
  if (count <= rows) return [0, count]
  const range = (size: number): readonly [number, number] => {
    const from = firstAround(at, size, count)
    return [from, from + size]
  }
  const [from, to] = range(rows - 1)
  return from > 0 && to < count ? range(rows - 2) : [from, to]
}

/** Calls for which the list has no row: a dangerous one is named all the same. */
function hiddenRows(
  hidden: readonly ToolCall[],
  side: 'above' | 'below',
  styles: Styles,
): readonly Row[] {
  if (hidden.length === 0) return []
  const dangerous = hidden.filter(isDangerous).length
  const sign = dangerous > 0 ? styled(styles.error, '!') : ' '
  const text = approvalTexts.hiddenCalls(hidden.length, dangerous, side)
  return [row(' ', sign, ' ', styled(styles.muted, text))]
}

function isDangerous({ phase }: ToolCall): boolean {
  return phase.type === 'waiting' && phase.dangers !== undefined
}

/** Whether a part of the call was rejected, or its text edited. */
function stateSign(
  { selections, drafts }: RootState['workbench']['approval'],
  { callId, phase }: ToolCall,
  styles: Styles,
): Row | string {
  const selection = selections.get(callId)
  if (selection !== undefined && isPartial(selection)) return styled(styles.warning, '◐')
  const isEdited = (phase.type === 'waiting' && phase.edited !== undefined) || drafts.has(callId)
  return isEdited ? styled(styles.info, '✎') : ' '
}
