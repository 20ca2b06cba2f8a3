import * as fs from 'node:fs/promises'
import { dirname } from 'node:path'
import { ignoreErrno } from '../../fs/errno.ts'
import { resolvePath } from '../../fs/resolve-path.ts'
import { UserError } from '../../util/user-error.ts'
import { MISSING_FILE, readRegularFile, replaceFile, versionAt, versionOf } from '../files/files.ts'
import { changedByOthers } from '../messages.ts'
import type { JournalEntry, NewChange } from './journal-log.ts'
import { type FileRevert, requireSamePlace } from './plan-revert.ts'

/** The part of the journal that records changes. */
interface RevertRecorder {
  record(change: NewChange): Promise<JournalEntry>
  forget(id: string): Promise<void>
  confirm(id: string): Promise<void>
}

/** Changes all files, each of which is recorded as a change; when one cannot be changed, those before it are restored. */
export async function applyReverts(
  journal: RevertRecorder,
  reverts: readonly FileRevert[],
  undoId: string,
): Promise<void> {
  const done: (readonly [FileRevert, JournalEntry])[] = []
  try {
    for (const revert of reverts) done.push([revert, await applyRevert(journal, revert, undoId)])
  } catch (thrown) {
    for (const [{ path, now }, entry] of done.toReversed()) {
      // Behind a link is another file.
      if ((await resolvePath(path)) !== path) continue
      const current = await readRegularFile(path, Number.POSITIVE_INFINITY)
      // What another program has written meanwhile stays.
      if ((current?.version ?? MISSING_FILE) !== entry.after) continue
      const back = { path, now: current, bytes: now?.bytes ?? null, entries: [entry] }
      await applyRevert(journal, { ...back, reason: null, isMerged: false }, undoId)
    }
    throw thrown
  }
}

async function applyRevert(
  journal: RevertRecorder,
  { path, now, bytes, entries }: FileRevert,
  undoId: string,
): Promise<JournalEntry> {
  await requireSamePlace(path)
  const madeFolder =
    bytes === null ? null : ((await fs.mkdir(dirname(path), { recursive: true })) ?? null)
  const entry = await journal.record({
    callId: undoId,
    turnId: undoId,
    tool: 'undo',
    path,
    before: now,
    after: bytes,
    madeFolder,
    undo: { id: undoId, of: entries.map(({ id }) => id) },
  })
  const [first] = entries
  try {
    if (bytes === null) await removeFile(path, entry.before)
    else if (entry.before !== versionOf(bytes)) {
      await replaceFile(path, { bytes, expected: entry.before, stats: now?.stats ?? null })
    }
    if (bytes !== null && first !== undefined && first.mode !== null)
      await fs.chmod(path, first.mode)
  } catch (thrown) {
    await journal.forget(entry.id)
    throw thrown
  }
  await journal.confirm(entry.id)
  if (bytes === null && first !== undefined && first.madeFolder !== null) {
    await removeEmptyDirectories(dirname(path), first.madeFolder)
  }
  return entry
}

async function removeFile(path: string, expected: string): Promise<void> {
  const current = await versionAt(path)
  if (current !== expected) throw new UserError(changedByOthers(path))
  if (current !== MISSING_FILE) await fs.rm(path)
}

async function removeEmptyDirectories(from: string, to: string): Promise<void> {
  const removed = await fs
    .rmdir(from)
    .then(() => true)
    .catch(ignoreErrno('ENOTEMPTY', 'EEXIST', 'ENOENT'))
  if (removed && from !== to && from.startsWith(to)) await removeEmptyDirectories(dirname(from), to)
}
