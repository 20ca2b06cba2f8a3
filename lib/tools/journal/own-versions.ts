import { UserError } from '../../util/user-error.ts'
import { MISSING_FILE } from '../files/files.ts'
import { isLinkVersion } from '../files/link-version.ts'
import type { Contents } from './contents.ts'
import type { JournalEntry } from './journal-log.ts'
import { mergeFitting, revertStep } from './plan-revert.ts'

/** Two versions of a file, which differ in what its recorded changes do. */
export type OwnVersions = Pick<JournalEntry, 'before' | 'after'>

/**
 * The changes of a file, oldest first, as one. What was changed in between without being recorded is left out; where it is in the
 * same lines, so is what was changed in these lines before it.
 */
export async function ownVersions(
  chain: readonly JournalEntry[],
  contents: Contents,
): Promise<OwnVersions> {
  const last = chain.findLastIndex(({ before }, at) => at > 0 && chain[at - 1]?.after !== before)
  const before = chain[0]?.before ?? MISSING_FILE
  const after = chain.at(-1)?.after ?? MISSING_FILE
  if (last < 0) return { before, after }
  const composed = await compose(chain, contents)
  return composed === null
    ? { before: await withoutChanges(chain, contents), after }
    : { before, after: composed }
}

/** The last version without the changes, as far as nothing else was changed in their lines since. */
async function withoutChanges(chain: readonly JournalEntry[], contents: Contents): Promise<string> {
  const load = async (version: string): Promise<Buffer | null> =>
    version === MISSING_FILE ? null : contents.load(version)
  let version = chain.at(-1)?.after ?? MISSING_FILE
  /** What is no version that is stored. */
  let merged: Buffer | null = null
  for (const { before, after } of chain.toReversed()) {
    if (merged === null && version === after) version = before
    else {
      if ([after, version, before].some(isLinkVersion)) break
      const current: Buffer | null = merged ?? (await load(version))
      const [changed, old] = [await load(after), await load(before)]
      // Of a file that was created, what another has written remains.
      const isNew = before === MISSING_FILE && current !== null
      const rest = mergeFitting(changed, current, isNew ? Buffer.alloc(0) : old)
      if (rest === null) break
      merged = rest
    }
  }
  return merged === null ? version : contents.save(merged)
}

/** The version that the changes alone lead to; null when that cannot be computed. */
async function compose(chain: readonly JournalEntry[], contents: Contents): Promise<string | null> {
  const [first, ...later] = chain
  if (first === undefined) return null
  const { path } = first
  const bytes = first.after === MISSING_FILE ? null : await contents.load(first.after)
  let text = { bytes, version: first.after, isMerged: false }
  try {
    for (const { before, after } of later) {
      // As if the change were reverted in the other direction.
      const next = await revertStep(text, { before: after, after: before }, { path, contents })
      if (next === null) return null
      text = next
    }
  } catch (thrown) {
    if (thrown instanceof UserError) return null
    throw thrown
  }
  if (text.version !== '') return text.version
  return text.bytes === null ? MISSING_FILE : contents.save(text.bytes)
}
