import type { WorkbenchCommandId } from '../messages/commands.ts'
import * as edit from '../state/editor.ts'
import { activeEditor } from '../state/selectors.ts'
import { moveToNextLine } from './vim.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

type Operation = (editor: edit.TextEditor) => edit.TextEditor

const byLine =
  (by: -1 | 1): Operation =>
  (editor) =>
    edit.moveByLine(editor, by) ??
    (by < 0 ? edit.moveToLineStart(editor) : edit.moveToLineEnd(editor))

function capitalize(word: string): string {
  return word.toLowerCase().replace(/\p{L}/u, (letter) => letter.toUpperCase())
}

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
  ['text.start', edit.moveToStart],
  ['text.end', edit.moveToEnd],
  ['text.transpose', edit.transpose],
  ['text.upcaseWord', (editor) => edit.changeWord(editor, (word) => word.toUpperCase())],
  ['text.downcaseWord', (editor) => edit.changeWord(editor, (word) => word.toLowerCase())],
  ['text.capitalizeWord', (editor) => edit.changeWord(editor, capitalize)],
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

export const TEXT_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'text.newline',
    hidden: true,
    run(context) {
      if (!moveToNextLine(context)) apply(context, (editor) => edit.insert(editor, '\n'))
    },
  },
  ...OPERATIONS.map(([id, operation]) => ({
    id,
    hidden: true,
    run: (context: WorkbenchContext) => apply(context, operation),
  })),
]

function apply({ root, now }: WorkbenchContext, operation: Operation): void {
  const editor = activeEditor(root.state.workbench)
  if (editor === null) return
  root.dispatch({ type: 'text.edited', editor: operation(editor), at: now() })
}
