import { NOT_QUIT_WITH_TEXT, PRESS_AGAIN_TO_QUIT } from '../messages/program.ts'
import { PRESS_AGAIN_TO_REWIND } from '../messages/rewind.ts'
import { activeEditor, isChangedEdit } from '../state/selectors.ts'
import { pressedTwice } from './confirm-press.ts'
import { filterEntries } from './entry-cursor.ts'
import { stopSearch } from './find.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

export const APP_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'app.back',
    hidden: true,
    run: goBack,
  },
  {
    id: 'app.interrupt',
    hidden: true,
    run: interrupt,
  },
  {
    id: 'app.quit',
    run: (context) => context.quit(),
  },
  {
    id: 'app.quitWhenEmpty',
    hidden: true,
    run(context) {
      const { workbench } = context.root.state
      const editor = activeEditor(workbench)
      if ((editor?.text ?? '') === '' && workbench.composer.text === '') context.quit()
      else if (editor !== null && editor.cursor < editor.text.length) {
        context.run('text.deleteForward')
      } else flash(context, NOT_QUIT_WITH_TEXT)
    },
  },
  {
    id: 'app.suspend',
    run: (context) => context.suspend(),
  },
  {
    id: 'app.repaint',
    run: (context) => context.repaint(),
  },
]

function goBack(context: WorkbenchContext): void {
  const { session, workbench } = context.root.state
  const isReading = workbench.focus === 'conversation'
  if (isReading && stopSearch(context)) return
  if (isReading && workbench.search !== null) {
    context.root.dispatch({ type: 'find.progressed', search: null })
    return
  }
  if (isReading && workbench.filter !== null) {
    filterEntries(context, null)
    return
  }
  const isAway = workbench.focus !== 'composer' && workbench.focus !== 'conversation'
  if (isAway && workbench.focus !== 'approval' && workbench.page !== 'chat') {
    context.run('page.chat')
  } else if (isAway) {
    context.run('focus.composer')
  } else if (session.turn.type === 'running') {
    context.session.turns.cancel()
  } else if (!context.session.turns.giveUpWaits() && !context.session.shellLines.cancel()) {
    if (suggestsRewind(context)) return
    context.run('page.chat')
  }
}

/** A second press with nothing to go back from leads to an earlier message. */
function suggestsRewind(context: WorkbenchContext): boolean {
  const { session, workbench } = context.root.state
  const isIdle = workbench.focus === 'composer' && workbench.page === 'chat'
  const hasMessages = session.settled.some(({ type }) => type === 'user')
  if (!isIdle || workbench.composer.text !== '' || !hasMessages) return false
  if (pressedTwice(context, 'app.back', PRESS_AGAIN_TO_REWIND)) context.run('rewind.open')
  return true
}

function interrupt(context: WorkbenchContext): void {
  const { session, workbench } = context.root.state
  const { focus, overlay, approval, memory } = workbench
  // What is written is not lost by a key: the next one cancels the turn.
  if (focus === 'approval' && overlay === null && approval.writing !== null) {
    context.run('answer.stopWriting')
  } else if (focus === 'memory' && overlay === null && isChangedEdit(memory.editing)) {
    context.run('memory.discard')
  } else if (session.turn.type === 'running' && !session.turn.cancelling)
    context.session.turns.cancel()
  else if (context.session.shellLines.cancel()) return
  else if (workbench.composer.text !== '') context.run('composer.clear')
  else if (pressedTwice(context, 'app.interrupt', PRESS_AGAIN_TO_QUIT)) context.quit()
}
