import { lstat } from 'node:fs/promises'
import { ignoreErrno, isErrno } from '../fs/errno.ts'
import { sinceCheckpoint, withUndos } from '../tools/journal/journal.ts'
import type { Checkpoint, Fork, JournalFacts } from '../tools/journal/journal-log.ts'
import { type ChangeSummary, summarizeChanges } from '../tools/journal/summarize-changes.ts'
import { createVersionDiffs, type DiffVersions } from '../tools/journal/version-diff.ts'
import { coalesce } from '../util/coalesce.ts'
import type { SessionEvent } from './events.ts'
import type { SessionContext } from './session-context.ts'
import type { ChangesScope } from './state/changes.ts'
import type { SessionState } from './state/session-state.ts'

/** Reports what changed in files, and records a checkpoint before each message. */
export interface ChangesWatch {
  /** Looks for changes now. Never rejects. */
  refresh(): Promise<void>
  /** Lists other changes. */
  show(scope: ChangesScope): Promise<void>
  /** Records the state of the session as it is now. */
  checkpoint(names: Pick<Checkpoint, 'id' | 'type' | 'turnId' | 'text'>): Promise<void>
  readonly diff: DiffVersions
}

const NOTHING_REPORTED = `${JSON.stringify({ type: 'session' })} /  /  /  / `

/** Events after which the journal may have more. */
const CHANGES: ReadonlySet<SessionEvent['type']> = new Set([
  'tool.finished',
  'turn.finished',
  'shellLine.finished',
  'job.exited',
  'agent.opened',
  'conversation.opened',
])

/** Events after which another conversation is open. */
const OPENED: ReadonlySet<SessionEvent['type']> = new Set(['agent.opened', 'conversation.opened'])

export function createChangesWatch(context: SessionContext): ChangesWatch {
  const { store, base } = context
  const { journal } = base.runner
  const diff = createVersionDiffs(journal)
  let reported = NOTHING_REPORTED

  let chosen: ChangesScope | null = null

  const look = async (): Promise<void> => {
    const facts = await journal.read()
    const own = withUndos(facts.entries, ({ sessionId }) => sessionId === journal.sessionId)
    const { entries: ofConversation, isLonger } = changesOfConversation(facts, context)
    const scope = chosen ?? { type: isLonger ? 'conversation' : 'session' }
    const listed =
      scope.type === 'checkpoint'
        ? sinceCheckpoint(facts.entries, facts.checkpoints, { checkpointId: scope.id })
        : scope.type === 'conversation'
          ? ofConversation
          : own
    const { agent, conversation } = store.state
    const turns = new Set(
      facts.checkpoints
        .filter((one) => one.agentId === agent?.id && one.conversationId === conversation.id)
        .map(({ turnId }) => turnId),
    )
    const gap = facts.gaps?.findLast(
      ({ sessionId, turnId, reason }) =>
        sessionId === journal.sessionId || (reason === 'interrupted' && turns.has(turnId)),
    )
    const onDisk = await stampsOf([...own, ...listed, ...(isLonger ? ofConversation : [])])
    const ofAll = isLonger ? keyOf(ofConversation) : ''
    const keys = [JSON.stringify(scope), keyOf(own), keyOf(listed), ofAll, gap?.at ?? '', onDisk]
    const state = keys.join(' / ')
    if (state === reported) return
    const { directory } = base.options
    const summaries = new Map<string, Promise<ChangeSummary>>()
    const summarize = (entries: JournalFacts['entries']): Promise<ChangeSummary> => {
      const made =
        summaries.get(keyOf(entries)) ??
        summarizeChanges(
          { ...facts, entries },
          { directory, diff, contents: journal, recorded: facts.entries },
        )
      summaries.set(keyOf(entries), made)
      return made
    }
    const summary = await summarize(own)
    const found = { scope, summary: await summarize(listed) }
    const longer = isLonger ? { ofConversation: await summarize(ofConversation) } : {}
    reported = state
    store.dispatch({
      type: 'changes.found',
      summary,
      listed: gap === undefined ? found : { ...found, gap },
      ...longer,
    })
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

  /** Calls that an earlier session has left belong to the message that they answer. */
  let continuedTurn = ''
  const noteContinuation = ({ turn, current, settled }: SessionState): void => {
    if (turn.type !== 'running' || turn.turnId === continuedTurn) return
    if (current.some(({ type }) => type === 'user')) return
    const message = settled.findLast((entry) => entry.type === 'user')
    if (message === undefined) return
    continuedTurn = turn.turnId
    const text = message.text.slice(0, MAX_TEXT_CHARACTERS)
    const names = { turnId: turn.turnId, messageId: message.id, text }
    void journal.addContinuation(names).catch(ignoreSystemErrors)
  }

  store.subscribe((state, event) => {
    const { turn } = state
    if (event.type === 'tool.started') noteContinuation(state)
    if (event.type === 'message.sent' && turn.type === 'running') {
      const { id, text } = event
      const added = checkpoint({ id, type: 'message', turnId: turn.turnId, text })
      void added.catch(ignoreSystemErrors)
    }
    if (OPENED.has(event.type)) chosen = null
    if (CHANGES.has(event.type)) void refresh()
  })
  return {
    refresh,
    diff,
    checkpoint,
    show(scope) {
      chosen = scope
      return refresh()
    },
  }
}

/**
 * The newest changes of all sessions of the open conversation, from the beginning of a message on. `isLonger`: it was continued from
 * an earlier session that has changed something.
 */
function changesOfConversation(
  { entries, checkpoints, forks = [] }: JournalFacts,
  { store, base }: SessionContext,
): { readonly entries: JournalFacts['entries']; readonly isLonger: boolean } {
  const { agent, conversation } = store.state
  const { sessionId: own } = base.runner.journal
  const until = lineage(forks, agent?.id ?? '', conversation.id)
  const messages = checkpoints.filter(
    ({ agentId, conversationId, at }) =>
      agentId === agent?.id && at <= (until.get(conversationId ?? '') ?? -1),
  )
  const start = messages[0]?.at ?? Number.POSITIVE_INFINITY
  const sessions = new Set(messages.map(({ sessionId }) => sessionId))
  const all = withUndos(
    entries,
    ({ at, sessionId = '' }) => sessionId === own || (sessions.has(sessionId) && at >= start),
  )
  const oldest = all.length > MAX_CHANGES ? (all.at(-MAX_CHANGES)?.at ?? 0) : 0
  const from = oldest === 0 ? 0 : (messages.find(({ at }) => at >= oldest)?.at ?? oldest)
  const found = all.filter(({ at, sessionId }) => sessionId === own || at >= from)
  return { entries: found, isLonger: found.some(({ sessionId }) => sessionId !== own) }
}

/** The conversation and those that it was copied from, each with the time until which it has what happened there. */
function lineage(
  forks: readonly Fork[],
  agentId: string,
  conversationId: string,
): ReadonlyMap<string, number> {
  const until = new Map([[conversationId, Number.POSITIVE_INFINITY]])
  for (let id = conversationId; ; ) {
    const fork = forks.find((one) => one.agentId === agentId && one.conversationId === id)
    if (fork === undefined || until.has(fork.from)) return until
    until.set(fork.from, fork.at)
    id = fork.from
  }
}

/** Differs when others have changed the files since. */
async function stampsOf(entries: JournalFacts['entries']): Promise<string> {
  const paths = [...new Set(entries.map(({ path }) => path))]
  const stamps = await Promise.all(
    paths.map(async (path) => {
      const stats = await lstat(path).catch(ignoreErrno())
      return stats === null ? '' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`
    }),
  )
  return stamps.join(' ')
}

/** A conversation can be as old as its agent. The differences of more changes would not stay in the cache. */
const MAX_CHANGES = 300

function keyOf(entries: JournalFacts['entries']): string {
  return entries.map(({ id, undone }) => `${id}${undone ? '-' : ''}`).join(' ')
}

const MAX_TEXT_CHARACTERS = 200

function ignoreSystemErrors(thrown: unknown): void {
  if (!isErrno(thrown)) throw thrown
}
