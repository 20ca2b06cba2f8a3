import type { WorkbenchCommandId } from '../messages/commands.ts'
import { matchingPickerItems } from '../state/selectors.ts'
import { lastScroll } from '../view/panes/overlay.ts'
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
  selectItem('picker.next', 1),
  selectItem('picker.previous', -1),
  scroll('help.down', 1),
  scroll('help.up', -1),
  scroll('help.pageDown', 15),
  scroll('help.pageUp', -15),
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

function selectItem(id: WorkbenchCommandId, by: number): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'overlay.moved', by }),
  }
}

function scroll(id: WorkbenchCommandId, by: number): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run({ root, renderOptions, helpRows }) {
      const { overlay, viewport } = root.state.workbench
      if (overlay?.type !== 'help' && overlay?.type !== 'page') return
      const last = lastScroll(overlay, viewport, renderOptions().styles, helpRows)
      root.dispatch({ type: 'overlay.scrolled', by, last })
    },
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
