import type { WorkbenchCommandId } from '../messages/commands.ts'
import * as edit from '../state/editor.ts'
import { activeEditor } from '../state/selectors.ts'
import type { WorkbenchCommand } from './workbench-command.ts'

type Operation = (editor: edit.TextEditor) => edit.TextEditor

const byLine =
  (by: -1 | 1): Operation =>
  (editor) =>
    edit.moveByLine(editor, by) ??
    (by < 0 ? edit.moveToLineStart(editor) : edit.moveToLineEnd(editor))

/** What keys do to the text that is edited. */
const OPERATIONS: readonly (readonly [WorkbenchCommandId, Operation])[] = [
  ['text.left', edit.moveLeft],
  ['text.right', edit.moveRight],
  ['text.up', byLine(-1)],
  ['text.down', byLine(1)],
  ['text.wordLeft', edit.moveWordLeft],
  ['text.wordRight', edit.moveWordRight],
  ['text.lineStart', edit.moveToLineStart],
  ['text.lineEnd', edit.moveToLineEnd],
  ['text.newline', (editor) => edit.insert(editor, '\n')],
  ['text.deleteBack', edit.deleteBack],
  ['text.deleteForward', edit.deleteForward],
  ['text.deleteWordBack', edit.deleteWordBack],
  ['text.deleteWordForward', edit.deleteWordForward],
  ['text.deleteToLineStart', edit.deleteToLineStart],
  ['text.deleteToLineEnd', edit.deleteToLineEnd],
  ['text.yank', edit.yank],
  ['text.undo', edit.undo],
  ['text.redo', edit.redo],
]

export const TEXT_COMMANDS: readonly WorkbenchCommand[] = OPERATIONS.map(([id, operation]) => ({
  id,
  hidden: true,
  run({ root, now }) {
    const editor = activeEditor(root.state.workbench)
    if (editor === null) return
    root.dispatch({ type: 'text.edited', editor: operation(editor), at: now() })
  },
}))
