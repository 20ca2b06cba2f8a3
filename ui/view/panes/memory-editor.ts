import { authorName } from '../../../lib/session/messages/memory.ts'
import type { MemoryItem } from '../../../lib/session/state/memory.ts'
import { countCodePoints } from '../../../lib/util/code-points.ts'
import type { WorkbenchState } from '../../state/state.ts'
import type { VimState } from '../../state/vim.ts'
import { memoryTexts } from '../messages/memory.ts'
import { EMPTY_ROW, styled } from '../render/row.ts'
import { truncate } from '../render/wrap.ts'
import { editorRows } from '../render/wrap-editor.ts'
import type { Size } from '../types.ts'
import { editedRows, modeNote } from './edited-text.ts'
import { shortCount } from './format.ts'
import { keyHints } from './key-hints.ts'
import type { PaneOptions, PaneView } from './pane.ts'

type BlockEditing = NonNullable<WorkbenchState['memory']['editing']>

/** Shows the text of the block instead of the list while it is edited. */
export function editorView(
  { editor, before }: BlockEditing,
  item: MemoryItem | null,
  size: Size,
  vim: VimState | null,
  { styles, key }: PaneOptions,
): PaneView {
  const wrapped = editorRows(editor.text, editor.cursor, size.columns)
  const { caret } = wrapped
  const height = Math.max(1, size.rows - 1)
  const top = Math.max(0, caret.row - height + 1)
  const shown = editedRows(wrapped, [top, top + height], { editor, vim }, styles)
  const blank = Array.from({ length: height - shown.length }, () => EMPTY_ROW)
  const change = item !== null && item.block.value !== before ? item.change : null
  const foot = truncate(
    change === null
      ? styled(styles.muted, editHints(key))
      : styled(
          styles.warning,
          memoryTexts.changedMeanwhile(authorName(change.by, change.origin ?? {})),
        ),
    size.columns,
  )
  const length = countCodePoints(editor.text)
  const over = item === null ? `${length}` : sizeNote(length, item.block.limit)
  const shownSize = editor.text === before ? over : memoryTexts.edited(over)
  const note = [modeNote(vim), shownSize].filter(Boolean).join(' · ')
  return {
    rows: [...shown, ...blank, foot].slice(0, size.rows),
    caret: { x: caret.column, y: caret.row - top },
    note,
  }
}

function sizeNote(length: number, limit: number): string {
  return length > limit ? memoryTexts.overLimit(length - limit) : `${length}/${shortCount(limit)}`
}

function editHints(key: PaneOptions['key']): string {
  const hints = [
    ['memory.save', memoryTexts.save],
    ['memory.discard', memoryTexts.close],
  ] as const
  return keyHints(hints, key).join(' · ')
}
