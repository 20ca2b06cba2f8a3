import { partitionPoint } from '../../../lib/util/partition-point.ts'
import {
  currentPart,
  type DiffPart,
  type DiffSelection,
  isPartial,
  isSelected,
  partsOf,
} from '../../state/diff-selection.ts'
import type { Styles } from '../../theme/styles.ts'
import type { DiffRows } from '../render/diff.ts'
import type { DiffPreview } from '../render/diff-page.ts'
import { type Row, row, rowText, styled } from '../render/row.ts'

/** Columns in front of a diff: the cursor, and whether a part is selected. */
export const SELECTION_COLUMNS = 3

/** A change with one part needs no marks until it is rejected: the answer decides it. */
export function showsSelection(preview: DiffPreview, selection: DiffSelection): boolean {
  if (preview.isIndivisible === true) return false
  return preview.hunks.length > 1 || selection.divided.size > 0 || isPartial(selection)
}

/** The row of the diff where a part begins: the header of an undivided hunk, otherwise the first line. */
export function partRow(
  { from, hunk }: DiffPart,
  selection: DiffSelection,
  rows: DiffRows,
): number {
  if (selection.divided.has(hunk)) return rows.rowOfChangedLine(from)
  return rows.hunkRows[hunk] ?? 0
}

interface SelectionOptions {
  readonly styles: Styles
  readonly hasFocus: boolean
}

/** The rows `from` up to `to` of a diff with the marks of its selection in front; rejected lines are muted. */
export function selectionRows(
  { hunks }: DiffPreview,
  rows: DiffRows,
  { from, to }: { readonly from: number; readonly to: number },
  selection: DiffSelection,
  { styles, hasFocus }: SelectionOptions,
): readonly Row[] {
  const parts = partsOf(hunks, selection)
  const current = hasFocus ? currentPart(parts, selection) : null
  const starts = new Map<number, readonly DiffPart[]>()
  // Within a hunk the parts are not in the order of their rows: old and new lines may be side by side.
  for (let at = firstPartOf(parts, rows.hunkAt(from)); at < parts.length; at++) {
    const part = parts[at]
    if (part === undefined || (rows.hunkRows[part.hunk] ?? 0) >= to) break
    const start = partRow(part, selection, rows)
    if (from <= start && start < to) starts.set(start, [...(starts.get(start) ?? []), part])
  }
  const isCurrent = (at: number): boolean => {
    if (current === null) return false
    if (!selection.divided.has(current.hunk)) return rows.hunkAt(at) === current.hunk
    return rows.changedLinesAt(at).some((line) => current.from <= line && line < current.to)
  }
  return rows.slice(from, to).map((content, index) => {
    const at = from + index
    const lines = rows.changedLinesAt(at)
    const isRejected = lines.length > 0 && lines.every((line) => selection.rejected.has(line))
    const bar = isCurrent(at) ? styled(styles.accent, '▌') : ' '
    // An old and a new line side by side are decided separately: one mark for each, the first for the left side.
    const started = starts.get(at) ?? []
    const [first, second] = started.map((part) => {
      const mark = selectionMark(isSelected(part, selection), styles)
      return started.length > 1 && part === current ? styled(styles.selection, mark) : mark
    })
    const marks = row(first ?? ' ', second ?? ' ')
    return row(bar, marks, isRejected ? styled(styles.muted, rowText(content)) : content)
  })
}

/** The index of the first part of a hunk. */
function firstPartOf(parts: readonly DiffPart[], hunk: number): number {
  return partitionPoint(parts.length, (at) => (parts[at]?.hunk ?? 0) < hunk)
}

function selectionMark(selected: boolean, styles: Styles): Row {
  return selected ? styled(styles.success, '✓') : styled(styles.error, '✗')
}
