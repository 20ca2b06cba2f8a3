import { join, relative } from 'node:path'
import { askGit } from '../../permissions/git/ask-git.ts'
import { findGitDanger } from '../../permissions/git/git-config.ts'
import { MISSING_FILE } from '../files/files.ts'
import type { ObjectFormat } from './binary-patch.ts'
import type { Contents } from './contents.ts'
import { type GitModes, gitModesOf, isLinkMode, type ModeFacts } from './git-modes.ts'
import { isStorable } from './git-names.ts'
import { toGitPatch } from './git-patch.ts'
import { mergeFitting } from './plan-revert.ts'
import { repositoryTop, topOfDirectory } from './repository-top.ts'
import { indexedFiles, sidesWith } from './stage.ts'
import type { ChangedFile } from './summarize-changes.ts'

interface PatchOptions {
  readonly journal: Pick<Contents, 'load'>
  /** Real path of the project. */
  readonly directory: string
  /** To be applied to the index of git, which may have other changes. `isVersionOf`: the versions that a file has had. */
  readonly forIndex?: { readonly isVersionOf: (path: string, version: string) => boolean }
}

/** Why a file, or for `lines` a part of it, is not in a patch. */
export type LeftOutReason = 'outside' | 'nested' | 'lost' | 'index' | 'lines'

interface FilesPatch {
  readonly patch: Buffer
  /** The files that cannot be in it. */
  readonly leftOut: readonly { readonly label: string; readonly reason: LeftOutReason }[]
  /** The files that git does not track: all of their text is in the patch, which could not be applied otherwise. */
  readonly complete: readonly string[]
  /** The directory that the paths begin in, when some are outside of the project. */
  readonly top: string | null
}

type PatchedFileFacts = Pick<ChangedFile, 'path' | 'label'> & ModeFacts

/** The changes of files for `git apply`, which reads paths from the top directory of the repository. */
export async function patchOfFiles(
  files: readonly PatchedFileFacts[],
  { journal, directory, forIndex }: PatchOptions,
): Promise<FilesPatch> {
  const top = (await topOfDirectory(directory)) ?? directory
  const names = files.map(({ path }) => relative(top, path)).filter(isStorable)
  const hasGit = forIndex !== undefined && (await findGitDanger(top)) === null
  const index = hasGit ? await readIndexed(top, names) : null
  const format = index === null ? 'sha1' : await objectFormatOf(top)
  const complete: string[] = []
  const patches: Buffer[] = []
  const leftOut: { label: string; reason: LeftOutReason }[] = []
  for (const file of files) {
    const { path, label, before, after } = file
    const name = relative(top, path)
    const [old = null, now = null] = await Promise.all(
      [before, after].map((version) => journal.load(version)),
    )
    const isLost =
      (old === null && before !== MISSING_FILE) || (now === null && after !== MISSING_FILE)
    if (isLost) leftOut.push({ label, reason: 'lost' })
    else if (!isStorable(name)) leftOut.push({ label, reason: 'outside' })
    else if (((await repositoryTop(path)) ?? top) !== top) leftOut.push({ label, reason: 'nested' })
    else {
      const modes = await gitModesOf(file)
      const staged = index?.get(name)
      const isComplete = index !== null && staged === undefined && old !== null && now !== null
      const change = { path, isPart: false, before: old, after: now, modes }
      const sides =
        index === null
          ? { before: old, after: now, modes }
          : staged === undefined
            ? { before: null, after: now, modes }
            : staged === null || forIndex === undefined
              ? null
              : (sidesWith(staged, change, forIndex) ?? fittingSides(staged, change))
      if (sides !== null && 'isPart' in sides) leftOut.push({ label, reason: 'lines' })
      if (sides === null) leftOut.push({ label, reason: 'index' })
      else if (!isSame(sides)) {
        patches.push(toGitPatch({ path: name, ...sides }, format))
        if (isComplete) complete.push(label)
      }
    }
  }
  const isOutside = names.some((name) => !isBelow(relative(directory, join(top, name))))
  return { patch: Buffer.concat(patches), leftOut, complete, top: isOutside ? top : null }
}

/** The file of the index with those lines of the change that fit; null where none does. */
function fittingSides(
  { bytes, mode }: { readonly bytes: Buffer; readonly mode: GitModes['before'] },
  { before, after, modes }: Pick<PatchedSides, 'before' | 'after' | 'modes'>,
): (PatchedSides & { readonly isPart: true }) | null {
  if ([mode, modes.before, modes.after].some(isLinkMode)) return null
  const merged = mergeFitting(before, bytes, after)
  if (merged === null || merged.equals(bytes)) return null
  const isOtherMode = modes.before !== modes.after
  const bits = { before: mode, after: isOtherMode ? modes.after : mode }
  return { before: bytes, after: merged, modes: bits, isPart: true }
}

const isBelow = (name: string): boolean => name !== '..' && !name.startsWith('../')

type PatchedSides = Omit<Parameters<typeof toGitPatch>[0], 'path'>

const isSame = ({ before, after, modes }: PatchedSides): boolean =>
  before === null || after === null
    ? before === after
    : before.equals(after) && modes.before === modes.after

/** Null outside of a repository. */
async function readIndexed(top: string, names: readonly string[]) {
  const isRepository = await askGit(top, ['rev-parse', '--is-inside-work-tree'])
  return isRepository === null ? null : indexedFiles(top, names)
}

async function objectFormatOf(top: string): Promise<ObjectFormat> {
  const answer = await askGit(top, ['rev-parse', '--show-object-format'])
  return answer?.toString().trim() === 'sha256' ? 'sha256' : 'sha1'
}
