import { isErrno } from '../../fs/errno.ts'
import { UserError } from '../../util/user-error.ts'
import { MISSING_FILE, readRegularFile } from '../files/files.ts'
import { isLinkVersion } from '../files/link-version.ts'
import type { Contents } from './contents.ts'
import { type JournalEntry, UNRECORDED } from './journal-log.ts'
import { looksSecret } from './looks-secret.ts'
import { type OwnVersions, ownVersions } from './own-versions.ts'

/**
 * What others have made of a file besides its recorded changes; null for nothing. `own`: the recorded changes as one. `current`:
 * the version that the file has now.
 */
export async function outsideVersions(
  chain: readonly JournalEntry[],
  { own, current }: { readonly own: OwnVersions; readonly current: string },
  contents: Contents,
): Promise<OwnVersions | null> {
  const [first] = chain
  const last = chain.at(-1)
  if (first === undefined || last === undefined) return null
  // Where both have changed the same lines, the change of others ends where that of the agent begins.
  const parts =
    own.before === first.before
      ? [{ before: own.after, after: current }]
      : [
          { before: first.before, after: own.before },
          { before: last.after, after: current },
        ]
  const changed = parts.filter(({ before, after }) => before !== after)
  const known = [...changed.flatMap(({ before, after }) => [before, after]), last.after]
  if (changed.length === 0 || known.some(isLinkVersion)) return null
  return ownVersions(
    changed.map((part) => ({ ...last, ...part })),
    contents,
  )
}

/** As with commands: of larger contents only that they changed is known. */
const MAX_BYTES = 1_048_576

export interface CurrentOptions {
  /** All changes that are recorded in the project, of any session. */
  readonly entries: readonly JournalEntry[]
  readonly contents: Pick<Contents, 'save'>
  /** The name of a file below the project. */
  readonly label: (path: string) => string
}

/**
 * The version of the file of a change as it is now, which is stored. The version that the change has led to, where a later session
 * has changed the file or it cannot be read.
 */
export async function currentVersion(
  change: JournalEntry,
  { entries, contents, label }: CurrentOptions,
): Promise<string> {
  const { path, after } = change
  const isLatest = !entries.some(
    (entry) =>
      entry.path === path &&
      entry.at > change.at &&
      entry.sessionId !== change.sessionId &&
      entry.source !== 'outside',
  )
  if (!isLatest || after === UNRECORDED || isLinkVersion(after)) return after
  try {
    const file = await readRegularFile(path, Number.POSITIVE_INFINITY)
    if (file === null) return MISSING_FILE
    if (file.version === after) return after
    if (file.bytes.length > MAX_BYTES || looksSecret(label(path))) return UNRECORDED
    return await contents.save(file.bytes)
  } catch (thrown) {
    if (thrown instanceof UserError || isErrno(thrown)) return after
    throw thrown
  }
}
