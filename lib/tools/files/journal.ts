import { createHash, randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import * as fs from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { writeAtomically } from '../../fs/atomic-write.ts'
import { ignoreErrno, isErrno } from '../../fs/errno.ts'
import { messageOf, UserError } from '../../util/user-error.ts'
import {
  modifiedInBetween,
  modifiedSince,
  NOTHING_TO_UNDO,
  previousVersionGone,
} from '../messages.ts'
import { MISSING_FILE, readRegularFile, replaceFile, versionAt, versionOf } from './files.ts'

const Change = z.object({
  id: z.string(),
  callId: z.string(),
  turnId: z.string(),
  tool: z.string(),
  at: z.number(),
  /** Real path. */
  path: z.string(),
  /** Version of the content, `absent` for none. */
  before: z.string(),
  after: z.string(),
  /** Permission bits before the change; null for a new file. */
  mode: z.number().nullable(),
  /** The outermost directory that was created for the file. */
  madeFolder: z.string().nullable(),
})

const Line = z.union([
  z.object({ change: Change }),
  z.object({ forgotten: z.string() }),
  z.object({ undone: z.string() }),
])

/** One change of one file by a tool. Changes by shell commands are not recorded. */
export type JournalEntry = Readonly<z.infer<typeof Change>> & { readonly undone: boolean }

/** What to undo: a call, a turn, or everything since (and with) an entry. */
export type UndoSelection =
  | { readonly callId: string }
  | { readonly turnId: string }
  | { readonly sinceId: string }

export type UndoResult =
  | { readonly ok: true; readonly paths: readonly string[] }
  /** Nothing was reverted; one reason for each file that prevents it. */
  | { readonly ok: false; readonly reasons: readonly string[] }

interface NewChange {
  readonly callId: string
  readonly turnId: string
  readonly tool: string
  readonly path: string
  readonly before: { readonly bytes: Buffer; readonly stats: Stats } | null
  readonly after: Buffer
  readonly madeFolder: string | null
}

/** Every change that tools make to files, recorded outside the project, so that it can be undone. Does not touch git. */
export interface Journal {
  /** Called before the file is changed, so that no change is missing. */
  record(change: NewChange): Promise<JournalEntry>
  /** Called when the recorded change was not made. */
  forget(id: string): Promise<void>
  /** Oldest first. */
  list(): Promise<readonly JournalEntry[]>
  /** Reverts all changes of the selection or none: none when a file differs from what the tool wrote. */
  undo(selection: UndoSelection): Promise<UndoResult>
  /** True the first time and false afterwards, also in another process: a call runs at most once. */
  claim(key: string): Promise<boolean>
}

interface JournalOptions {
  /** Real path of the project. */
  readonly directory: string
  readonly lettaFolder: string
  now(): number
}

export function openJournal(options: JournalOptions): Journal {
  const folder = join(options.lettaFolder, 'journal', shortHash(options.directory))
  let kept: Promise<void> | null = null
  const append = async (line: z.infer<typeof Line>): Promise<void> => {
    await makePrivateFolder(join(folder, 'changes'))
    // One file for each day, so that old ones can be deleted while another process writes.
    const day = new Date(options.now()).toISOString().slice(0, 10)
    const path = join(folder, 'changes', `${day}.jsonl`)
    // The line feed is written first, so that a line truncated by a crash does not damage the next one.
    await fs.appendFile(path, `\n${JSON.stringify(line)}`, { mode: 0o600 })
  }
  const list = (): Promise<JournalEntry[]> => readEntries(join(folder, 'changes'))
  return {
    async record(change) {
      kept ??= removeOld(folder, options.now())
      await kept
      if (change.before !== null) await keepContent(folder, change.before.bytes)
      await keepContent(folder, change.after)
      const entry = entryOf(change, options.now())
      await append({ change: entry })
      return { ...entry, undone: false }
    },
    forget: (id) => append({ forgotten: id }),
    list,
    async undo(selection) {
      const chosen = select(await list(), selection)
      const reverts = await Promise.all(byPath(chosen).map((entries) => planRevert(entries)))
      const reasons = reverts.flatMap((revert) => (revert.reason === null ? [] : [revert.reason]))
      if (chosen.length === 0) return { ok: false, reasons: [NOTHING_TO_UNDO] }
      if (reasons.length > 0) return { ok: false, reasons }
      for (const { entries } of reverts) {
        await revertFile(folder, entries)
        for (const entry of entries) await append({ undone: entry.id })
      }
      return { ok: true, paths: reverts.map((revert) => revert.entries[0].path) }
    },
    claim: (key) => claim(join(folder, 'calls'), key),
  }
}

function entryOf(change: NewChange, at: number): z.infer<typeof Change> {
  const { callId, turnId, tool, path, before, after, madeFolder } = change
  return {
    id: randomUUID(),
    callId,
    turnId,
    tool,
    at,
    path,
    before: before === null ? MISSING_FILE : versionOf(before.bytes),
    after: versionOf(after),
    mode: before === null ? null : before.stats.mode & 0o7777,
    madeFolder,
  }
}

const KEPT_MS = 30 * 24 * 3_600_000

/** Deletes entries that are older than a month. */
async function removeOld(folder: string, now: number): Promise<void> {
  for (const part of ['changes', 'contents', 'calls']) {
    for (const name of (await fs.readdir(join(folder, part)).catch(ignoreErrno('ENOENT'))) ?? []) {
      const path = join(folder, part, name)
      const stats = await fs.stat(path).catch(ignoreErrno('ENOENT'))
      if (stats !== null && now - stats.mtimeMs > KEPT_MS) await fs.rm(path, { force: true })
    }
  }
}

async function readEntries(folder: string): Promise<JournalEntry[]> {
  const days = (await fs.readdir(folder).catch(ignoreErrno('ENOENT'))) ?? []
  const texts = await Promise.all(days.sort().map((day) => fs.readFile(join(folder, day), 'utf8')))
  const entries = new Map<string, JournalEntry>()
  for (const line of texts.join('\n').split('\n')) {
    const read = decodeLine(line)
    if (read === null) continue
    if ('change' in read) entries.set(read.change.id, { ...read.change, undone: false })
    else if ('forgotten' in read) entries.delete(read.forgotten)
    else {
      const entry = entries.get(read.undone)
      if (entry !== undefined) entries.set(entry.id, { ...entry, undone: true })
    }
  }
  return [...entries.values()]
}

/** Null for a line that a crash truncated. */
function decodeLine(line: string): z.infer<typeof Line> | null {
  if (line === '') return null
  try {
    return Line.safeParse(JSON.parse(line)).data ?? null
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null
    throw thrown
  }
}

function select(entries: readonly JournalEntry[], selection: UndoSelection): JournalEntry[] {
  const standing = entries.filter((entry) => !entry.undone)
  if ('callId' in selection) return standing.filter((entry) => entry.callId === selection.callId)
  if ('turnId' in selection) return standing.filter((entry) => entry.turnId === selection.turnId)
  const start = entries.findIndex((entry) => entry.id === selection.sinceId)
  const later = new Set(start < 0 ? [] : entries.slice(start))
  return standing.filter((entry) => later.has(entry))
}

type Chain = readonly [JournalEntry, ...JournalEntry[]]

/** The changes of each file, oldest first. */
function byPath(entries: readonly JournalEntry[]): Chain[] {
  const chains = new Map<string, [JournalEntry, ...JournalEntry[]]>()
  for (const entry of entries) {
    const chain = chains.get(entry.path)
    if (chain === undefined) chains.set(entry.path, [entry])
    else chain.push(entry)
  }
  return [...chains.values()]
}

interface Revert {
  readonly entries: Chain
  /** The reason why the file cannot be reverted. */
  readonly reason: string | null
}

async function planRevert(entries: Chain): Promise<Revert> {
  const [first] = entries
  const broken = entries.some((entry, index) => {
    const earlier = entries[index - 1]
    return earlier !== undefined && earlier.after !== entry.before
  })
  if (broken) return { entries, reason: modifiedInBetween(first.path) }
  try {
    const current = await versionAt(first.path)
    const untouched = current === entries.at(-1)?.after || current === first.before
    return { entries, reason: untouched ? null : modifiedSince(first.path) }
  } catch (thrown) {
    if (!(thrown instanceof UserError) && !isErrno(thrown)) throw thrown
    return { entries, reason: messageOf(thrown) }
  }
}

async function revertFile(folder: string, entries: Chain): Promise<void> {
  const [{ path, before, mode, madeFolder }] = entries
  const current = await readRegularFile(path, Number.POSITIVE_INFINITY)
  if ((current?.version ?? MISSING_FILE) === before) return
  if (before === MISSING_FILE) {
    await fs.rm(path)
    if (madeFolder !== null) await removeEmptyFolders(dirname(path), madeFolder)
    return
  }
  const bytes = await fs.readFile(join(folder, 'contents', before)).catch(ignoreErrno('ENOENT'))
  if (bytes === null) throw new UserError(previousVersionGone(path))
  await fs.mkdir(dirname(path), { recursive: true })
  await replaceFile(path, {
    bytes,
    expected: current?.version ?? MISSING_FILE,
    stats: current?.stats ?? null,
  })
  if (mode !== null) await fs.chmod(path, mode)
}

async function removeEmptyFolders(from: string, to: string): Promise<void> {
  const removed = await fs
    .rmdir(from)
    .then(() => true)
    .catch(ignoreErrno('ENOTEMPTY', 'EEXIST', 'ENOENT'))
  if (removed && from !== to && from.startsWith(to)) await removeEmptyFolders(dirname(from), to)
}

async function keepContent(folder: string, bytes: Buffer): Promise<void> {
  const contents = join(folder, 'contents')
  await makePrivateFolder(contents)
  await writeAtomically(join(contents, versionOf(bytes)), bytes, { mode: 0o600, flush: false })
}

async function claim(folder: string, key: string): Promise<boolean> {
  await makePrivateFolder(folder)
  const made = await fs
    .writeFile(join(folder, shortHash(key)), '', { mode: 0o600, flag: 'wx' })
    .then(() => true)
    .catch(ignoreErrno('EEXIST'))
  return made === true
}

async function makePrivateFolder(path: string): Promise<void> {
  await fs.mkdir(path, { recursive: true, mode: 0o700 })
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
