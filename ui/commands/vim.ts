import type { WorkbenchCommandId } from '../messages/commands.ts'
import * as edit from '../state/editor.ts'
import { activeEditor } from '../state/selectors.ts'
import * as vim from '../state/vim.ts'
import * as characters from '../state/vim-characters.ts'
import { repeatChange } from '../state/vim-repeat.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** What keys do in the modes of vim. */
const OPERATIONS: readonly (readonly [WorkbenchCommandId, vim.VimCommand])[] = [
  ['vim.normal', vim.toNormalMode],
  [
    'vim.insert',
    characters.objectOr(
      'inner',
      vim.insertAfter((editor) => editor),
    ),
  ],
  ['vim.append', characters.objectOr('around', vim.append)],
  ['vim.insertLineStart', vim.insertAfter((editor) => vim.firstNonBlank(inNormal(editor)).editor)],
  ['vim.appendLineEnd', vim.insertAfter(edit.moveToLineEnd)],
  ['vim.openBelow', vim.openLine(false)],
  ['vim.openAbove', vim.openLine(true)],
  ['vim.visual', vim.select('visual')],
  ['vim.visualLine', vim.select('visualLine')],
  ['vim.swapEnds', vim.swapEnds],
  ['vim.left', vim.left],
  ['vim.right', vim.right],
  ['vim.wordForward', vim.wordForward],
  ['vim.wordBack', vim.wordBack],
  ['vim.wordEnd', vim.wordEnd],
  ['vim.lineStart', vim.toLineStart],
  ['vim.firstNonBlank', vim.firstNonBlank],
  ['vim.lineEnd', vim.toLineEnd],
  ['vim.start', vim.toStart],
  ['vim.end', vim.toEnd],
  ['vim.delete', vim.operate('delete')],
  ['vim.change', vim.operate('change')],
  ['vim.yank', vim.operate('yank')],
  ['vim.deleteCharacter', vim.deleteCharacter],
  ['vim.deleteToLineEnd', vim.operateToLineEnd('delete')],
  ['vim.changeToLineEnd', vim.operateToLineEnd('change')],
  ['vim.paste', vim.paste(false)],
  ['vim.pasteBefore', vim.paste(true)],
  ['vim.replace', characters.awaitCharacter('replace')],
  ['vim.find', characters.awaitCharacter('find')],
  ['vim.findBack', characters.awaitCharacter('findBack')],
  ['vim.till', characters.awaitCharacter('till')],
  ['vim.tillBack', characters.awaitCharacter('tillBack')],
  ['vim.repeatFind', characters.repeatSearch(false)],
  ['vim.repeatFindBack', characters.repeatSearch(true)],
  ['vim.join', characters.joinLines],
  ['vim.toggleCase', characters.toggleCase],
  ['vim.substitute', vim.substituteCharacter],
  ['vim.substituteLine', characters.operateOnLine('change')],
  ['vim.deleteCharacterBefore', vim.deleteCharacterBefore],
  ['vim.yankLine', characters.operateOnLine('yank')],
  ['vim.undo', vim.repeatedly(edit.undo)],
  ['vim.redo', vim.repeatedly(edit.redo)],
  ['vim.count1', vim.digit(1)],
  ['vim.count2', vim.digit(2)],
  ['vim.count3', vim.digit(3)],
  ['vim.count4', vim.digit(4)],
  ['vim.count5', vim.digit(5)],
  ['vim.count6', vim.digit(6)],
  ['vim.count7', vim.digit(7)],
  ['vim.count8', vim.digit(8)],
  ['vim.count9', vim.digit(9)],
]

/** What `.` does not repeat. */
const NO_STEPS: ReadonlySet<string> = new Set(['vim.undo', 'vim.redo', 'vim.repeat'])

const byLineOr =
  (by: -1 | 1): vim.VimCommand =>
  (before) =>
    vim.byLine(by)(before) ?? before

const REPEATED: ReadonlyMap<string, vim.VimCommand> = new Map<string, vim.VimCommand>([
  ...OPERATIONS,
  ['vim.up', byLineOr(-1)],
  ['vim.down', byLineOr(1)],
  ['text.newline', vim.nextLine],
])

export const VIM_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'vim.repeat',
    hidden: true,
    run: (context) => void apply(context, 'vim.repeat', repeatChange(REPEATED)),
  },
  ...OPERATIONS.map(([id, operation]) => ({
    id,
    hidden: true,
    run: (context: WorkbenchContext) => void apply(context, id, operation),
  })),
  moveByLine('vim.up', -1),
  moveByLine('vim.down', 1),
]

/** At the first or last line of the message, the history follows. */
function moveByLine(id: WorkbenchCommandId, by: -1 | 1): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run(context) {
      const { focus } = context.root.state.workbench
      if (apply(context, id, vim.byLine(by)) || focus !== 'composer') return
      context.run(by < 0 ? 'composer.up' : 'composer.down')
    },
  }
}

/** False in the insert mode and without modes, where a line break is written. */
export function moveToNextLine(context: WorkbenchContext): boolean {
  const { vim: state } = context.root.state.workbench
  if (state === null || state.mode === 'insert') return false
  return apply(context, 'text.newline', vim.nextLine)
}

/** False when the command does not apply. */
function apply(
  { root, now }: WorkbenchContext,
  id: WorkbenchCommandId,
  command: (text: vim.VimText) => vim.VimText | null,
): boolean {
  const editor = activeEditor(root.state.workbench)
  const { vim: state } = root.state.workbench
  if (editor === null || state === null) return true
  const next = command({ editor, vim: state })
  if (next !== null) {
    const step = { type: 'command', id, count: state.count } as const
    const isDigit = id.startsWith('vim.count') || (id === 'vim.lineStart' && state.count > 0)
    const isPart = !isDigit && !NO_STEPS.has(id)
    root.dispatch({ type: 'vim.edited', ...next, ...(isPart ? { step } : {}), at: now() })
  }
  return next !== null
}

function inNormal(editor: edit.TextEditor): vim.VimText {
  return { editor, vim: { ...vim.INSERT_MODE, mode: 'normal' } }
}
