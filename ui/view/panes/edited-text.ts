import type { TextEditor } from '../../state/editor.ts'
import { selectedRange, type VimState } from '../../state/vim.ts'
import type { Styles } from '../../theme/styles.ts'
import { vimModes } from '../messages/composer.ts'
import { highlightRanges, type TextRange } from '../render/highlight-ranges.ts'
import { type Row, row, styled } from '../render/row.ts'
import { clean } from '../render/sanitize.ts'
import { type EditorRows, rowTexts } from '../render/wrap-editor.ts'

interface EditedText {
  readonly editor: TextEditor
  readonly vim: VimState | null
  /** Ranges that stand for something else, such as a pasted text. */
  readonly marks?: readonly TextRange[]
}

/** Some rows of a text that is edited, with what is selected in a visual mode. */
export function editedRows(
  wrapped: EditorRows,
  [top, end]: readonly [number, number],
  { editor, vim, marks = [] }: EditedText,
  styles: Styles,
): readonly Row[] {
  const selected = vim === null ? null : selectedRange({ editor, vim })
  const { starts } = wrapped
  return rowTexts(wrapped, top, end).map((text, index) => {
    const start = starts[top + index] ?? 0
    const next = starts[top + index + 1] ?? editor.text.length + 1
    const within = ([from, to]: TextRange): readonly TextRange[] => {
      const [first, last] = [Math.max(from, start), Math.min(to, next)]
      return first < last ? [[first - start, last - start]] : []
    }
    const shown = styled(styles.text, clean(text))
    const marked = highlightRanges(shown, marks.flatMap(within), styles.accent)
    const range = selected === null ? [] : within(selected)
    if (range.length === 0) return marked
    // An empty line is selected by its line break, which has no cell.
    if (text === '') return row(styled(styles.selection, ' '))
    return highlightRanges(marked, range, styles.selection)
  })
}

/** The mode, for the title of the pane; empty when the keymap has no modes. */
export function modeNote(vim: VimState | null): string {
  return vim === null ? '' : vimModes[vim.mode]
}
