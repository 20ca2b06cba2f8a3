import { UserError } from '../../lib/util/user-error.ts'
import { editorOf } from '../state/editor.ts'
import { matchingItems } from '../state/reduce/root.ts'
import { refuse, saveRule } from './approval.ts'
import { takeAddress, takeKey } from './connect.ts'
import type { ListedCommand, WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const OVERLAY_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'help.open',
    title: 'Show keys and commands',
    slash: 'help',
    run: ({ root }) =>
      root.dispatch({ type: 'overlay.opened', overlay: { kind: 'help', scroll: 0 } }),
  },
  {
    id: 'palette.open',
    title: 'Show all commands',
    run: openPalette,
  },
  {
    id: 'palette.run',
    title: 'Run a command chosen in the palette',
    hidden: true,
    run: runChosen,
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
    run(context) {
      const { overlay } = context.root.state.workbench
      if (overlay?.kind !== 'picker') return
      const item = matchingItems(overlay)[overlay.selected]
      if (item === undefined) return
      context.root.dispatch({ type: 'overlay.closed' })
      context.run(overlay.purpose, item.id)
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

function openPalette({ root, commands }: WorkbenchContext): void {
  const items = commands
    .filter((command) => !command.hidden && command.id !== 'palette.open')
    .map((command) => ({
      id: command.id,
      title: command.title,
      detail: command.unavailable() ?? slashOf(command),
      current: false,
    }))
  root.dispatch({
    type: 'overlay.opened',
    overlay: {
      kind: 'picker',
      purpose: 'palette.run',
      title: 'Commands',
      items,
      query: editorOf(''),
      selected: 0,
    },
  })
}

function slashOf({ slash, source }: ListedCommand): string {
  if (slash === null) return ''
  return source === null ? `/${slash}` : `/${slash} · ${source}`
}

function runChosen({ root, commands, run }: WorkbenchContext, id: string): void {
  const command = commands.find((one) => one.id === id)
  if (command?.argument?.required !== true) {
    run(id)
    return
  }
  root.dispatch({
    type: 'overlay.opened',
    overlay: {
      kind: 'prompt',
      purpose: 'palette.argument',
      subject: id,
      title: command.title,
      explanation: `The ${command.argument.name}:`,
      editor: editorOf(''),
    },
  })
}

/** What becomes of an accepted line of text, by the prompt's purpose. */
const ACCEPTED: Readonly<
  Record<string, (context: WorkbenchContext, subject: string, text: string) => void | Promise<void>>
> = {
  'palette.argument': (context, command, text) => context.run(command, text),
  'approval.rule': saveRule,
  'approval.reason': refuse,
  'account.address': takeAddress,
  'account.key': takeKey,
}

/** A line that is not accepted stays open, with its text. */
async function acceptPrompt(context: WorkbenchContext): Promise<void> {
  const { overlay } = context.root.state.workbench
  if (overlay?.kind !== 'prompt') return
  const accept = ACCEPTED[overlay.purpose]
  if (accept === undefined) throw new UserError(`Nothing takes this text: ${overlay.purpose}`)
  await accept(context, overlay.subject, overlay.editor.text)
  if (context.root.state.workbench.overlay === overlay)
    context.root.dispatch({ type: 'overlay.closed' })
}

type Answer = (session: WorkbenchContext['session'], subject: string) => Promise<unknown>

/** What an answer does, by the question's purpose; a no mostly does nothing. */
const ANSWERED: Readonly<Record<string, { readonly yes: Answer; readonly no?: Answer }>> = {
  'folder.trust': { yes: (session) => session.trust(), no: (session) => session.distrust() },
  'job.kill': { yes: (session, id) => session.killJob(id) },
}

function answer(id: string, title: string, yes: boolean): WorkbenchCommand {
  return {
    id,
    title,
    hidden: true,
    async run({ root, session }) {
      const { overlay } = root.state.workbench
      if (overlay?.kind !== 'question') return
      root.dispatch({ type: 'overlay.closed' })
      const answered = ANSWERED[overlay.purpose]
      await (yes ? answered?.yes : answered?.no)?.(session, overlay.subject)
    },
  }
}
