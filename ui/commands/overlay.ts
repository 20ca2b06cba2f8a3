import type { WorkbenchCommandId } from '../messages/commands.ts'
import { matchingPickerItems } from '../state/selectors.ts'
import { performAccepted, performAnswer, performPicked } from './overlay-actions.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const OVERLAY_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'help.open',
    slash: 'help',
    run: ({ root }) =>
      root.dispatch({ type: 'overlay.opened', overlay: { type: 'help', scroll: 0 } }),
  },
  {
    id: 'overlay.close',
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'overlay.closed' }),
  },
  move('picker.next', 1),
  move('picker.previous', -1),
  move('help.down', 1),
  move('help.up', -1),
  move('help.pageDown', 15),
  move('help.pageUp', -15),
  {
    id: 'picker.choose',
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
    hidden: true,
    run: acceptPrompt,
  },
  answer('question.yes', true),
  answer('question.no', false),
]

function move(id: WorkbenchCommandId, by: number): WorkbenchCommand {
  return {
    id,
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

function answer(id: WorkbenchCommandId, yes: boolean): WorkbenchCommand {
  return {
    id,
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
