import { lstat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isErrno } from '../../fs/errno.ts'
import { resolvePath } from '../../fs/resolve-path.ts'
import { applySelection } from '../../util/select-changes.ts'
import { diffHunks, type Hunk } from '../../util/unified-diff.ts'
import { messageOf, UserError } from '../../util/user-error.ts'
import { bitsOf, MISSING_FILE, readEntry, type StoredFile } from '../files/files.ts'
import { isLinkVersion } from '../files/link-version.ts'
import { decodeText, encodeText, isBinary, showable } from '../files/text-encoding.ts'
import {
  leadsElsewhere,
  modifiedInBetween,
  modifiedSince,
  previousVersionGone,
} from '../messages/journal.ts'
import type { Contents } from './contents.ts'
import type { JournalEntry } from './journal-log.ts'
import { mergeLines, mergeOtherLines } from './merge-lines.ts'

/** What undoing does to one file. */
export interface FileRevert {
  /** Real path. */
  readonly path: string
  /** The file as it is now; null when it does not exist. */
  readonly now: StoredFile | null
  /** What it becomes; null when it is deleted. */
  readonly bytes: Buffer | null
  /** It becomes a symbolic link, which contains `bytes`. */
  readonly isLink: boolean
  /** The permission bits that it gets; null when they stay as they are. */
  readonly mode: number | null
  /** The reason why the file cannot be reverted. */
  readonly reason: string | null
  /** The file was changed since: only the lines of the reverted changes change. */
  readonly isMerged: boolean
  /** The change whose lines were modified since, where that is the reason. */
  readonly clash?: ChangeVersions
  /** The changes that are reverted completely. */
  readonly entries: readonly JournalEntry[]
}

type ChangeVersions = Pick<JournalEntry, 'before' | 'after'>

class ModifiedLines extends UserError {
  override readonly name = 'ModifiedLines'
  readonly versions: ChangeVersions

  constructor(message: string, { before, after }: ChangeVersions) {
    super(message)
    this.versions = { before, after }
  }
}

/** Reverts changes of one file, oldest first. Others in between and since remain where they are in other lines. */
export async function planFileRevert(
  path: string,
  entries: readonly JournalEntry[],
  contents: Contents,
): Promise<FileRevert> {
  const versions = entries.flatMap((entry) => [entry.before, entry.after])
  return plan(path, { entries, versions }, async (now) => {
    let text: Step = {
      bytes: now?.bytes ?? null,
      version: now?.version ?? MISSING_FILE,
      isMerged: false,
    }
    const wasUntouched = text.version === entries.at(-1)?.after
    for (const { before, after } of entries.toReversed()) {
      // Nothing but permission bits.
      if (before === after || text.version === before) continue
      const next = await revertStep(text, { before, after }, { path, contents })
      if (next === null) {
        const message = wasUntouched ? modifiedInBetween(path) : modifiedSince(path)
        throw new ModifiedLines(message, { before, after })
      }
      text = next
    }
    return text
  })
}

/** A choice of the lines of the diff of two versions. */
export interface LineSelection {
  readonly path: string
  /** Versions. */
  readonly before: string
  readonly after: string
  /** Numbers of the changed lines to revert, as in `RejectedLines`. */
  readonly lines: readonly number[]
}

/** Reverts some of the lines that differ between two versions. */
export async function planLineRevert(
  { path, before, after, lines }: LineSelection,
  contents: Contents,
): Promise<FileRevert> {
  return plan(path, { entries: [], versions: [before, after] }, async (now) => {
    const current = { bytes: now?.bytes ?? null, version: now?.version ?? MISSING_FILE }
    const [old, changed] = await loadVersions({ path, before, after }, contents)
    // A link has no lines.
    if ([before, after].some(isLinkVersion)) {
      if (current.version !== after) throw new UserError(modifiedSince(path))
      return { bytes: old, version: before, isMerged: false }
    }
    const target = withoutLines([old, changed], () => new Set(lines))
    if (current.version === after) return { bytes: target, version: '', isMerged: false }
    const merged = mergeBytes(changed, current.bytes, target)
    if (merged === null) throw new ModifiedLines(modifiedSince(path), { before, after })
    return { bytes: merged, version: '', isMerged: true }
  })
}

/** The second version without some of the changed lines; null for no file. */
export function withoutLines(
  [old, changed]: readonly [Buffer | null, Buffer | null],
  rejected: (hunks: readonly Hunk[]) => ReadonlySet<number>,
): Buffer | null {
  const [from, to] = [decodeText(old ?? NO_BYTES), decodeText(changed ?? NO_BYTES)]
  const { hunks } = diffHunks(showable(from.text), showable(to.text))
  const text = applySelection(from.text, to.text, hunks, rejected(hunks))
  const isGone = text === '' && old === null
  return isGone ? null : encodeText(text, changed === null ? from : to)
}

const NO_BYTES = Buffer.alloc(0)

interface Step {
  readonly bytes: Buffer | null
  readonly version: string
  readonly isMerged: boolean
}

async function plan(
  path: string,
  { entries, versions }: PlannedEntries,
  compute: (now: StoredFile | null) => Promise<Step>,
): Promise<FileRevert> {
  let now: StoredFile | null = null
  try {
    await requireSamePlace(path, versions)
    now = await readEntry(path)
    const { bytes, version, isMerged } = await compute(now)
    const isLink = isLinkVersion(version)
    const mode = isLink || bytes === null ? null : modeWithout(entries, now)
    return { path, now, bytes, isLink, mode, reason: null, isMerged, entries }
  } catch (thrown) {
    if (!(thrown instanceof UserError) && !isErrno(thrown)) throw thrown
    const bytes = now?.bytes ?? null
    const isLink = now !== null && isLinkVersion(now.version)
    const reason = messageOf(thrown)
    const clash = thrown instanceof ModifiedLines ? { clash: thrown.versions } : {}
    return { path, now, bytes, isLink, mode: null, reason, isMerged: false, entries, ...clash }
  }
}

interface PlannedEntries {
  readonly entries: readonly JournalEntry[]
  /** Those that the file had. */
  readonly versions: readonly string[]
}

/** The permission bits from before the changes, as far as they are those that the changes have left; null when they stay. */
function modeWithout(entries: readonly JournalEntry[], now: StoredFile | null): number | null {
  const [first] = entries
  const current = bitsOf(now)
  // A file that is recreated, also one that replaces a link.
  if (current === null) return first?.mode ?? null
  let mode = current
  for (const entry of entries.toReversed()) {
    if (entry.mode !== null && entry.modeAfter === mode) ({ mode } = entry)
  }
  return mode === current ? null : mode
}

/**
 * Throws a `UserError` when the file, or a directory above it, was replaced by a link: its change was made somewhere else. `versions`:
 * those that the file had; where one of them is a link, it may be one.
 */
export async function requireSamePlace(path: string, versions: readonly string[]): Promise<void> {
  const directory = dirname(path)
  const isThere = (await resolvePath(directory)) === directory
  const canBeLink = versions.some(isLinkVersion)
  const isLink = await lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  )
  if (!isThere || (isLink && !canBeLink)) throw new UserError(leadsElsewhere(path))
}

/** One change less; null when its lines were changed since. */
export async function revertStep(
  text: Step,
  { before, after }: ChangeVersions,
  { path, contents }: { readonly path: string; readonly contents: Pick<Contents, 'load'> },
): Promise<Step | null> {
  const old = await loadVersion(before, contents)
  if (text.version === after) {
    if (old === 'gone') throw new UserError(previousVersionGone(path))
    return { bytes: old, version: before, isMerged: text.isMerged }
  }
  const changed = await loadVersion(after, contents)
  if (old === 'gone' || changed === 'gone') return null
  // A link is one thing, which cannot be merged.
  if ([text.version, before, after].some(isLinkVersion)) return null
  const merged = mergeBytes(changed, text.bytes, old)
  return merged === null ? null : { bytes: merged, version: '', isMerged: true }
}

/** Both versions of a change. Throws a `UserError` when one of them was removed. */
export async function loadVersions(
  {
    path,
    before,
    after,
  }: { readonly path: string; readonly before: string; readonly after: string },
  contents: Pick<Contents, 'load'>,
): Promise<readonly [Buffer | null, Buffer | null]> {
  const [old, now] = await Promise.all([
    loadVersion(before, contents),
    loadVersion(after, contents),
  ])
  if (old === 'gone' || now === 'gone') throw new UserError(previousVersionGone(path))
  return [old, now]
}

async function loadVersion(
  version: string,
  contents: Pick<Contents, 'load'>,
): Promise<Buffer | null | 'gone'> {
  if (version === MISSING_FILE) return null
  return (await contents.load(version)) ?? 'gone'
}

/** Merging is slow when much differs. */
const MAX_MERGED_BYTES = 2 * 1_048_576

/** `mine` with the change from `base` to `theirs`; null where both differ in the same lines, or one of them is not a text. */
export function mergeBytes(
  base: Buffer | null,
  mine: Buffer | null,
  theirs: Buffer | null,
): Buffer | null {
  return mergeBy(mergeLines, [base, mine, theirs])
}

/** The same with what fits of the change; null where one of them is not a text. */
export function mergeFitting(
  base: Buffer | null,
  mine: Buffer | null,
  theirs: Buffer | null,
): Buffer | null {
  return mergeBy(mergeOtherLines, [base, mine, theirs])
}

type Sides<Side> = readonly [base: Side, mine: Side, theirs: Side]

function mergeBy(
  merge: (...sides: Sides<readonly string[]>) => readonly string[] | null,
  [base, mine, theirs]: Sides<Buffer | null>,
): Buffer | null {
  if (base === null || mine === null || theirs === null) return null
  if ([base, mine, theirs].some((one) => one.length > MAX_MERGED_BYTES || isBinary(one)))
    return null
  // Byte by byte, whatever the encoding is.
  const [original = [], one = [], other = []] = [base, mine, theirs].map((bytes) =>
    bytes.toString('latin1').split('\n'),
  )
  const merged = merge(original, one, other)
  return merged === null ? null : Buffer.from(merged.join('\n'), 'latin1')
}
