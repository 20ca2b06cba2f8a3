import { basename } from 'node:path'
import { isErrno } from '../fs/errno.ts'
import { MISSING_FILE } from '../tools/files/files.ts'
import type { Checkpoint } from '../tools/journal/journal-log.ts'
import { labelOf, summarizeChanges } from '../tools/journal/summarize-changes.ts'
import { createVersionDiffs, type DiffVersions } from '../tools/journal/version-diff.ts'
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

  /** The history of a server has no diffs: those of the calls that the journal knows. */
  const restoreChanges = async (): Promise<void> => {
    const { settled, agent } = store.state
    const calls = settled.flatMap((entry) =>
      entry.type === 'tool' &&
      entry.call.phase.type === 'finished' &&
      entry.call.phase.preview === null
        ? [entry.call]
        : [],
    )
    if (calls.length === 0) return
    const { entries, checkpoints } = await journal.read()
    // Some models number their calls from one for each agent.
    const sessions = new Set(
      checkpoints.flatMap(({ agentId, sessionId }) => (agentId === agent?.id ? [sessionId] : [])),
    )
    const made = new Map(
      entries.flatMap((entry) =>
        sessions.has(entry.sessionId ?? '') ? [[entry.callId, entry] as const] : [],
      ),
    )
    const found = await Promise.all(
      calls.map(async ({ callId, args }) => {
        const entry = made.get(callId)
        if (entry === undefined || !args.includes(basename(entry.path))) return []
        const { type, hunks, added, removed } = await diff(entry.before, entry.after)
        if (type !== 'text') return []
        const label = labelOf(entry.path, base.options.directory)
        const created = entry.before === MISSING_FILE
        const preview = { type: 'diff', path: label, created, hunks, added, removed } as const
        return [[callId, { ...preview, remark: null }] as const]
      }),
    )
    const previews = Object.fromEntries(found.flat())
    if (found.flat().length > 0) store.dispatch({ type: 'history.changesFound', previews })
  }

  store.subscribe(({ turn }, event) => {
    if (event.type === 'message.sent' && turn.type === 'running') {
      const { id, text } = event
      const added = checkpoint({ id, type: 'message', turnId: turn.turnId, text })
      void added.catch(ignoreSystemErrors)
    }
    if (CHANGES.has(event.type)) void refresh()
    if (HISTORY.has(event.type)) void restoreChanges().catch(ignoreSystemErrors)
  })
  return { refresh, diff, checkpoint }
}

const HISTORY: ReadonlySet<SessionEvent['type']> = new Set([
  'history.loaded',
  'history.extended',
  'history.followed',
])

const MAX_TEXT_CHARACTERS = 200

function ignoreSystemErrors(thrown: unknown): void {
  if (!isErrno(thrown)) throw thrown
}
