import * as edit from '../state/editor.ts'
import { activeEditor } from '../state/selectors.ts'
import type { WorkbenchCommand } from './workbench-command.ts'

type Operation = (editor: edit.TextEditor) => edit.TextEditor

const byLine =
  (by: -1 | 1): Operation =>
  (editor) =>
    edit.moveByLine(editor, by) ??
    (by < 0 ? edit.moveToLineStart(editor) : edit.moveToLineEnd(editor))

/** What keys do to whatever text is being written. */
const OPERATIONS: readonly (readonly [verb: string, title: string, operation: Operation])[] = [
  ['left', 'One character left', edit.moveLeft],
  ['right', 'One character right', edit.moveRight],
  ['up', 'One line up', byLine(-1)],
  ['down', 'One line down', byLine(1)],
  ['wordLeft', 'One word left', edit.moveWordLeft],
  ['wordRight', 'One word right', edit.moveWordRight],
  ['lineStart', 'To the start of the line', edit.moveToLineStart],
  ['lineEnd', 'To the end of the line', edit.moveToLineEnd],
  ['newline', 'Begin a new line', (editor) => edit.insert(editor, '\n')],
  ['deleteBack', 'Delete the character before', edit.deleteBack],
  ['deleteForward', 'Delete the character after', edit.deleteForward],
  ['deleteWordBack', 'Delete the word before', edit.deleteWordBack],
  ['deleteWordForward', 'Delete the word after', edit.deleteWordForward],
  ['deleteToLineStart', 'Delete to the start of the line', edit.deleteToLineStart],
  ['deleteToLineEnd', 'Delete to the end of the line', edit.deleteToLineEnd],
  ['yank', 'Put back what was deleted', edit.yank],
  ['undo', 'Undo', edit.undo],
  ['redo', 'Redo', edit.redo],
]

export const TEXT_COMMANDS: readonly WorkbenchCommand[] = OPERATIONS.map(
  ([verb, title, operation]) => ({
    id: `text.${verb}`,
    title,
    hidden: true,
    run({ root, now }) {
      const editor = activeEditor(root.state.workbench)
      if (editor === null) return
      root.dispatch({ type: 'text.edited', editor: operation(editor), at: now() })
    },
  }),
)
