import { matchingPickerItems } from '../state/selectors.ts'
import { performAccepted, performAnswer, performPicked } from './overlay-actions.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const OVERLAY_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'help.open',
    title: 'Show keys and commands',
    slash: 'help',
    run: ({ root }) =>
      root.dispatch({ type: 'overlay.opened', overlay: { type: 'help', scroll: 0 } }),
  },
  {
    id: 'overlay.close',
    title: 'Close what lies over the panes',
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'overlay.closed' }),
  },
  move('picker.next', 'The next choice', 1),
  move('picker.previous', 'The choice before', -1),
  move('help.down', 'Scroll the help down', 1),
  move('help.up', 'Scroll the help up', -1),
  move('help.pageDown', 'One page down in the help', 15),
  move('help.pageUp', 'One page up in the help', -15),
  {
    id: 'picker.choose',
    title: 'Take the choice',
    hidden: true,
    async run(context) {
      const { overlay } = context.root.state.workbench
      if (overlay?.type !== 'picker') return
      const item = matchingPickerItems(overlay)[overlay.selected]
      if (item === undefined) return
      context.root.dispatch({ type: 'overlay.closed' })
      await performPicked(context, item.action)
    },
  },
  {
    id: 'prompt.accept',
    title: 'Take what was written',
    hidden: true,
    run: acceptPrompt,
  },
  answer('question.yes', 'Yes', true),
  answer('question.no', 'No', false),
]

function move(id: string, title: string, by: number): WorkbenchCommand {
  return {
    id,
    title,
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'overlay.moved', by }),
  }
}

/** A text that is not accepted stays in the open prompt. */
async function acceptPrompt(context: WorkbenchContext): Promise<void> {
  const { overlay } = context.root.state.workbench
  if (overlay?.type !== 'prompt') return
  await performAccepted(context, overlay.action, overlay.editor.text)
  if (context.root.state.workbench.overlay === overlay)
    context.root.dispatch({ type: 'overlay.closed' })
}

function answer(id: string, title: string, yes: boolean): WorkbenchCommand {
  return {
    id,
    title,
    hidden: true,
    async run(context) {
      const { overlay } = context.root.state.workbench
      if (overlay?.type !== 'question' && overlay?.type !== 'job') return
      context.root.dispatch({ type: 'overlay.closed' })
      if (overlay.type === 'question') await performAnswer(context, overlay.action, yes)
      else if (yes) await context.session.jobs.kill(overlay.jobId)
    },
  }
}
