import { stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { askGit } from '../../permissions/git/ask-git.ts'
import { findGitDanger } from '../../permissions/git/git-config.ts'
import { MISSING_FILE } from '../files/files.ts'
import type { Contents } from './contents.ts'
import { toGitPatch } from './git-patch.ts'
import type { ChangedFile } from './summarize-changes.ts'

interface PatchOptions {
  readonly journal: Pick<Contents, 'load'>
  /** Real path of the project. */
  readonly directory: string
}

interface FilesPatch {
  readonly patch: Buffer
  /** The files that cannot be in it. */
  readonly leftOut: readonly {
    readonly label: string
    readonly reason: 'binary' | 'outside' | 'lost'
  }[]
  /** The files that git does not track: all of their text is in the patch, which could not be applied otherwise. */
  readonly complete: readonly string[]
}

type PatchedFileFacts = Pick<ChangedFile, 'path' | 'label' | 'before' | 'after' | 'mode'>

/** The changes of files for `git apply`, which reads paths from the top directory of the repository. */
export async function patchOfFiles(
  files: readonly PatchedFileFacts[],
  { journal, directory }: PatchOptions,
): Promise<FilesPatch> {
  const top = await findRepository(directory)
  const untracked = await findUntracked(
    top,
    files.filter(({ before }) => before !== MISSING_FILE).map(({ path }) => relative(top, path)),
  )
  const complete: string[] = []
  const patches: Buffer[] = []
  const leftOut: { label: string; reason: 'binary' | 'outside' | 'lost' }[] = []
  for (const { path, label, before, after, mode } of files) {
    const name = relative(top, path)
    const [old = null, now = null] = await Promise.all(
      [before, after].map((version) => journal.load(version)),
    )
    const isLost =
      (old === null && before !== MISSING_FILE) || (now === null && after !== MISSING_FILE)
    if (isLost) leftOut.push({ label, reason: 'lost' })
    else if (name.startsWith('../')) leftOut.push({ label, reason: 'outside' })
    else {
      const isExecutable = await hasExecutableBit(path, mode)
      const isUntracked = untracked.has(name)
      // Git knows nothing of a file that was neither there before nor is now.
      if (isUntracked && now === null) continue
      const before = isUntracked ? null : old
      const patch = toGitPatch({ path: name, before, after: now, isExecutable })
      if (isUntracked && patch !== null) complete.push(label)
      if (patch === null) leftOut.push({ label, reason: 'binary' })
      else patches.push(patch)
    }
  }
  return { patch: Buffer.concat(patches), leftOut, complete }
}

/** Those of the files that are not in the index; none where git cannot be asked. */
async function findUntracked(top: string, names: readonly string[]): Promise<ReadonlySet<string>> {
  const inside = names.filter((name) => !name.startsWith('../'))
  if (inside.length === 0 || (await findGitDanger(top)) !== null) return new Set()
  const list = ['--literal-pathspecs', 'ls-files', '-z', '--', ...inside]
  const output = await askGit(top, list)
  if (output === null) return new Set()
  const tracked = new Set(output.toString().split('\0'))
  return new Set(inside.filter((name) => !tracked.has(name)))
}

/** The directory above that has a `.git`; without one the directory itself. */
async function findRepository(directory: string): Promise<string> {
  for (let top = directory; ; top = dirname(top)) {
    const isTop = await stat(join(top, '.git')).then(
      () => true,
      () => false,
    )
    if (isTop) return top
    if (top === dirname(top)) return directory
  }
}

async function hasExecutableBit(path: string, mode: number | null): Promise<boolean> {
  const stats = await stat(path).catch(() => null)
  return ((mode ?? stats?.mode ?? 0) & 0o100) !== 0
}
