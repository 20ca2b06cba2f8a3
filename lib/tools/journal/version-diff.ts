import { diffSteps, type Hunk } from '../../util/unified-diff.ts'
import { MISSING_FILE } from '../files/files.ts'
import { runInSlices } from '../files/run-in-slices.ts'
import { decodeText, isBinary, showable } from '../files/text-encoding.ts'
import type { Contents } from './contents.ts'

/** How two versions of a file differ. */
export interface VersionDiff {
  /** `lost`: one of the contents is not stored, or no longer. Only a text has hunks. */
  readonly type: 'text' | 'binary' | 'tooLarge' | 'lost'
  readonly hunks: readonly Hunk[]
  readonly added: number
  readonly removed: number
}

const MAX_DIFF_BYTES = 20 * 1_048_576

/** The lines that differ between two contents; null for a file that does not exist. */
export async function diffContents(
  before: Buffer | null,
  after: Buffer | null,
): Promise<VersionDiff> {
  const contents = [before, after].filter((bytes) => bytes !== null)
  if (contents.some(({ length }) => length > MAX_DIFF_BYTES)) return emptyDiff('tooLarge')
  if (contents.some((bytes) => isBinary(bytes))) return emptyDiff('binary')
  const [old, now] = [before, after].map((bytes) => decodeText(bytes ?? Buffer.alloc(0)))
  if (old === undefined || now === undefined) return emptyDiff('lost')
  const areSame = before === null || after === null || old.newline === now.newline
  const [from = '', to = ''] = [old, now].map(({ text, newline }) =>
    showable(areSame || newline !== '\r\n' ? text : text.replaceAll('\n', '\r\n')),
  )
  return { type: 'text', ...(await runInSlices(diffSteps(from, to))) }
}

function emptyDiff(type: VersionDiff['type']): VersionDiff {
  return { type, hunks: [], added: 0, removed: 0 }
}

const MAX_CACHED = 400

/** The diff of two versions, computed once. */
export type DiffVersions = (before: string, after: string) => Promise<VersionDiff>

export function createVersionDiffs(contents: Pick<Contents, 'load'>): DiffVersions {
  const known = new Map<string, Promise<VersionDiff>>()
  const compute = async (before: string, after: string): Promise<VersionDiff> => {
    const [old, now] = await Promise.all([before, after].map((version) => load(version, contents)))
    if (old === undefined || now === undefined) return emptyDiff('lost')
    return diffContents(old, now)
  }
  return (before, after) => {
    const key = `${before} ${after}`
    const found = known.get(key) ?? compute(before, after)
    known.delete(key)
    known.set(key, found)
    for (const oldest of known.keys()) {
      if (known.size <= MAX_CACHED) break
      known.delete(oldest)
    }
    return found
  }
}

/** Undefined when it is not stored. */
async function load(
  version: string,
  contents: Pick<Contents, 'load'>,
): Promise<Buffer | null | undefined> {
  if (version === MISSING_FILE) return null
  return (await contents.load(version)) ?? undefined
}
