import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
} from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { basename, dirname, join, sep } from 'node:path'
import { isErrno } from '../fs/errno.ts'
import { isRecord, type JsonObject } from '../util/is-record.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { parseJson } from './json.ts'

export interface SettingsProblem {
  readonly path: string
  /** Counted from 1; null when the trouble has no place in the text. */
  readonly line: number | null
  readonly column: number | null
  readonly message: string
}

export interface Reading {
  readonly value: JsonObject
  /** The file is there but cannot be used: nothing in it counts, and it is never written over. */
  readonly problem: SettingsProblem | null
  /** Null when there is no file. */
  readonly access: { readonly mode: number; readonly owner: number } | null
}

export type Change = (value: JsonObject) => JsonObject

export interface FileOptions {
  readonly path: string
  /** For the user's own files: 0600 in a 0700 folder. Others follow the umask. */
  readonly personal: boolean
  /** Real path that the file must lie under: a repository's links must not lead elsewhere. */
  readonly within: string | null
}

const SIZE_LIMIT = 1024 * 1024

const NOTHING: Reading = { value: {}, problem: null, access: null }

/** What the file holds now. */
export function readDocument(options: FileOptions): Reading {
  const { path } = options
  try {
    const found = readRegularFile(options)
    return { ...decode(path, found.text), access: found.access }
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) return NOTHING
    return { ...NOTHING, problem: problemAt(path, messageOf(thrown)) }
  }
}

function decode(path: string, text: string): Omit<Reading, 'access'> {
  const parsed = parseJson(text)
  if (!parsed.ok) {
    const { line, column, message } = parsed.fault
    return { value: {}, problem: { path, line, column, message } }
  }
  if (isRecord(parsed.value)) return { value: parsed.value, problem: null }
  return { value: {}, problem: problemAt(path, 'an object { … } is expected') }
}

export function problemAt(path: string, message: string): SettingsProblem {
  return { path, line: null, column: null, message }
}

/** `path:line:column: message` */
export function describeProblem({ path, line, column, message }: SettingsProblem): string {
  return line === null ? `${path}: ${message}` : `${path}:${line}:${column}: ${message}`
}

/** Opened without waiting for a writer (a FIFO would hang us), bounded (a link to /dev/zero would not end). */
function readRegularFile({ path, within }: FileOptions): {
  text: string
  access: { mode: number; owner: number }
} {
  if (within !== null) refuseOutside(path, within)
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stats = fstatSync(file)
    if (!stats.isFile()) throw new UserError('not a regular file')
    if (stats.size > SIZE_LIMIT) throw new UserError('larger than 1 MB')
    const bytes = Buffer.alloc(stats.size)
    const length = readSync(file, bytes, 0, stats.size, 0)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length))
    return { text, access: { mode: stats.mode & 0o777, owner: stats.uid } }
  } catch (thrown) {
    if (thrown instanceof TypeError) throw new UserError('not UTF-8 text', { cause: thrown })
    throw thrown
  } finally {
    closeSync(file)
  }
}

function refuseOutside(path: string, within: string): void {
  const real = realpathSync(path)
  if (!real.startsWith(within.endsWith(sep) ? within : within + sep)) {
    throw new UserError('a link that leads out of the project is not followed')
  }
}

/** Changes what is on the disk by now, under a lock. */
export async function writeDocument(options: FileOptions, change: Change): Promise<Reading> {
  const { path } = options
  try {
    makeFolder(options)
    const release = await lock(path)
    try {
      const before = readDocument(options)
      if (before.problem !== null) throw new UserError(describeProblem(before.problem))
      // Our rename would make it ours and 0600, and so its rules would count that anybody may have written.
      if (options.personal && isForeign(before)) throw new UserError('other users may write it')
      await replace(options, before, change(before.value))
      return readDocument(options)
    } finally {
      await release()
    }
  } catch (thrown) {
    const hint = 'Nothing was written; the change holds until you quit.'
    throw new UserError(`Not saved: ${withPath(path, messageOf(thrown))}`, { hint, cause: thrown })
  }
}

function withPath(path: string, message: string): string {
  return message.includes(path) ? message : `${path}: ${message}`
}

function makeFolder({ path, personal, within }: FileOptions): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, ...(personal ? { mode: 0o700 } : {}) })
  if (within !== null) refuseOutside(folder, within)
}

/** One process after another; without a lock where none can be had, since that is no reason not to work. */
export async function withLock<Value>(
  options: FileOptions,
  work: () => Promise<Value>,
): Promise<Value> {
  const free = async (): Promise<void> => {}
  // Lost while the machine slept, it is another's: nothing to give back then.
  const lost = (): void => {}
  const release = await Promise.resolve()
    .then(() => makeFolder(options))
    .then(() => lock(options.path, lost))
    .catch(() => free)
  try {
    return await work()
  } finally {
    await release().catch(lost)
  }
}

/** Loaded when first needed: starting reads only. A lock left by a killed process is taken over after 5 s. */
async function lock(path: string, onCompromised?: () => void): Promise<() => Promise<void>> {
  const { default: lockfile } = await import('proper-lockfile')
  return lockfile.lock(path, {
    realpath: false,
    stale: 5000,
    ...(onCompromised === undefined ? {} : { onCompromised }),
    retries: { retries: 400, factor: 1.2, minTimeout: 5, maxTimeout: 50 },
  })
}

/**
 * Old or new, never half: a new file beside it (random name, never through a planted link), flushed, renamed over it.
 * `write-file-atomic` opens a guessable name without O_EXCL, which is why this isn't it.
 */
async function replace(options: FileOptions, before: Reading, value: JsonObject): Promise<void> {
  const target = before.access === null ? options.path : realpathSync(options.path)
  await sweep(target)
  const temporary = `${target}.${randomBytes(8).toString('hex')}.tmp`
  const mode = options.personal ? 0o600 : (before.access?.mode ?? 0o666)
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(JSON.stringify(value, null, 2))
      if (before.access !== null) await file.chmod(mode)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, target)
  } catch (thrown) {
    await rm(temporary, { force: true })
    throw thrown
  }
}

/** A killed process leaves its half-written file behind; we hold the lock, so none of them is in use. */
async function sweep(target: string): Promise<void> {
  const folder = dirname(target)
  const begin = `${basename(target)}.`
  for (const name of await readdir(folder)) {
    const isStale = name.startsWith(begin) && /^[0-9a-f]{16}\.tmp$/.test(name.slice(begin.length))
    if (isStale) await rm(join(folder, name), { force: true })
  }
}

/** Can somebody else have written it? Then nothing in it may grant. */
export function isForeign({ access }: Reading): boolean {
  const self = ownUser()
  if (access === null || self === null) return false
  return (access.owner !== self && access.owner !== 0) || (access.mode & 0o002) !== 0
}

/** Null where owners can't be compared: a container may run us as a user without a name. */
export function ownUser(): number | null {
  asked ??= { id: idOfUser() }
  return asked.id
}

/** Asked for once: the system looks into its list of users each time. */
let asked: { readonly id: number | null } | null = null

function idOfUser(): number | null {
  try {
    return userInfo().uid
  } catch (thrown) {
    if (isErrno(thrown)) return null
    throw thrown
  }
}
