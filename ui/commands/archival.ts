import { needsAgent } from '../../lib/commands/session-command.ts'
import type { ArchivalPort } from '../../lib/session/ports/memory.ts'
import type { Passage } from '../../lib/session/state/memory.ts'
import { messageOf, UserError } from '../../lib/util/user-error.ts'
import {
  deletePassageQuestion,
  FIND_PASSAGE,
  INSERT_PASSAGE,
  NO_PASSAGE,
  NO_TEXT,
  PASSAGE,
  PASSAGE_DELETED,
  PASSAGE_INSERTED,
} from '../messages/archival.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import { selectedPassage } from '../state/archival.ts'
import { copyAndReport } from './copy.ts'
import { openOverlay, openPrompt } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** The archival memory of the agent, in place of its blocks on the memory page. */
export const ARCHIVAL_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'archival.open',
    argument: { name: 'text', required: false },
    unavailable: ({ session }) => needsAgent(session),
    async run(context, text) {
      context.root.dispatch({ type: 'page.opened', page: 'memory' })
      context.root.dispatch({ type: 'archival.opened', query: text.trim() })
      await reload(context)
    },
  },
  onPage('archival.close', ({ root }) => root.dispatch({ type: 'archival.closed' })),
  onPage('archival.next', (context) => select(context, 1)),
  onPage('archival.previous', (context) => select(context, -1)),
  onPage('archival.reload', reload),
  onPage('archival.find', (context) =>
    openPrompt(context, {
      ...FIND_PASSAGE,
      text: context.root.state.workbench.memory.archival?.query ?? '',
      action: { type: 'archival.find' },
    }),
  ),
  onPage('archival.insert', (context) =>
    openPrompt(context, { ...INSERT_PASSAGE, action: { type: 'archival.insert' } }),
  ),
  onPage('archival.insertOutside', async (context) => {
    await insertPassage(context, await context.edit('', 'passage.md'))
  }),
  onPassage('archival.copy', (context, { text }) => copyAndReport(context, PASSAGE, text)),
  onPassage('archival.delete', (context, passage) =>
    openOverlay(context, {
      type: 'question',
      ...deletePassageQuestion(passage.text),
      action: { type: 'archival.delete', passageId: passage.id },
    }),
  ),
]

function onPage(
  id: WorkbenchCommandId,
  run: (context: WorkbenchContext) => void | Promise<void>,
): WorkbenchCommand {
  return { id, hidden: true, run: (context) => run(context) }
}

function onPassage(
  id: WorkbenchCommandId,
  run: (context: WorkbenchContext, passage: Passage) => void | Promise<void>,
): WorkbenchCommand {
  return onPage(id, (context) => {
    const passage = selectedPassage(context.root.state)
    if (passage === null) return flash(context, NO_PASSAGE)
    return run(context, passage)
  })
}

function select({ root }: WorkbenchContext, by: 1 | -1): void {
  const { archival } = root.state.workbench.memory
  if (archival === null) return
  const last = (archival.passages?.length ?? 0) - 1
  const selected = Math.max(0, Math.min(last, archival.selected + by))
  root.dispatch({ type: 'archival.selected', selected })
}

function reload({ root, session }: WorkbenchContext): Promise<void> {
  return readPassages(root, session.memory.archival)
}

/** What the page shows; an error is shown in its place. */
export async function readPassages(
  root: WorkbenchContext['root'],
  archivalPort: Pick<ArchivalPort, 'list'>,
): Promise<void> {
  const { archival } = root.state.workbench.memory
  if (archival === null) return
  const { query } = archival
  try {
    const passages = await archivalPort.list(query)
    root.dispatch({ type: 'archival.read', query, passages, problem: null })
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    root.dispatch({ type: 'archival.read', query, passages: null, problem: messageOf(thrown) })
  }
}

export async function findPassages(context: WorkbenchContext, text: string): Promise<void> {
  context.root.dispatch({ type: 'archival.opened', query: text.trim() })
  await reload(context)
}

export async function insertPassage(context: WorkbenchContext, text: string): Promise<void> {
  const inserted = text.trim()
  if (inserted === '') {
    flash(context, NO_TEXT)
    return
  }
  await context.session.memory.archival.insert(inserted)
  await reload(context)
  flash(context, PASSAGE_INSERTED)
}

export async function deletePassage(context: WorkbenchContext, passageId: string): Promise<void> {
  await context.session.memory.archival.remove(passageId)
  await reload(context)
  flash(context, PASSAGE_DELETED)
}
