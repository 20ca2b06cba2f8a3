import { isErrno } from '../fs/errno.ts'
import type { Checkpoint } from '../tools/journal/journal-log.ts'
import { summarizeChanges } from '../tools/journal/summarize-changes.ts'
import { createVersionDiffs, type DiffVersions } from '../tools/journal/version-diff.ts'
import { coalesce } from '../util/coalesce.ts'
import type { SessionEvent } from './events.ts'
import type { SessionContext } from './session-context.ts'

/** Reports what changed in files, and records a checkpoint before each message. */
export interface ChangesWatch {
  /** Looks for changes now. Never rejects. */
  refresh(): Promise<void>
  /** Records the state of the session as it is now. */
  checkpoint(names: Pick<Checkpoint, 'id' | 'type' | 'turnId' | 'text'>): Promise<void>
  readonly diff: DiffVersions
}

/** Events after which the journal may have more. */
const CHANGES: ReadonlySet<SessionEvent['type']> = new Set([
  'tool.finished',
  'turn.finished',
  'shellLine.finished',
  'job.exited',
])

export function createChangesWatch(context: SessionContext): ChangesWatch {
  const { store, base } = context
  const { journal } = base.runner
  const diff = createVersionDiffs(journal)
  let reported = ''

  const look = async (): Promise<void> => {
    const { entries, checkpoints } = await journal.read()
    const own = entries.filter(({ sessionId }) => sessionId === journal.sessionId)
    const state = own.map(({ id, undone }) => `${id}${undone ? '-' : ''}`).join(' ')
    if (state === reported) return
    const { directory } = base.options
    const summary = await summarizeChanges({ entries: own, checkpoints }, { directory, diff })
    reported = state
    store.dispatch({ type: 'changes.found', summary })
  }

  // The home directory may not be readable: the session itself continues.
  const refresh = coalesce(() => look().catch(ignoreSystemErrors))

  const checkpoint: ChangesWatch['checkpoint'] = async ({ text, ...names }) => {
    const at = base.now()
    const { agent, memory, conversation } = store.state
    const blocks = memory.map(async ({ block }) => ({
      blockId: block.id,
      label: block.label,
      value: await journal.save(Buffer.from(block.value)),
    }))
    await journal.addCheckpoint({
      ...names,
      agentId: agent?.id ?? '',
      conversationId: conversation.id,
      at,
      text: text.slice(0, MAX_TEXT_CHARACTERS),
      memory: await Promise.all(blocks),
    })
  }

  store.subscribe(({ turn }, event) => {
    if (event.type === 'message.sent' && turn.type === 'running') {
      const { id, text } = event
      const added = checkpoint({ id, type: 'message', turnId: turn.turnId, text })
      void added.catch(ignoreSystemErrors)
    }
    if (CHANGES.has(event.type)) void refresh()
  })
  return { refresh, diff, checkpoint }
}

const MAX_TEXT_CHARACTERS = 200

function ignoreSystemErrors(thrown: unknown): void {
  if (!isErrno(thrown)) throw thrown
}
