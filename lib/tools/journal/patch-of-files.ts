import { stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
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
}

type PatchedFileFacts = Pick<ChangedFile, 'path' | 'label' | 'before' | 'after' | 'mode'>

/** The changes of files for `git apply`, which reads paths from the top directory of the repository. */
export async function patchOfFiles(
  files: readonly PatchedFileFacts[],
  { journal, directory }: PatchOptions,
): Promise<FilesPatch> {
  const top = await findRepository(directory)
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
      const patch = toGitPatch({ path: name, before: old, after: now, isExecutable })
      if (patch === null) leftOut.push({ label, reason: 'binary' })
      else patches.push(patch)
    }
  }
  return { patch: Buffer.concat(patches), leftOut }
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
