import * as fs from 'node:fs/promises'
import { dirname } from 'node:path'
import { linkAtomically, writeAtomically } from '../../fs/atomic-write.ts'
import { ignoreErrno } from '../../fs/errno.ts'
import { atRealPath, changeMode, makeRealDirectory } from '../../fs/real-place.ts'
import { resolvePath } from '../../fs/resolve-path.ts'
import { UserError } from '../../util/user-error.ts'
import { bitsOf, entryVersionAt, MISSING_FILE, readEntry, replaceFile } from '../files/files.ts'
import { isLinkVersion } from '../files/link-version.ts'
import { changedByOthers } from '../messages/file-changes.ts'
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
      if ((await resolvePath(dirname(path))) !== dirname(path)) continue
      const current = await readEntry(path)
      // What another program has written meanwhile stays.
      if ((current?.version ?? MISSING_FILE) !== entry.after) continue
      const isLink = now !== null && isLinkVersion(now.version)
      const mode = bitsOf(now)
      const back = { path, now: current, bytes: now?.bytes ?? null, isLink, mode, entries: [entry] }
      await applyRevert(journal, { ...back, reason: null, isMerged: false }, undoId)
    }
    throw thrown
  }
}

async function applyRevert(
  journal: RevertRecorder,
  { path, now, bytes, isLink, mode, entries }: FileRevert,
  undoId: string,
): Promise<JournalEntry> {
  const wasLink = now !== null && isLinkVersion(now.version)
  await requireSamePlace(path, now === null ? [] : [now.version])
  const madeFolder = bytes === null ? null : await makeRealDirectory(dirname(path))
  const entry = await journal.record({
    callId: undoId,
    turnId: undoId,
    tool: 'undo',
    path,
    before: now,
    after: bytes,
    isLink,
    ...modeAfter(mode, now),
    madeFolder,
    undo: { id: undoId, of: entries.map(({ id }) => id) },
  })
  const [first] = entries
  try {
    if (bytes === null) await removeFile(path, entry.before)
    else if (entry.before !== entry.after) {
      const confirm = () => requireVersion(path, entry.before)
      if (isLink) await atRealPath(path, (pinned) => linkAtomically(pinned, bytes, confirm))
      else if (wasLink) {
        const options = { confirm, ...exactly(mode) }
        await atRealPath(path, (pinned) => writeAtomically(pinned, bytes, options))
      } else {
        const stats = now?.stats ?? null
        await replaceFile(path, { bytes, expected: entry.before, stats, mode })
      }
    } else if (mode !== null) await atRealPath(path, (pinned) => changeMode(pinned, mode))
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

/** The file has its permission bits as soon as it has its content, also after a kill. */
function exactly(mode: number | null) {
  return mode === null ? {} : { attributes: { mode } }
}

async function removeFile(path: string, expected: string): Promise<void> {
  await requireVersion(path, expected)
  if (expected !== MISSING_FILE) await atRealPath(path, (pinned) => fs.rm(pinned))
}

async function requireVersion(path: string, expected: string): Promise<void> {
  if ((await entryVersionAt(path)) !== expected) throw new UserError(changedByOthers(path))
}

/** Recorded so that it can be undone in turn. */
function modeAfter(mode: number | null, now: FileRevert['now']): { readonly modeAfter?: number } {
  const bits = mode ?? bitsOf(now)
  return bits === null ? {} : { modeAfter: bits }
}

async function removeEmptyDirectories(from: string, to: string): Promise<void> {
  const removed = await atRealPath(from, (pinned) => fs.rmdir(pinned))
    .then(() => true)
    .catch(ignoreErrno('ENOTEMPTY', 'EEXIST', 'ENOENT'))
  if (removed && from !== to && from.startsWith(to)) await removeEmptyDirectories(dirname(from), to)
}
