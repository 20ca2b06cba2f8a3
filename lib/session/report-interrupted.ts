import { processExists } from '../fs/process-identity.ts'
import type { Journal, JournalEntry } from '../tools/journal/journal.ts'
import type { OpenIntent } from '../tools/journal/journal-log.ts'
import { fileLabel } from '../tools/journal/summarize-changes.ts'
import type { BaseServices } from './create-services.ts'
import { rewindInterrupted, undoInterrupted } from './messages/rewind.ts'

/**
 * Reports once each undo and each rewind that a crash has interrupted: what was done of it and what was not. Nothing is continued
 * without a person; the files were recorded one by one, so both directions are possible.
 */
export async function reportInterrupted({ base, store }: InterruptedPorts): Promise<void> {
  const { journal } = base.runner
  const { directory } = base.options
  const { intents = [], entries } = await journal.read()
  const agentId = store.state.agent?.id ?? ''
  for (const intent of intents) {
    if (intent.type === 'rewind' && intent.agentId !== agentId) continue
    if (isRunning(intent, base.now())) continue
    const { reverted, left } = filesOf(intent, entries)
    const label = (path: string): string => fileLabel(path, directory)
    const files = { reverted: reverted.map(label), left: left.map(label) }
    if (intent.type === 'undo') {
      if (left.length > 0) base.notify('warning', ...undoInterrupted(files))
    } else base.notify('warning', ...rewindInterrupted(intent, files))
    await journal.reach(intent.id, null)
  }
}

interface InterruptedPorts {
  readonly base: Pick<BaseServices, 'now' | 'notify'> & {
    readonly runner: { readonly journal: Pick<Journal, 'read' | 'reach'> }
    readonly options: Pick<BaseServices['options'], 'directory'>
  }
  readonly store: { readonly state: { readonly agent: { readonly id: string } | null } }
}

/** Each file that was reverted is a change of the journal. */
function filesOf({ id, paths }: OpenIntent, entries: readonly JournalEntry[]) {
  const done = new Set(entries.filter(({ undo }) => undo?.id === id).map(({ path }) => path))
  return {
    reverted: paths.filter((path) => done.has(path)),
    left: paths.filter((path) => !done.has(path)),
  }
}

/** Another process may be doing it. The number of a process that has ended can belong to a new one. */
function isRunning({ processId, at }: OpenIntent, now: number): boolean {
  return now - at <= MAX_FORK_MS && processExists(processId)
}

/** A conversation is copied on its server within this time, or not at all. */
const MAX_FORK_MS = 10 * 60_000
