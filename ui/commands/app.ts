import { PRESS_AGAIN_TO_QUIT } from '../messages/notices.ts'
import { pressedTwice } from './confirm-press.ts'
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
    slash: 'exit',
    run: (context) => context.quit(),
  },
  {
    id: 'app.quitWhenEmpty',
    hidden: true,
    run(context) {
      if (context.root.state.workbench.composer.text === '') context.quit()
      else context.run('text.deleteForward')
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
  const isAway = workbench.focus !== 'composer' && workbench.focus !== 'conversation'
  if (isAway && workbench.focus !== 'approval' && workbench.page !== 'chat') {
    context.run('page.chat')
  } else if (isAway) {
    context.run('focus.composer')
  } else if (session.turn.type === 'running') {
    context.session.turns.cancel()
  } else if (!context.session.shellLines.cancel()) {
    context.run('page.chat')
  }
}

function interrupt(context: WorkbenchContext): void {
  const { session, workbench } = context.root.state
  if (session.turn.type === 'running' && !session.turn.cancelling) context.session.turns.cancel()
  else if (context.session.shellLines.cancel()) return
  else if (workbench.composer.text !== '') context.run('composer.clear')
  else if (pressedTwice(context, 'app.interrupt')) context.quit()
  else flash(context, PRESS_AGAIN_TO_QUIT)
}
