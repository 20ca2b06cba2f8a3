import path from 'node:path'
import { askGit } from '../permissions/git/ask-git.ts'
import { findGitDanger } from '../permissions/git/git-config.ts'
import { findRepository, readText } from '../permissions/git/git-repository.ts'
import type { GitStatus } from './state/surroundings.ts'

/**
 * The branch of the directory and how many files differ from the last commit; null outside of a repository. git is not asked when
 * the repository would make it run a program.
 */
export async function readGitStatus(directory: string): Promise<GitStatus | null> {
  const branch = await readBranch(directory)
  return branch === null ? null : { branch, changed: await countChanged(directory) }
}

/** The branch alone, for which git is not asked; null outside of a work tree. */
export async function readBranch(directory: string): Promise<string | null> {
  const repository = await findRepository(directory)
  if (repository === null || repository.worktree === null) return null
  return branchOf((await readText(path.join(repository.gitDirectory, 'HEAD')))?.trim() ?? '')
}

/** The branch of a `HEAD` file, or the start of the commit that is checked out. */
function branchOf(head: string): string {
  return /^ref: refs\/heads\/(.+)$/.exec(head)?.[1] ?? head.slice(0, COMMIT_CHARACTERS)
}

const COMMIT_CHARACTERS = 8

/** How many files differ from the last commit; null when git cannot be asked. */
export async function countChanged(directory: string): Promise<number | null> {
  if ((await findGitDanger(directory)) !== null) return null
  const output = await askGit(directory, STATUS)
  return output === null ? null : countEntries(output.toString())
}

const STATUS = [
  'status',
  '--porcelain',
  '-z',
  '--untracked-files=normal',
  '--ignore-submodules=all',
]

/** A renamed file is followed by its earlier name. */
function countEntries(output: string): number {
  const fields = output.split('\0').slice(0, -1)
  let count = 0
  for (let at = 0; at < fields.length; at += isRenamed(fields[at] ?? '') ? 2 : 1) count++
  return count
}

function isRenamed(entry: string): boolean {
  return /^[RC]|^.[RC]/.test(entry)
}
