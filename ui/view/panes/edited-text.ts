import type { TextEditor } from '../../state/editor.ts'
import { selectedRange, type VimState } from '../../state/vim.ts'
import type { Styles } from '../../theme/styles.ts'
import { vimModes } from '../messages.ts'
import { highlightRanges } from '../render/highlight-ranges.ts'
import { type Row, row, styled } from '../render/row.ts'
import { clean } from '../render/sanitize.ts'
import type { EditorRows } from '../render/wrap-editor.ts'

/** Some rows of a text that is edited, with what is selected in a visual mode. */
export function editedRows(
  { rows, starts }: Pick<EditorRows, 'rows' | 'starts'>,
  [top, end]: readonly [number, number],
  { editor, vim }: { readonly editor: TextEditor; readonly vim: VimState | null },
  styles: Styles,
): readonly Row[] {
  const range = vim === null ? null : selectedRange({ editor, vim })
  return rows.slice(top, end).map((text, index) => {
    const shown = styled(styles.text, clean(text))
    if (range === null) return shown
    const start = starts[top + index] ?? 0
    const next = starts[top + index + 1] ?? editor.text.length + 1
    const [from, to] = [Math.max(range[0], start), Math.min(range[1], next)]
    if (from >= to) return shown
    // An empty line is selected by its line break, which has no cell.
    if (text === '') return row(styled(styles.selection, ' '))
    return highlightRanges(shown, [[from - start, to - start]], styles.selection)
  })
}

/** The mode, for the title of the pane; empty when the keymap has no modes. */
export function modeNote(vim: VimState | null): string {
  return vim === null ? '' : vimModes[vim.mode]
}
