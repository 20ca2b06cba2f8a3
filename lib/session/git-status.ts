import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { findGitDanger } from '../permissions/git/git-config.ts'
import { guessGitDirectory, nullOnFailure, readGitFile } from '../permissions/git/git-repository.ts'
import { runInRepository } from '../permissions/git/run-in-repository.ts'
import type { GitStatus } from './state/surroundings.ts'

/**
 * The branch of the directory and how many files differ from the last commit; null outside of a repository. git is not asked when
 * the repository would make it run a program.
 */
export async function readGitStatus(directory: string): Promise<GitStatus | null> {
  const repository = await guessGitDirectory(directory)
  const branch = await readBranch(directory)
  if (branch === null || repository === null || repository.worktree === null) return null
  const files = await readFiles(directory)
  if (files === null) return { branch, changed: null }
  const staged = stagedFiles(files, repository.worktree)
  return { branch, changed: files.length, ...(staged === null ? {} : { staged }) }
}

/** The branch alone, for which git is not asked; null outside of a work tree. */
export async function readBranch(directory: string): Promise<string | null> {
  const repository = await guessGitDirectory(directory)
  if (repository === null || repository.worktree === null) return null
  const file = path.join(repository.gitDirectory, 'HEAD')
  // A link could lead to any file, and its start would go to the model.
  const isLink = (await nullOnFailure(lstat(file)))?.isSymbolicLink() ?? true
  return branchOf(isLink ? '' : ((await readGitFile(file)) ?? ''))
}

/** The branch of a `HEAD` file, or the start of the commit that is checked out. */
function branchOf(head: string): string {
  const text = head.trimEnd()
  const branch = /^ref: refs\/heads\/(.+)$/su.exec(text)?.[1]
  if (branch !== undefined) return isBranchName(branch) ? branch : UNUSUAL_BRANCH
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
    ? text.slice(0, COMMIT_CHARACTERS)
    : UNUSUAL_BRANCH
}

/** What git accepts for one (`git check-ref-format`), without what could be taken for markup; the model gets it. */
function isBranchName(name: string): boolean {
  return (
    name.length <= MAX_BRANCH_CHARACTERS &&
    !/[\s\p{C}~^:?*[\\<>`"]|\.\.|@\{|\/\/|\.$|\.lock$|^\/|\/$/u.test(name)
  )
}

const MAX_BRANCH_CHARACTERS = 120

/** For a `HEAD` that git would not have written. */
const UNUSUAL_BRANCH = '?'

const COMMIT_CHARACTERS = 8

/** How many files differ from the last commit; null when git cannot be asked. */
export async function countChanged(directory: string): Promise<number | null> {
  return (await readFiles(directory))?.length ?? null
}

/** A letter for the index, one for the file, and its name. */
type StatusLine = string

async function readFiles(directory: string): Promise<readonly StatusLine[] | null> {
  if ((await findGitDanger(directory)) !== null) return null
  const result = await runInRepository(directory, STATUS)
  return result.ok ? parseStatus(result.output.toString()) : null
}

const STATUS = [
  'status',
  '--porcelain',
  '-z',
  '--untracked-files=normal',
  '--ignore-submodules=all',
]

/** A renamed file is followed by its earlier name. */
function parseStatus(output: string): readonly StatusLine[] {
  const fields = output.split('\0').slice(0, -1)
  const lines: StatusLine[] = []
  for (let at = 0; at < fields.length; at++) {
    const line = fields[at] ?? ''
    if (!isOwnSettings(line)) lines.push(line)
    if (isRenamed(line)) at++
  }
  return lines
}

/** What letta itself saves at its first start in a project; the person has changed nothing. Once committed, it is a file like others. */
function isOwnSettings(entry: string): boolean {
  return /^\?\? (.*\/)?\.letta\/(settings\.json)?$/s.test(entry)
}

function isRenamed(entry: string): boolean {
  return /^[RC]|^.[RC]/.test(entry)
}

/** For the page of changes, which lists fewer files. */
const MAX_STAGED = 1_000

function stagedFiles(
  lines: readonly StatusLine[],
  worktree: string,
): NonNullable<GitStatus['staged']> | null {
  const staged = lines
    .filter((line) => /^[^ ?!]/.test(line))
    .slice(0, MAX_STAGED)
    .map((line) => [path.join(worktree, line.slice(3)), line[1] === ' ' ? 'all' : 'part'] as const)
  return staged.length === 0 ? null : Object.fromEntries(staged)
}
