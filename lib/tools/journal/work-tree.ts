import { execFile } from 'node:child_process'
import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isErrno } from '../../fs/errno.ts'
import { findGitDanger } from '../../permissions/git/git-config.ts'
import { findListedDanger } from '../../permissions/git/run-in-repository.ts'
import { MISSING_FILE } from '../files/files.ts'
import type { Journal, ObservedChange } from './journal.ts'
import { UNRECORDED } from './journal-log.ts'

/** Who ran what changed files. */
export type ShellOrigin = Pick<ObservedChange, 'callId' | 'turnId' | 'tool' | 'source' | 'command'>

/** Records what command lines change in the files of a git repository that it does not ignore. Elsewhere it records nothing. */
export interface WorkTree {
  /** Runs a command line. Changes since the last look are recorded before it as those of other programs. */
  around<Value>(origin: ShellOrigin, run: () => Promise<Value>): Promise<Value>
}

interface WorkTreeOptions {
  /** Real path of the project. */
  readonly directory: string
  readonly journal: Pick<Journal, 'list' | 'load' | 'save' | 'observe' | 'sessionId'>
  /** Git must not run programs that the repository names. */
  environment(): Readonly<Record<string, string>>
  /** The command that runs in the background, to which changes between two command lines belong; null for none. */
  running(): ShellOrigin | null
  now(): number
}

/** Looking must not delay commands: what is larger is not recorded. */
const LIMITS = {
  gitMs: 1000,
  listBytes: 8 * 1_048_576,
  files: 20_000,
  changedFiles: 300,
  fileBytes: 1_048_576,
  bytes: 20 * 1_048_576,
}

interface RecordedFile {
  readonly size: number
  readonly changedAt: number
  readonly inode: number
  readonly mode: number
  /** Null for a file whose content is not saved: it is that of the blob in the index, if the size is the same. */
  readonly version: string | null
  readonly blob: string | null
}

interface Look {
  readonly at: number
  readonly files: ReadonlyMap<string, RecordedFile>
}

export function openWorkTree(options: WorkTreeOptions): WorkTree {
  const { journal } = options
  let last: Look | null = null
  let looking: Promise<void> = Promise.resolve()
  const look = async (origin: ShellOrigin): Promise<void> => {
    const next = await lookAt(options, last)
    if (last !== null && next !== null) await recordChanges(options, [last, next], origin)
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
  return {
    async around(origin, run) {
      await inOrder(options.running() ?? { callId: '', turnId: '', tool: '', source: 'outside' })
      try {
        return await run()
      } finally {
        await inOrder(origin)
      }
    },
  }

  /** Null where git lists no files, too many, or would run a program of the repository: also `diff-files` applies filters. */
  async function lookAt({ directory, now }: WorkTreeOptions, before: Look | null) {
    const at = now()
    if ((await findGitDanger(directory)) !== null) return null
    if ((await findListedDanger(directory)) !== null) return null
    const [index, others, touched] = await Promise.all([
      git(options, ['ls-files', '-s', '-z']),
      git(options, ['ls-files', '-o', '--exclude-standard', '-z']),
      git(options, [
        'diff-files',
        ...['--name-only', '-z', '--relative', '--ignore-submodules=all'],
      ]),
    ])
    if (index === null || others === null || touched === null) return null
    const blobs = parseIndex(index.toString())
    const unsaved = new Set([...split(others.toString()), ...split(touched.toString())])
    const names = [...new Set([...blobs.keys(), ...unsaved])]
    if (names.length > LIMITS.files) return null
    const files = new Map<string, RecordedFile>()
    let bytes = 0
    let saved = 0
    for (let start = 0; start < names.length; start += BATCH) {
      await Promise.all(
        names.slice(start, start + BATCH).map(async (name) => {
          const stats = await lstat(join(directory, name)).catch(() => null)
          if (stats?.isFile() !== true) return
          const { size, mtimeMs: changedAt, ino: inode, mode } = stats
          const facts = { size, changedAt, inode, mode: mode & 0o7777 }
          const known = before?.files.get(name)
          const blob = blobs.get(name) ?? null
          if (known !== undefined && isSame(known, facts)) {
            files.set(name, { ...facts, version: known.version, blob: known.blob })
            return
          }
          const isCopied = unsaved.has(name) || before !== null
          const fits = size <= LIMITS.fileBytes && bytes + size <= LIMITS.bytes
          if (!isCopied || !fits || saved >= LIMITS.changedFiles) {
            files.set(name, { ...facts, version: isCopied ? UNRECORDED : null, blob })
            return
          }
          bytes += size
          saved += 1
          const content = await readFile(join(directory, name)).catch(() => null)
          const version = content === null ? UNRECORDED : await journal.save(content)
          files.set(name, { ...facts, version, blob })
        }),
      )
    }
    return { at, files }
  }
}

const BATCH = 200

function isSame(
  one: RecordedFile,
  other: Pick<RecordedFile, 'size' | 'changedAt' | 'inode'>,
): boolean {
  return one.size === other.size && one.changedAt === other.changedAt && one.inode === other.inode
}

async function recordChanges(
  options: WorkTreeOptions,
  [before, after]: readonly [Look, Look],
  origin: ShellOrigin,
): Promise<void> {
  const { journal, directory } = options
  const names = [...new Set([...before.files.keys(), ...after.files.keys()])].filter((name) => {
    const [old, now] = [before.files.get(name), after.files.get(name)]
    return old === undefined || now === undefined || !isSame(old, now)
  })
  if (names.length === 0) return
  const entries = await journal.list()
  for (const name of names.slice(0, LIMITS.changedFiles)) {
    const path = join(directory, name)
    const [old, now] = [before.files.get(name), after.files.get(name)]
    const known = entries.findLast((entry) => entry.path === path)
    // What a tool has written since the last look is recorded already.
    const isNewer = known !== undefined && known.at >= before.at
    const to = now === undefined ? MISSING_FILE : (now.version ?? UNRECORDED)
    const from = isNewer ? known.after : await versionOfOld(options, old)
    if (from === to && from !== UNRECORDED) continue
    const mode = old?.mode ?? null
    await journal.observe({ ...origin, path, before: from, after: to, mode })
  }
}

/** The version of a file as it was at the last look. */
async function versionOfOld(
  options: WorkTreeOptions,
  old: RecordedFile | undefined,
): Promise<string> {
  if (old === undefined) return MISSING_FILE
  if (old.version !== null) return old.version
  if (old.blob === null || old.size > LIMITS.fileBytes) return UNRECORDED
  const content = await git(options, ['cat-file', 'blob', old.blob])
  // With other line ends in the repository than in the file, the content of the file is not known.
  return content?.length === old.size ? options.journal.save(content) : UNRECORDED
}

/** Name to blob: `100644 <blob> 0<tab>name`. */
function parseIndex(text: string): ReadonlyMap<string, string> {
  return new Map(
    split(text).flatMap((line) => {
      const [, blob, name] = /^\d+ ([0-9a-f]+) \d\t(.*)$/s.exec(line) ?? []
      return blob === undefined || name === undefined ? [] : [[name, blob] as const]
    }),
  )
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
