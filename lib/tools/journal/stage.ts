import { relative } from 'node:path'
import { isInside } from '../../fs/is-inside.ts'
import { findRepository } from '../../permissions/git/find-repository.ts'
import { findGitDanger } from '../../permissions/git/git-config.ts'
import { runInRepository } from '../../permissions/git/run-in-repository.ts'
import { changedLineCount } from '../../util/select-changes.ts'
import { UserError } from '../../util/user-error.ts'
import { versionOf } from '../files/files.ts'
import {
  alreadyCommitted,
  gitFailed,
  NOTHING_STAGED_OUTSIDE,
  NOTHING_TO_STAGE,
  notInIndex,
  outsideRepository,
  repositoryRunsPrograms,
  SEVERAL_REPOSITORIES,
  stagedDiffers,
} from '../messages/journal.ts'
import type { Contents } from './contents.ts'
import { type GitMode, type GitModes, gitModesOf, isLinkMode } from './git-modes.ts'
import { isStorable } from './git-names.ts'
import { loadVersions, mergeBytes, withoutLines } from './plan-revert.ts'
import { repositoryTop } from './repository-top.ts'

/** A change of a file, or some lines of it. */
export interface StagedChange {
  /** Real path. */
  readonly path: string
  /** Versions. */
  readonly before: string
  readonly after: string
  /** Permission bits; null for those of the file as it is. */
  readonly mode?: number | null
  readonly modeAfter?: number | null
  /** Numbers of the changed lines, as in `RejectedLines`; null for all. */
  readonly lines: readonly number[] | null
  /** The file no longer has it: it can only be unstaged. */
  readonly undone?: boolean
}

interface StageOptions {
  readonly contents: Pick<Contents, 'load'>
  /** Real path of the project. */
  readonly directory: string
  /** The versions that a file has had. */
  readonly isVersionOf: (path: string, version: string) => boolean
  /** Whether the file had the version after that one. */
  readonly isLater?: (path: string, version: string, than: string) => boolean
}

/**
 * Adds changes to the index of git, and nothing else of their files; when all of them are there, removes them, as far as they are not
 * committed. All or none: throws a `UserError` when the index has something else in the same lines, and when all of them are
 * committed. The files themselves do not change. Gives whether they were added.
 */
export async function toggleStaged(
  changes: readonly StagedChange[],
  options: StageOptions,
): Promise<boolean> {
  const top = await openTop(options.directory, changes)
  const names = new Map(changes.map(({ path }) => [path, nameIn(top, path)]))
  const index = await readIndex(top, [...names.values()])
  const loaded = await Promise.all(
    changes.map(async (change) => partOf(await loadChange(change, options.contents), change.lines)),
  )
  const entryOf = (path: string): IndexEntry | null => index.get(names.get(path) ?? '') ?? null
  const apply = (steps: readonly LoadedChange[]): ReadonlyMap<string, IndexEntry | null> => {
    const staged = new Map<string, IndexEntry | null>()
    for (const step of steps) {
      const { path } = step
      const current = staged.has(path) ? (staged.get(path) ?? null) : entryOf(path)
      staged.set(path, applyEntry(current, step, options))
    }
    return staged
  }
  const staged = [...apply(loaded)]
  const isAdded = !staged.every(([path, entry]) => isSameEntry(entryOf(path), entry))
  if (isAdded && changes.every(({ undone }) => undone === true))
    throw new UserError(NOTHING_TO_STAGE)
  const wanted = isAdded ? staged : [...apply(await stepsBack(top, loaded, { ...options, names }))]
  const lines = await Promise.all(
    wanted.map(([path, entry]) => indexLine(top, names.get(path) ?? '', { entry, index })),
  )
  const input = Buffer.from(lines.map((line) => `${line}\0`).join(''))
  await git(top, ['update-index', '-z', '--index-info'], input)
  return isAdded
}

/** Where a part of a change is, besides in the file. */
export type PartStage = 'staged' | 'committed'

/** Where each part of a change is; null for one that is in the file only. Nothing where git cannot be asked. */
export async function stagesOf(
  change: Omit<StagedChange, 'lines'>,
  parts: readonly (readonly number[])[],
  options: StageOptions,
): Promise<readonly (PartStage | null)[]> {
  try {
    const top = await openTop(options.directory, [change])
    const name = nameIn(top, change.path)
    const staged = (await readIndex(top, [name])).get(name) ?? null
    const isIn = (entry: IndexEntry | null, step: LoadedChange): boolean => {
      if (entry === null) return false
      try {
        return isSameEntry(entry, applyEntry(entry, step, options))
      } catch (thrown) {
        if (thrown instanceof UserError) return false
        throw thrown
      }
    }
    const loaded = await loadChange(change, options.contents)
    const steps = parts.map((lines) => partOf(loaded, parts.length === 1 ? null : lines))
    const inIndex = new Set(steps.filter((step) => isIn(staged, step)))
    if (inIndex.size === 0) return steps.map(() => null)
    const committed = (await readCommitted(top, [name]))?.get(name) ?? null
    return steps.map((step) =>
      inIndex.has(step) ? (isIn(committed, step) ? 'committed' : 'staged') : null,
    )
  } catch (thrown) {
    if (thrown instanceof UserError) return []
    throw thrown
  }
}

/** What removes the changes from the index, and leaves what the last commit has of them. */
async function stepsBack(
  top: string,
  changes: readonly LoadedChange[],
  { names, ...options }: StageOptions & { readonly names: ReadonlyMap<string, string> },
): Promise<readonly LoadedChange[]> {
  const committed = await readCommitted(top, [...names.values()])
  if (committed === null) return changes.toReversed().map(reversed)
  const contents = new Map<string, IndexEntry | null>(committed)
  const steps: LoadedChange[] = []
  for (const change of changes) {
    const name = names.get(change.path) ?? ''
    const known = contents.get(name) ?? null
    const step = committedStep(known, change, options)
    contents.set(name, entryAfter(step))
    if (!isSameEntry(entryBefore(step), entryAfter(step))) steps.push(step)
  }
  if (steps.length === 0) throw new UserError(alreadyCommitted([...names.values()]))
  return steps.toReversed().map(reversed)
}

/** What the change adds to what is committed; the change itself when the commit has something else in the same lines. */
function committedStep(
  committed: IndexEntry | null,
  change: LoadedChange,
  options: StageOptions,
): LoadedChange {
  // The file is not committed, or its deletion is.
  if (committed === null) return change.after === null ? { ...change, before: null } : change
  return { ...change, ...sidesWith(committed, change, options) }
}

/** A file of the index or of a commit, before and after the change; null where it has something else in the same lines. */
export function sidesWith(
  entry: IndexEntry,
  change: LoadedChange,
  options: Pick<StageOptions, 'isVersionOf' | 'isLater'>,
): Pick<LoadedChange, 'before' | 'after' | 'modes'> | null {
  try {
    const after = applyEntry(entry, change, options)
    const modes = { before: entry.mode, after: after?.mode ?? entry.mode }
    return { before: entry.bytes, after: after?.bytes ?? null, modes }
  } catch (thrown) {
    if (thrown instanceof UserError) return null
    throw thrown
  }
}

/** The files of the last commit, by name; null before the first one. */
async function readCommitted(
  top: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, IndexEntry> | null> {
  const head = await runInRepository(top, ['rev-parse', '--verify', '--quiet', 'HEAD'])
  if (!head.ok) return null
  const commit = head.output.toString().trim()
  const list = ['--literal-pathspecs', 'ls-tree', '-z', '--full-tree', commit, '--', ...names]
  const files = new Map<string, IndexEntry>()
  for (const line of (await git(top, list)).toString().split('\0')) {
    const [, mode, blob, name] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? []
    if (blob === undefined || name === undefined || !isGitMode(mode)) continue
    files.set(name, { mode, bytes: await git(top, ['cat-file', 'blob', blob]) })
  }
  return files
}

/** The top directory of the repository of the project, or of that within it to which all files belong, if git runs no program for it. */
async function openTop(
  directory: string,
  files: readonly { readonly path: string }[],
): Promise<string> {
  const repository = await findRepository(directory)
  if (typeof repository === 'string' || repository.worktree === null)
    throw new UserError(NOTHING_STAGED_OUTSIDE)
  const own = repository.worktree
  const tops = await Promise.all(
    files.map(async ({ path }) => {
      const top = await repositoryTop(path)
      return top !== null && isInside(top, own) ? top : own
    }),
  )
  const [top = own, ...others] = new Set(tops)
  if (others.length > 0) throw new UserError(SEVERAL_REPOSITORIES)
  const danger = await findGitDanger(top)
  if (danger !== null) throw new UserError(repositoryRunsPrograms(danger))
  return top
}

function nameIn(top: string, path: string): string {
  const name = relative(top, path)
  if (!isStorable(name)) throw new UserError(outsideRepository(path))
  return name
}

/** A file of the index or of a commit. */
interface IndexEntry {
  readonly mode: GitMode
  readonly bytes: Buffer
}

async function readIndex(
  top: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, IndexEntry>> {
  const output = await git(top, ['--literal-pathspecs', 'ls-files', '-s', '-z', '--', ...names])
  const entries = new Map<string, IndexEntry>()
  for (const line of output.toString().split('\0')) {
    const [, mode, blob, stage, name] = /^(\d+) ([0-9a-f]+) (\d)\t(.*)$/s.exec(line) ?? []
    if (mode === undefined || blob === undefined || name === undefined) continue
    // Other stages are those of a merge with conflicts; other modes those of submodules.
    if (stage !== '0' || !isGitMode(mode)) throw new UserError(stagedDiffers(name))
    entries.set(name, { mode, bytes: await git(top, ['cat-file', 'blob', blob]) })
  }
  return entries
}

interface LoadedChange {
  readonly path: string
  /** The version that the change has led to. */
  readonly version?: string
  readonly isPart: boolean
  readonly before: Buffer | null
  readonly after: Buffer | null
  readonly modes: GitModes
}

function isGitMode(mode: string | undefined): mode is GitMode {
  return mode === '100644' || mode === '100755' || mode === '120000'
}

async function loadChange(
  change: Omit<StagedChange, 'lines'>,
  contents: Pick<Contents, 'load'>,
): Promise<LoadedChange> {
  const { path, before, after } = change
  const [old, now] = await loadVersions({ path, before, after }, contents)
  const modes = await gitModesOf(change)
  return { path, version: after, isPart: false, before: old, after: now, modes }
}

/** These lines of a change; the change itself for all of them, and when it is one of links. */
function partOf(change: LoadedChange, lines: StagedChange['lines']): LoadedChange {
  const { before, after, modes } = change
  if (lines === null || isLinkMode(modes.before) || isLinkMode(modes.after)) return change
  const chosen = new Set(lines)
  const selected = withoutLines([before, after], (hunks) => {
    const all = Array.from({ length: changedLineCount(hunks) }, (_, at) => at)
    return new Set(all.filter((at) => !chosen.has(at)))
  })
  // The permission bits belong to none of the lines.
  const same = { before: modes.after, after: modes.after }
  return { ...change, isPart: true, after: selected, modes: same }
}

function reversed({ before, after, modes, version: _, ...change }: LoadedChange): LoadedChange {
  const back = { before: modes.after, after: modes.before }
  return { ...change, before: after, after: before, modes: back }
}

function entryBefore({ before, modes }: LoadedChange): IndexEntry | null {
  return before === null ? null : { bytes: before, mode: modes.before }
}

function entryAfter({ after, modes }: LoadedChange): IndexEntry | null {
  return after === null ? null : { bytes: after, mode: modes.after }
}

function isSameEntry(one: IndexEntry | null, other: IndexEntry | null): boolean {
  return isSame(one?.bytes, other?.bytes) && one?.mode === other?.mode
}

/** The files of the index, by name; submodules, and files that a merge has left with conflicts, are null. */
export async function indexedFiles(
  top: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, IndexEntry | null>> {
  const files = new Map<string, IndexEntry | null>()
  for (const name of names) {
    try {
      for (const [found, entry] of await readIndex(top, [name])) files.set(found, entry)
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown
      files.set(name, null)
    }
  }
  return files
}

/** The file of the index with the change; throws a `UserError` when it has something else in the same lines. */
function applyEntry(
  current: IndexEntry | null,
  change: LoadedChange,
  options: Pick<StageOptions, 'isVersionOf' | 'isLater'>,
): IndexEntry | null {
  const { path, modes } = change
  const hasLink = [current?.mode ?? modes.before, modes.before, modes.after].some(isLinkMode)
  if (hasLink) {
    // A link is one thing: it is replaced as it is known, or not at all.
    const known = [entryBefore(change), entryAfter(change), null]
    if (known.some((one) => isSameEntry(one, current))) return entryAfter(change)
    throw new UserError(stagedDiffers(path))
  }
  const bytes = applyTo(current?.bytes ?? null, change, options)
  if (bytes === null) return null
  const isOtherMode = modes.before !== modes.after
  return { bytes, mode: current === null || isOtherMode ? modes.after : current.mode }
}

/** The content of the index with the change; throws a `UserError` when it has something else in the same lines. */
function applyTo(
  current: Buffer | null,
  change: LoadedChange,
  { isVersionOf, isLater }: Pick<StageOptions, 'isVersionOf' | 'isLater'>,
): Buffer | null {
  const { path, isPart, version } = change
  // A repository can store the line feeds of a file that has others.
  const isOther = change.before?.includes('\r\n') === true
  const hasLineFeeds = isOther && current !== null && !current.includes('\r\n')
  const [before, after] = [change.before, change.after].map((bytes) =>
    hasLineFeeds && bytes !== null ? toLineFeeds(bytes) : bytes,
  )
  if (isSame(current, after) || isSame(current, before)) return after ?? null
  if (current === null) {
    if (isPart) throw new UserError(notInIndex(path))
    return after ?? null
  }
  const merged = mergeBytes(before ?? null, current, after ?? null)
  if (merged !== null) return merged
  // What came after the change has replaced its lines.
  if (version !== undefined && isLater?.(path, versionOf(current), version) === true) return current
  // An earlier version of the file was staged.
  if (!isPart && isVersionOf(path, versionOf(current))) return after ?? null
  throw new UserError(stagedDiffers(path))
}

function isSame(one: Buffer | null | undefined, other: Buffer | null | undefined): boolean {
  return one === null || one === undefined || other === null || other === undefined
    ? (one ?? null) === (other ?? null)
    : one.equals(other)
}

function toLineFeeds(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
}

/** A line for `update-index --index-info`. */
async function indexLine(
  top: string,
  name: string,
  {
    entry,
    index,
  }: { readonly entry: IndexEntry | null; readonly index: ReadonlyMap<string, IndexEntry> },
): Promise<string> {
  const known = index.get(name)
  if (entry === null) return `0 ${NO_BLOB}\t${name}`
  const { bytes, mode } = entry
  // A new file is stored as git stores it, for example with line feeds.
  const isFiltered = known === undefined && !isLinkMode(mode)
  const how = isFiltered ? ['--path', name] : ['--no-filters']
  const blob = await git(top, ['hash-object', '-w', '--stdin', ...how], bytes)
  return `${mode} ${blob.toString().trim()}\t${name}`
}

const NO_BLOB = '0'.repeat(40)

async function git(top: string, args: readonly string[], input?: Buffer): Promise<Buffer> {
  const result = await runInRepository(top, args, input)
  if (result.ok) return result.output
  throw new UserError(gitFailed(result.reason))
}
