import { execFile } from 'node:child_process'
import { lstat, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ignoreErrno, isErrno } from '../../fs/errno.ts'
import { readStoredBytes } from '../../fs/read-stored.ts'
import { findRepository } from '../../permissions/git/find-repository.ts'
import { findGitDanger } from '../../permissions/git/git-config.ts'
import { findListedDanger } from '../../permissions/git/run-in-repository.ts'
import { hasOtherMode } from '../../util/permission-bits.ts'
import { MISSING_FILE } from '../files/files.ts'
import { linkVersion } from '../files/link-version.ts'
import type { Journal, ObservedChange } from './journal.ts'
import { type Gap, UNRECORDED } from './journal-log.ts'
import { looksSecret } from './looks-secret.ts'
import { walkFiles } from './walk-files.ts'

/** Who ran what changed files. */
export type ShellOrigin = Pick<ObservedChange, 'callId' | 'turnId' | 'tool' | 'source' | 'command'>

/**
 * Records what command lines change: in a git repository the files that it does not ignore, elsewhere those below the directory.
 */
export interface WorkTree {
  /** Runs a command line. Changes since the last look are recorded before it as those of other programs. */
  around<Value>(origin: ShellOrigin, run: () => Promise<Value>): Promise<Value>
}

interface WorkTreeOptions {
  /** Real path of the project. */
  readonly directory: string
  readonly home: string
  /** Not looked at: this program writes there itself. */
  readonly lettaDirectory: string
  readonly journal: Pick<
    Journal,
    'list' | 'load' | 'save' | 'observe' | 'addGap' | 'beginCommand' | 'sessionId'
  >
  /** Git must not run programs that the repository names. */
  environment(): Readonly<Record<string, string>>
  /** The command that runs in the background, to which changes between two command lines belong; null for none. */
  running(): ShellOrigin | null
  now(): number
  readonly limits?: Partial<WorkTreeLimits>
}

interface WorkTreeLimits {
  readonly gitMs: number
  readonly listBytes: number
  readonly files: number
  /** Outside of a repository. */
  readonly unversionedFiles: number
  /** Whose content is saved there before the first command line. */
  readonly copiedFiles: number
  readonly changedFiles: number
  readonly fileBytes: number
  readonly bytes: number
}

/** Looking must not delay commands: what is larger is not recorded. */
const LIMITS: WorkTreeLimits = {
  gitMs: 1000,
  listBytes: 8 * 1_048_576,
  files: 20_000,
  unversionedFiles: 5_000,
  copiedFiles: 2_000,
  changedFiles: 300,
  fileBytes: 1_048_576,
  bytes: 20 * 1_048_576,
}

interface RecordedFile {
  readonly size: number
  readonly changedAt: number
  /** When anything of it changed, also its name. */
  readonly touchedAt: number
  readonly inode: number
  readonly mode: number
  readonly isLink: boolean
  /** Null for a file whose content is not saved: it is that of the blob in the index, if the size is the same. */
  readonly version: string | null
  readonly blob: IndexedBlob | null
}

/** `directory`: that of its repository. */
interface IndexedBlob {
  readonly directory: string
  readonly blob: string
}

type WorkTreeFile = Omit<RecordedFile, 'version' | 'blob'>

/** The files of a directory at a time, by their names below it. */
interface Look {
  readonly at: number
  readonly root: string
  readonly files: ReadonlyMap<string, RecordedFile>
  readonly isPartial: boolean
}

/** Which files there are. `unsaved`: those whose content no index has. */
interface WorkTreeListing {
  readonly root: string
  readonly names: readonly string[]
  readonly blobs: ReadonlyMap<string, IndexedBlob>
  readonly unsaved: ReadonlySet<string>
  /** How many of them are copied before anything has changed. */
  readonly copies: number
  /** Whether there are other repositories within it whose files are not listed. */
  readonly isPartial?: boolean
}

export function openWorkTree(options: WorkTreeOptions): WorkTree {
  const { journal } = options
  const limits = { ...LIMITS, ...options.limits }
  let last: Look | null = null
  let looking: Promise<void> = Promise.resolve()
  const reported = new Set<Gap['reason']>()
  /** Once for each reason: the next command lines have the same. */
  const report = async (reason: Gap['reason'], origin: ShellOrigin): Promise<void> => {
    if (origin.source !== 'shell' || reported.has(reason)) return
    reported.add(reason)
    const { command = '', turnId } = origin
    await journal.addGap({ reason, command, turnId })
  }
  const look = async (origin: ShellOrigin): Promise<void> => {
    const next = await lookAt(last)
    if (typeof next === 'string') {
      last = null
      return report(next, origin)
    }
    // A repository can have been created or removed in between: then the same names are other files.
    if (next.isPartial) await report('nested', origin)
    if (last?.root === next.root) {
      const isComplete = await recordChanges({ ...options, limits }, [last, next], origin)
      if (!isComplete) await report('tooManyChanges', origin)
    }
    last = next
  }
  /** One look after another. The disk may be full, git missing: commands run all the same. */
  const inOrder = (origin: ShellOrigin): Promise<void> => {
    looking = looking
      .then(() => look(origin))
      .catch((thrown: unknown) => {
        if (!isErrno(thrown)) throw thrown
        last = null
      })
    return looking
  }
  /** If the process is killed meanwhile, the journal names the command line. */
  const begin = async ({ source, command = '', turnId }: ShellOrigin) => {
    const end =
      source === 'shell'
        ? await journal.beginCommand({ command, turnId }).catch(ignoreErrno())
        : null
    return end ?? (async () => {})
  }
  return {
    async around(origin, run) {
      await inOrder(options.running() ?? { callId: '', turnId: '', tool: '', source: 'outside' })
      const end = await begin(origin)
      try {
        return await run()
      } finally {
        await inOrder(origin)
        await end().catch(ignoreErrno())
      }
    },
  }

  async function lookAt(before: Look | null): Promise<Look | Gap['reason']> {
    const at = options.now()
    const listing = await listAt({ ...options, limits })
    if (typeof listing === 'string') return listing
    const { root, names, blobs, unsaved, copies, isPartial = false } = listing
    const known = before?.root === root ? before.files : null
    const maxSaved = known === null ? copies : limits.changedFiles
    const files = new Map<string, RecordedFile>()
    let bytes = 0
    let saved = 0
    for (let start = 0; start < names.length; start += BATCH) {
      await Promise.all(
        names.slice(start, start + BATCH).map(async (name) => {
          const facts = await factsOf(join(root, name))
          if (facts === null) return
          const same = known?.get(name)
          const blob = blobs.get(name) ?? null
          if (same !== undefined && isSame(same, facts)) {
            files.set(name, { ...facts, version: same.version, blob: same.blob })
            return
          }
          const isSecret = looksSecret(name)
          const isCopied = !isSecret && (unsaved.has(name) || known !== null)
          const fits = facts.size <= limits.fileBytes && bytes + facts.size <= limits.bytes
          if (!isCopied || !fits || saved >= maxSaved) {
            const version = isSecret || isCopied ? UNRECORDED : null
            files.set(name, { ...facts, version, blob })
            return
          }
          bytes += facts.size
          saved += 1
          files.set(name, { ...facts, version: await saveFile(join(root, name), facts), blob })
        }),
      )
    }
    return { at, root, files, isPartial }
  }

  async function saveFile(path: string, { isLink }: WorkTreeFile): Promise<string> {
    const content = isLink
      ? await readlink(path, 'buffer').catch(() => null)
      : await readStoredBytes(path, LIMITS.fileBytes)
    if (content === null) return UNRECORDED
    const version = await journal.save(content)
    return isLink ? linkVersion(version) : version
  }
}

const BATCH = 200

/** Null for what is neither a regular file nor a symbolic link. */
async function factsOf(path: string): Promise<WorkTreeFile | null> {
  const stats = await lstat(path).catch(() => null)
  const isLink = stats?.isSymbolicLink() === true
  if (stats === null || !(isLink || stats.isFile())) return null
  const { size, mtimeMs: changedAt, ctimeMs: touchedAt, ino: inode, mode } = stats
  return { size, changedAt, touchedAt, inode, mode: mode & 0o7777, isLink }
}

/** The files of the repository, or of the directory where there is none; else why they cannot be looked at. */
async function listAt(
  options: WorkTreeOptions & { readonly limits: WorkTreeLimits },
): Promise<WorkTreeListing | Gap['reason']> {
  const { directory, limits } = options
  const repository = await findRepository(directory)
  if (repository === 'unknown') return 'repository'
  if (repository === 'none' || repository.worktree === null) {
    const names = await walkFiles(directory, limits.unversionedFiles, isPrivate(options))
    if (names === null) return 'tooManyFiles'
    const unsaved = new Set(names)
    return { root: directory, names, blobs: new Map(), unsaved, copies: limits.copiedFiles }
  }
  const found = await listWithNested(repository.worktree, options)
  // The repository of many projects: at least the files of this one.
  return found === 'tooManyFiles' ? listWithNested(directory, options) : found
}

/** In a home directory that is no repository, what programs keep there: keys and settings. */
function isPrivate({
  directory,
  home,
  lettaDirectory,
}: WorkTreeOptions): (path: string) => boolean {
  return (path) => {
    const isHidden = directory === home && path.startsWith(`${home}/.`)
    return path === lettaDirectory || isHidden
  }
}

/** The files of a repository, and of the submodules and other repositories within it. */
async function listWithNested(
  root: string,
  options: WorkTreeOptions & { readonly limits: WorkTreeLimits },
  depth = 0,
): Promise<WorkTreeListing | Gap['reason']> {
  const own = await listRepository(root, options)
  if (typeof own === 'string' || own.nested.length === 0) return own
  const names = [...own.names]
  const blobs = new Map(own.blobs)
  const unsaved = new Set(own.unsaved)
  let isPartial = depth >= MAX_DEPTH || own.nested.length > MAX_NESTED
  for (const directory of isPartial ? [] : own.nested) {
    const place = join(root, directory)
    // The directory of a submodule that is not checked out is empty.
    const repository = await findRepository(place)
    if (typeof repository !== 'string' && repository.worktree !== place) continue
    const inner = await listWithNested(place, options, depth + 1)
    if (typeof inner === 'string' || names.length + inner.names.length > options.limits.files) {
      isPartial = true
      continue
    }
    isPartial ||= inner.isPartial === true
    for (const name of inner.names) names.push(`${directory}/${name}`)
    for (const [name, blob] of inner.blobs) blobs.set(`${directory}/${name}`, blob)
    for (const name of inner.unsaved) unsaved.add(`${directory}/${name}`)
  }
  return { ...own, names, blobs, unsaved, isPartial }
}

/** Each takes some calls of git before and after each command line. */
const MAX_NESTED = 12
const MAX_DEPTH = 3

interface RepositoryListing extends WorkTreeListing {
  /** Directories of other repositories. */
  readonly nested: readonly string[]
}

/** Not where git would run a program of the repository: also `diff-files` applies filters. */
async function listRepository(
  root: string,
  options: WorkTreeOptions & { readonly limits: WorkTreeLimits },
): Promise<RepositoryListing | Gap['reason']> {
  const { limits } = options
  if ((await findGitDanger(root)) !== null) return 'repository'
  if ((await findListedDanger(root)) !== null) return 'repository'
  const place = { ...options, directory: root }
  const [index, others, touched] = await Promise.all([
    git(place, ['ls-files', '-s', '-z']),
    git(place, ['ls-files', '-o', '--exclude-standard', '-z']),
    git(place, ['diff-files', ...['--name-only', '-z', '--relative', '--ignore-submodules=all']]),
  ])
  if (index === null || others === null || touched === null) return 'tooManyFiles'
  const { blobs, submodules } = parseIndex(index.toString(), root)
  const untracked = split(others.toString())
  const unsaved = new Set([
    ...untracked.filter((name) => !name.endsWith('/')),
    ...split(touched.toString()),
  ])
  const repositories = untracked
    .filter((name) => name.endsWith('/'))
    .map((name) => name.slice(0, -1))
  const own = `${options.lettaDirectory}/`
  const all = [...new Set([...blobs.keys(), ...unsaved])]
  const names = all.filter((name) => !join(root, name).startsWith(own))
  if (names.length > limits.files) return 'tooManyFiles'
  const nested = [...submodules, ...repositories]
  return { root, names, blobs, unsaved, nested, copies: limits.changedFiles }
}

function isSame(one: WorkTreeFile, other: WorkTreeFile): boolean {
  return (
    one.size === other.size &&
    one.changedAt === other.changedAt &&
    one.inode === other.inode &&
    one.mode === other.mode &&
    one.isLink === other.isLink
  )
}

/** False when more has changed than is recorded. */
async function recordChanges(
  options: WorkTreeOptions & { readonly limits: WorkTreeLimits },
  [before, after]: readonly [Look, Look],
  origin: ShellOrigin,
): Promise<boolean> {
  const { journal, limits } = options
  const names = [...new Set([...before.files.keys(), ...after.files.keys()])].filter((name) => {
    const [old, now] = [before.files.get(name), after.files.get(name)]
    return old === undefined || now === undefined || !isSame(old, now)
  })
  if (names.length === 0) return true
  const entries = await journal.list()
  for (const name of names.slice(0, limits.changedFiles)) {
    const path = join(before.root, name)
    const [old, now] = [before.files.get(name), after.files.get(name)]
    if (await isListedOtherwise(path, { old, now, since: before.at })) continue
    const known = entries.findLast((entry) => entry.path === path)
    // What a tool has written since the last look is recorded already.
    const isNewer = known !== undefined && known.at >= before.at
    const to = now === undefined ? MISSING_FILE : (now.version ?? UNRECORDED)
    const from = isNewer ? known.after : await versionOfOld(options, old)
    const mode = old?.mode ?? null
    const modeAfter = now === undefined || now.isLink ? undefined : now.mode
    if (from === to && from !== UNRECORDED && !hasOtherMode({ mode, modeAfter: modeAfter ?? null }))
      continue
    const change = { ...origin, path, before: from, after: to, mode }
    await journal.observe(modeAfter === undefined ? change : { ...change, modeAfter })
  }
  return names.length <= limits.changedFiles
}

/** The file was there before and is still: what is ignored has changed. To undo that must neither remove nor restore it. */
async function isListedOtherwise(
  path: string,
  {
    old,
    now,
    since,
  }: {
    readonly old: RecordedFile | undefined
    readonly now: RecordedFile | undefined
    readonly since: number
  },
): Promise<boolean> {
  if (now === undefined) return (await factsOf(path)) !== null
  return old === undefined && now.touchedAt < since - CLOCK_STEP_MS
}

/** The times of files lag behind the clock. */
const CLOCK_STEP_MS = 20

/** The version of a file as it was at the last look. */
async function versionOfOld(
  options: WorkTreeOptions,
  old: RecordedFile | undefined,
): Promise<string> {
  if (old === undefined) return MISSING_FILE
  if (old.version !== null) return old.version
  if (old.blob === null || old.size > LIMITS.fileBytes) return UNRECORDED
  const { directory, blob } = old.blob
  const content = await git({ ...options, directory }, ['cat-file', 'blob', blob])
  // With other line ends in the repository than in the file, the content of the file is not known.
  if (content?.length !== old.size) return UNRECORDED
  const version = await options.journal.save(content)
  return old.isLink ? linkVersion(version) : version
}

/** Of lines `100644 <blob> 0<tab>name`; those of submodules begin with 160000. */
function parseIndex(
  text: string,
  directory: string,
): { readonly blobs: ReadonlyMap<string, IndexedBlob>; readonly submodules: readonly string[] } {
  const blobs = new Map<string, IndexedBlob>()
  const submodules: string[] = []
  for (const line of split(text)) {
    const [, mode, blob, name] = /^(\d+) ([0-9a-f]+) \d\t(.*)$/s.exec(line) ?? []
    if (blob === undefined || name === undefined) continue
    if (mode === '160000') submodules.push(name)
    else blobs.set(name, { directory, blob })
  }
  return { blobs, submodules }
}

function split(text: string): readonly string[] {
  return text.split('\0').filter((name) => name !== '')
}

const run = promisify(execFile)

/** The output; null when git fails, is missing or takes too long, and when no file descriptor is free. */
async function git(
  { directory, environment }: Pick<WorkTreeOptions, 'directory' | 'environment'>,
  args: readonly string[],
): Promise<Buffer | null> {
  try {
    const { stdout } = await run('git', args, {
      cwd: directory,
      env: environment(),
      encoding: 'buffer',
      timeout: LIMITS.gitMs,
      maxBuffer: LIMITS.listBytes,
    })
    return stdout
  } catch {
    return null
  }
}
