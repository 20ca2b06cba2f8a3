import { pressedTwice } from './confirm-press.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const APP_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'app.back',
    title: 'Cancel the running turn, else go back to the message',
    hidden: true,
    run: goBack,
  },
  {
    id: 'app.interrupt',
    title: 'Cancel the turn, empty the message, or (pressed twice) quit',
    hidden: true,
    run: interrupt,
  },
  {
    id: 'app.quit',
    title: 'Quit',
    slash: 'exit',
    run: (context) => context.quit(),
  },
  {
    id: 'app.quitWhenEmpty',
    title: 'Quit, when the message is empty',
    hidden: true,
    run(context) {
      if (context.root.state.workbench.composer.text === '') context.quit()
      else context.run('text.deleteForward')
    },
  },
  {
    id: 'app.suspend',
    title: 'Leave the workbench for the shell; `fg` comes back',
    run: (context) => context.suspend(),
  },
  {
    id: 'app.repaint',
    title: 'Paint the screen anew',
    run: (context) => context.repaint(),
  },
]

function goBack(context: WorkbenchContext): void {
  const { session, workbench } = context.root.state
  if (workbench.focus !== 'composer' && workbench.focus !== 'conversation') {
    context.run('focus.composer')
  } else if (session.turn.type === 'running') {
    context.session.turns.cancel()
  } else {
    context.run('focus.composer')
  }
}

function interrupt(context: WorkbenchContext): void {
  const { session, workbench } = context.root.state
  if (session.turn.type === 'running' && !session.turn.cancelling) context.session.turns.cancel()
  else if (workbench.composer.text !== '') context.run('composer.clear')
  else if (pressedTwice(context, 'app.interrupt')) context.quit()
  else context.root.dispatch({ type: 'flash.shown', level: 'info', text: 'Once more to quit.' })
}
