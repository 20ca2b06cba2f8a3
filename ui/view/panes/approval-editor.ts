import type { ShownApproval } from '../../state/shown-approval.ts'
import type { ApprovalEdit } from '../../state/state.ts'
import { approvalTexts } from '../messages/approvals.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { reveal } from '../render/sanitize.ts'
import { truncate } from '../render/wrap.ts'
import { editorRows, rowTexts } from '../render/wrap-editor.ts'
import type { Size } from '../types.ts'
import { keyHints } from './key-hints.ts'
import type { PaneOptions, PaneView } from './pane.ts'

/** Shows the text of the call instead of its preview while the person edits it. */
export function approvalEditorView(
  { editor, before }: ApprovalEdit,
  { columns, rows: height }: Size,
  { styles, key }: PaneOptions,
): PaneView {
  const wrapped = editorRows(editor.text, editor.cursor, columns)
  const { starts, caret } = wrapped
  const body = Math.max(1, height - 1)
  const last = Math.max(0, starts.length - body)
  const top = Math.min(last, Math.max(0, caret.row - Math.floor(body / 2)))
  const texts = rowTexts(wrapped, top, top + body)
  const shown = texts.map((line) => styled(styles.text, reveal(line)))
  const blank = Array.from({ length: body - shown.length }, () => EMPTY_ROW)
  return {
    rows: [...shown, ...blank, hints(columns, styles, key)].slice(0, height),
    caret: { x: caret.column, y: caret.row - top },
    note: editor.text === before ? approvalTexts.editing : approvalTexts.edited,
  }
}

const HINTS = [
  ['approval.showEdited', approvalTexts.showEdited],
  ['approval.closeEditor', approvalTexts.closeEditor],
  ['approval.editOutside', approvalTexts.editOutside],
] as const

function hints(columns: number, styles: PaneOptions['styles'], key: PaneOptions['key']): Row {
  return truncate(row(styled(styles.muted, keyHints(HINTS, key).join(' · '))), columns)
}

/** The offset of the line that the cursor of the diff is at; the end of a command. */
export function editedLineOffset({ phase, selection }: ShownApproval, text: string): number {
  const { preview } = phase
  if (preview.type !== 'diff') return preview.type === 'plan' ? 0 : text.length
  let changed = 0
  for (const { newStart, lines } of preview.hunks) {
    let number = newStart
    for (const { type, newNumber } of lines) {
      if (type !== 'context' && changed++ === selection.cursor) return lineOffset(text, number)
      if (newNumber !== null) number = newNumber + 1
    }
  }
  return 0
}

/** `number` counts from 1. */
function lineOffset(text: string, number: number): number {
  let offset = 0
  for (let line = 1; line < number; line++) {
    const feed = text.indexOf('\n', offset)
    if (feed < 0) return text.length
    offset = feed + 1
  }
  return offset
}
