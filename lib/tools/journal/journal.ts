import { createHash, randomUUID } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { removeStaleTemporaries } from '../../fs/atomic-write.ts'
import { ignoreErrno } from '../../fs/errno.ts'
import { pathExists } from '../../fs/path-exists.ts'
import { processExists } from '../../fs/process-identity.ts'
import { entryVersionAt, MISSING_FILE, versionOf } from '../files/files.ts'
import { linkVersion } from '../files/link-version.ts'
import { changedSincePreview, NOTHING_TO_UNDO } from '../messages/journal.ts'
import { applyReverts } from './apply-reverts.ts'
import { openContents } from './contents.ts'
import {
  type ChangeSource,
  type Checkpoint,
  type Continuation,
  type Fork,
  type Gap,
  type Intent,
  type JournalEntry,
  type JournalFacts,
  type JournalLine,
  type NewChange,
  openJournalLog,
  type RecordedChange,
  UNRECORDED,
} from './journal-log.ts'
import {
  type FileRevert,
  type LineSelection,
  planFileRevert,
  planLineRevert,
} from './plan-revert.ts'

export type { JournalEntry }

/**
 * What to undo: a call, a turn, everything since (and with) an entry, what an agent did since a checkpoint, an earlier undo (which
 * is to redo), or lines.
 */
export type UndoSelection =
  | { readonly callId: string }
  | { readonly turnId: string }
  /** `except`: paths of files that stay as they are. */
  | { readonly checkpointId: string; readonly except?: readonly string[] }
  | { readonly sinceId: string }
  | { readonly ids: readonly string[] }
  | { readonly undoId: string }
  | { readonly lines: LineSelection }

export type UndoResult =
  /** `undoId`: selects this undo, to undo it in turn. */
  | { readonly ok: true; readonly undoId: string; readonly paths: readonly string[] }
  /** Nothing was reverted; one reason for each file that prevents it. */
  | { readonly ok: false; readonly reasons: readonly string[] }

/** A change that another program has made: both versions are stored already. */
export type ObservedChange = Pick<
  RecordedChange,
  'callId' | 'turnId' | 'tool' | 'path' | 'before' | 'after' | 'mode' | 'modeAfter' | 'command'
> & { readonly source: ChangeSource }

/** Every change of files in a project, recorded outside of it, so that it can be undone. Does not touch git. */
export interface Journal {
  /** Identifies the changes that this process records. */
  readonly sessionId: string
  /** Called before the file is changed, so that no change is missing. */
  record(change: NewChange): Promise<JournalEntry>
  /** Called when the recorded change was not made. */
  forget(id: string): Promise<void>
  /** Called when it was made. */
  confirm(id: string): Promise<void>
  /** Records a change that was made by others. */
  observe(change: ObservedChange): Promise<void>
  /** Records that not everything is known that a command line has changed. */
  addGap(gap: Omit<Gap, 'sessionId' | 'at'>): Promise<void>
  /** Called before a command line runs; gives what is called when its changes are recorded. */
  beginCommand(command: Pick<Gap, 'command' | 'turnId'>): Promise<() => Promise<void>>
  addCheckpoint(checkpoint: Omit<Checkpoint, 'sessionId'>): Promise<void>
  addContinuation(continuation: Continuation): Promise<void>
  /** Records that a conversation is a copy of another one. */
  addFork(fork: Omit<Fork, 'at'>): Promise<void>
  /** Called before the first of several changes that belong together. */
  intend(intent: Omit<Intent, 'processId' | 'at'>): Promise<void>
  /** Called after a part of them; null: after all of them. */
  reach(id: string, part: string | null): Promise<void>
  /** Oldest first. */
  list(): Promise<readonly JournalEntry[]>
  read(): Promise<JournalFacts>
  /** Stores a content; gives its version. */
  save(bytes: Buffer): Promise<string>
  /** The content of a version; null when it is not stored. */
  load(version: string): Promise<Buffer | null>
  /** What an undo would do; empty when there is nothing to undo. */
  plan(selection: UndoSelection): Promise<readonly FileRevert[]>
  /**
   * Reverts all changes of the selection or none: none when a file was changed since in the same lines. `expected`: the versions
   * of the files that the user was shown, by path; then none as well when one of them differs by now.
   */
  undo(
    selection: UndoSelection,
    expected?: Readonly<Record<string, string>>,
    /** The rewind that the undo is a part of. */
    rewindId?: string,
  ): Promise<UndoResult>
  /** True the first time and false afterwards, also in another process: a call runs at most once. */
  claim(key: string): Promise<boolean>
  isClaimed(key: string): Promise<boolean>
}

interface JournalOptions {
  /** Real path of the project. */
  readonly directory: string
  readonly lettaDirectory: string
  readonly sessionId?: string
  now(): number
}

export function openJournal(options: JournalOptions): Journal {
  const { now, sessionId = randomUUID() } = options
  const journalDirectory = join(options.lettaDirectory, 'journal', shortHash(options.directory))
  const log = openJournalLog(join(journalDirectory, 'changes'), now)
  const contents = openContents(join(journalDirectory, 'contents'))
  let cleaned: Promise<void> | null = null
  const append = async (line: JournalLine): Promise<void> => {
    cleaned ??= removeOld(journalDirectory, now())
    await cleaned
    await log.append(line)
  }
  const add = async (change: RecordedChange): Promise<JournalEntry> => {
    await append({ change })
    return { ...change, undone: false, isMade: false }
  }
  const read = (): Promise<JournalFacts> => log.read(resolveUnmade)
  const journal: Journal = {
    sessionId,
    async record(change) {
      cleaned ??= removeOld(journalDirectory, now())
      await cleaned
      if (change.before !== null) await contents.save(change.before.bytes)
      if (change.after !== null) await contents.save(change.after)
      if (change.proposed !== undefined) await contents.save(change.proposed)
      return add({ ...changeOf(change, now()), sessionId })
    },
    forget: (id) => append({ forgotten: id }),
    confirm: (id) => append({ made: id }),
    async observe(change) {
      const { id } = await add({
        ...change,
        id: randomUUID(),
        at: now(),
        sessionId,
        madeFolder: null,
      })
      await append({ made: id })
    },
    addGap: (gap) => append({ gap: { ...gap, sessionId, at: now() } }),
    async beginCommand(command) {
      const id = randomUUID()
      await append({ running: { ...command, id, sessionId, at: now(), processId: process.pid } })
      return () => append({ ended: id })
    },
    addContinuation: (continuation) => append({ continuation }),
    addFork: (fork) => append({ fork: { ...fork, at: now() } }),
    addCheckpoint: (checkpoint) => append({ checkpoint: { ...checkpoint, sessionId } }),
    intend: (intent) => append({ intent: { ...intent, processId: process.pid, at: now() } }),
    reach: (id, part) => append({ reached: id, part }),
    read,
    list: async () => (await read()).entries,
    save: contents.save,
    load: contents.load,
    async plan(selection) {
      if ('lines' in selection) return [await planLineRevert(selection.lines, contents)]
      const chosen = select(await read(), selection)
      return Promise.all(
        [...byPath(chosen)].map(([path, entries]) => planFileRevert(path, entries, contents)),
      )
    },
    async undo(selection, expected, rewindId) {
      const undoId = rewindId ?? randomUUID()
      const reverts = await journal.plan(selection)
      if (reverts.length === 0) return { ok: false, reasons: [NOTHING_TO_UNDO] }
      const reasons = reverts.flatMap((revert) => reasonAgainst(revert, expected) ?? [])
      if (reasons.length > 0) return { ok: false, reasons }
      const paths = reverts.map(({ path }) => path)
      // A rewind has recorded its own intent.
      const isAlone = rewindId === undefined && paths.length > 1
      const intent = { id: undoId, parts: [], text: '', paths, agentId: '' }
      if (isAlone) await journal.intend({ ...intent, type: 'undo' })
      try {
        await applyReverts(journal, reverts, undoId)
      } finally {
        if (isAlone) await journal.reach(undoId, null)
      }
      return { ok: true, undoId, paths }
    },
    claim: (key) => claim(join(journalDirectory, 'calls'), key),
    isClaimed: (key) => pathExists(join(journalDirectory, 'calls', shortHash(key))),
  }
  return journal
}

function changeOf(change: NewChange, at: number): RecordedChange {
  const { callId, turnId, tool, path, before, after, isLink, modeAfter, madeFolder, undo } = change
  const { proposed } = change
  return {
    id: randomUUID(),
    callId,
    turnId,
    tool,
    at,
    path,
    before: before === null ? MISSING_FILE : before.version,
    after:
      after === null
        ? MISSING_FILE
        : isLink === true
          ? linkVersion(versionOf(after))
          : versionOf(after),
    ...(proposed === undefined ? {} : { proposed: versionOf(proposed) }),
    mode: before === null ? null : before.stats.mode & 0o7777,
    ...(modeAfter === undefined ? {} : { modeAfter }),
    madeFolder,
    processId: process.pid,
    ...(undo === undefined ? {} : { source: 'undo', undo }),
  }
}

/**
 * A process may have ended between recording a change and making it: the file says whether it was made, or else what the next change
 * of it has found.
 */
async function resolveUnmade({ entries }: JournalFacts): Promise<readonly JournalLine[]> {
  const lines = await Promise.all(
    entries.map(async (entry, at): Promise<JournalLine[]> => {
      const { id, path, before, after, isMade, processId } = entry
      if (isMade) return []
      const next = entries.slice(at + 1).find((other) => other.path === path)
      const found = next?.before ?? (await entryVersionAt(path).catch(() => null))
      if (found !== before) return [{ made: id }]
      // Nothing but permission bits.
      if (after === before && entry.modeAfter !== entry.mode) {
        const bits = next === undefined ? await bitsAt(path) : next.mode
        if (bits === entry.modeAfter) return [{ made: id }]
      }
      if (processId !== undefined && !processExists(processId)) {
        await removeStaleTemporaries(path, STALE_MS).catch(ignoreErrno())
      }
      return [{ forgotten: id }]
    }),
  )
  return lines.flat()
}

async function bitsAt(path: string): Promise<number | null> {
  const stats = await fs.lstat(path).catch(ignoreErrno())
  return stats === null ? null : stats.mode & 0o7777
}

/** No write takes this long. */
const STALE_MS = 60_000

const KEPT_MS = 30 * 24 * 3_600_000

/** Deletes what is older than a month. */
async function removeOld(journalDirectory: string, now: number): Promise<void> {
  for (const part of ['changes', 'contents', 'calls']) {
    for (const name of (await fs
      .readdir(join(journalDirectory, part))
      .catch(ignoreErrno('ENOENT'))) ?? []) {
      const path = join(journalDirectory, part, name)
      const stats = await fs.stat(path).catch(ignoreErrno('ENOENT'))
      if (stats !== null && now - stats.mtimeMs > KEPT_MS) await fs.rm(path, { force: true })
    }
  }
}

function select(
  { entries, checkpoints }: JournalFacts,
  selection: Exclude<UndoSelection, { readonly lines: LineSelection }>,
): readonly JournalEntry[] {
  const standing = entries.filter((entry) => !entry.undone)
  if ('undoId' in selection) return standing.filter(({ undo }) => undo?.id === selection.undoId)
  if ('callId' in selection) return standing.filter(({ callId }) => callId === selection.callId)
  if ('turnId' in selection) {
    return standing.filter((entry) => entry.turnId === selection.turnId && isRecorded(entry))
  }
  if ('checkpointId' in selection) {
    const since = sinceCheckpoint(entries, checkpoints, selection)
    return since.filter(({ path }) => selection.except?.includes(path) !== true)
  }
  if ('ids' in selection) {
    const ids = new Set(selection.ids)
    return standing.filter(({ id }) => ids.has(id))
  }
  const start = entries.findIndex((entry) => entry.id === selection.sinceId)
  const later = new Set(start < 0 ? [] : entries.slice(start))
  return standing.filter(
    (entry) => later.has(entry) && ['tool', 'shell'].includes(entry.source ?? 'tool'),
  )
}

/** What the sessions of an agent have changed since a checkpoint. What was undone within that time has left nothing. */
export function sinceCheckpoint(
  entries: readonly JournalEntry[],
  checkpoints: readonly Checkpoint[],
  { checkpointId }: { readonly checkpointId: string },
): readonly JournalEntry[] {
  const checkpoint = checkpoints.find(({ id }) => id === checkpointId)
  if (checkpoint === undefined) return []
  const sessions = new Set(
    checkpoints.flatMap(({ agentId, sessionId }) =>
      agentId === checkpoint.agentId ? [sessionId] : [],
    ),
  )
  const since = entries.filter(
    ({ at, sessionId = '', source = 'tool' }) =>
      at >= checkpoint.at && sessions.has(sessionId) && AGENT_SOURCES.has(source),
  )
  const ids = new Set(since.map(({ id }) => id))
  return since
    .filter(({ undone, undo }) => {
      const isWithin =
        undo !== undefined && undo.of.length > 0 && undo.of.every((id) => ids.has(id))
      return !undone && !isWithin
    })
    .filter(isRecorded)
}

/** The listed changes, oldest first, with what reverts them: it may have been undone in another session. */
export function withUndos(
  entries: readonly JournalEntry[],
  isListed: (entry: JournalEntry) => boolean,
): readonly JournalEntry[] {
  const ids = new Set<string>()
  const latest = new Map<string, string>()
  return entries.filter((entry) => {
    const { undo, path, before } = entry
    const isReverting = undo?.of.some((id) => ids.has(id)) === true
    // A part of a change that is undone names none.
    const isPart = undo?.of.length === 0 && latest.get(path) === before
    const isIncluded = isListed(entry) || isReverting || isPart
    if (isIncluded) {
      ids.add(entry.id)
      latest.set(path, entry.after)
    }
    return isIncluded
  })
}

/** Without its contents a change can be listed, and not be undone. */
function isRecorded({ before, after }: JournalEntry): boolean {
  return before !== UNRECORDED && after !== UNRECORDED
}

const AGENT_SOURCES: ReadonlySet<ChangeSource> = new Set(['tool', 'shell', 'undo'])

/** The changes of each file, oldest first. */
function byPath(entries: readonly JournalEntry[]): ReadonlyMap<string, readonly JournalEntry[]> {
  const chains = new Map<string, JournalEntry[]>()
  for (const entry of entries) {
    const chain = chains.get(entry.path)
    if (chain === undefined) chains.set(entry.path, [entry])
    else chain.push(entry)
  }
  return chains
}

function reasonAgainst(
  { path, now, reason }: FileRevert,
  expected: Readonly<Record<string, string>> | undefined,
): string | null {
  if (reason !== null || expected === undefined) return reason
  return expected[path] === (now?.version ?? MISSING_FILE) ? null : changedSincePreview(path)
}

async function claim(journalDirectory: string, key: string): Promise<boolean> {
  await fs.mkdir(journalDirectory, { recursive: true, mode: 0o700 })
  const made = await fs
    .writeFile(join(journalDirectory, shortHash(key)), '', { mode: 0o600, flag: 'wx' })
    .then(() => true)
    .catch(ignoreErrno('EEXIST'))
  return made === true
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
