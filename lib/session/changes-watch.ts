import { isErrno } from '../fs/errno.ts'
import { summarizeChanges } from '../tools/journal/summarize-changes.ts'
import { createVersionDiffs, type DiffVersions } from '../tools/journal/version-diff.ts'
import type { SessionEvent } from './events.ts'
import type { SessionContext } from './session-context.ts'

/** Reports what changed in files, and records a checkpoint before each message. */
export interface ChangesWatch {
  /** Looks for changes now. Never rejects. */
  refresh(): Promise<void>
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
  let running: Promise<void> | null = null
  let isWanted = false
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

  /** Requests that arrive while one runs are answered by one more look. */
  const refresh = (): Promise<void> => {
    isWanted = true
    running ??= (async () => {
      while (isWanted) {
        isWanted = false
        // The home directory may not be readable: the session itself continues.
        await look().catch(ignoreSystemErrors)
      }
      running = null
    })()
    return running
  }

  const addCheckpoint = async (
    { id, text, at }: Extract<SessionEvent, { type: 'message.sent' }>,
    turnId: string,
  ): Promise<void> => {
    const { agent, memory } = store.state
    const blocks = memory.map(async ({ block }) => ({
      blockId: block.id,
      label: block.label,
      value: await journal.save(Buffer.from(block.value)),
    }))
    await journal.addCheckpoint({
      id,
      type: 'message',
      turnId,
      agentId: agent?.id ?? '',
      conversationId: null,
      at,
      text: text.slice(0, MAX_TEXT_CHARACTERS),
      memory: await Promise.all(blocks),
    })
  }

  store.subscribe(({ turn }, event) => {
    if (event.type === 'message.sent' && turn.type === 'running') {
      void addCheckpoint(event, turn.turnId).catch(ignoreSystemErrors)
    }
    if (CHANGES.has(event.type)) void refresh()
  })
  return { refresh, diff }
}

const MAX_TEXT_CHARACTERS = 200

function ignoreSystemErrors(thrown: unknown): void {
  if (!isErrno(thrown)) throw thrown
}
