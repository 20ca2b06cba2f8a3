import type { Mode } from '../../lib/permissions/request.ts'
import { clean } from '../render/clean.ts'
import { editorRows } from '../render/editor-rows.ts'
import { truncate } from '../render/wrap.ts'
import type { RootState } from '../state.ts'
import type { StyleName } from '../styles.ts'
import type { Pane } from './pane.ts'

/** What a mode is called, and its role. */
export const MODE_WORDS: Readonly<Record<Mode, readonly [words: string, style: StyleName]>> = {
  default: ['asks before it writes or runs', 'modeDefault'],
  acceptEdits: ['accept edits', 'modeAcceptEdits'],
  plan: ['plan: read-only', 'modePlan'],
  bypassPermissions: ['bypass: allows all', 'modeBypass'],
}

const PROMPT = '› '

export const composer: Pane = {
  id: 'composer',
  title: () => 'Message',
  render(state, size, { styles }) {
    const { composer: editor, focus, overlay } = state.workbench
    const { rows, caret } = editorRows(editor.text, editor.cursor, textColumns(size.columns))
    const top = Math.max(0, caret.row - size.rows + 1)
    const shown = rows.slice(top, top + size.rows).map((row, index) => {
      const mark = index + top === 0 ? styles.accent(PROMPT) : ' '.repeat(PROMPT.length)
      return `${mark}${styles.text(clean(row))}`
    })
    const hasCaret = focus === 'composer' && overlay === null
    const isEmpty = editor.text === ''
    return {
      rows: isEmpty
        ? [placeholder(state, size.columns, styles.accent(PROMPT), styles.muted)]
        : shown,
      ...(hasCaret ? { caret: { x: PROMPT.length + caret.column, y: caret.row - top } } : {}),
    }
  },
}

/** Columns of the text itself. */
export function textColumns(columns: number): number {
  return Math.max(1, columns - PROMPT.length)
}

function placeholder(
  { session }: RootState,
  columns: number,
  prompt: string,
  paint: (text: string) => string,
): string {
  const words =
    session.turn.at === 'running'
      ? 'Write the next message; it is sent when this turn ends'
      : 'Ask for something, or / for a command'
  return truncate(`${prompt}${paint(words)}`, columns)
}
