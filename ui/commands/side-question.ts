import { needsAgent } from '../../lib/commands/session-command.ts'
import { messageOf, UserError } from '../../lib/util/user-error.ts'
import { SIDE_QUESTION_PAGE } from '../messages/conversations.ts'
import type { PageLine } from '../state/state.ts'
import { oneLine } from './one-line.ts'
import { openPage } from './open-overlay.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** A question apart from the conversation, whose answer is shown in a dialog. */
export const SIDE_QUESTION_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'conversation.aside',
    argument: { name: 'question', required: true },
    unavailable: ({ session }) => needsAgent(session),
    run: (context, question) => askAside(context, question.trim()),
  },
]

async function askAside(context: WorkbenchContext, question: string): Promise<void> {
  const { root, session } = context
  const title = SIDE_QUESTION_PAGE.title(oneLine(question))
  const lines = (text: string): readonly PageLine[] => [
    { type: 'fact', name: '', value: text },
    { type: 'text', text: '' },
    { type: 'text', text: SIDE_QUESTION_PAGE.note },
  ]
  const show = (text: string): void =>
    root.dispatch({ type: 'page.updated', title, lines: lines(text) })
  openPage(context, title, lines(SIDE_QUESTION_PAGE.asking))
  // Closing the dialog ends the question.
  const abort = new AbortController()
  const shown = root.state.workbench.overlay
  const stop = root.subscribe(({ workbench: { overlay } }) => {
    const isOpen = overlay === shown || (overlay?.type === 'page' && overlay.title === title)
    if (!isOpen) abort.abort()
  })
  try {
    await session.conversations.askAside(question, { signal: abort.signal, show })
  } catch (thrown) {
    if (abort.signal.aborted) return
    if (!(thrown instanceof UserError)) throw thrown
    show(messageOf(thrown))
  } finally {
    stop()
  }
}
