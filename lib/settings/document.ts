import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
} from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { messageOf, Problem } from '../problem.ts'
import { isObject, type JsonObject, parseJson } from './json.ts'

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

/** One JSON file of ours: read at once when opened, written by merging into what is on the disk by then. */
export interface Document {
  readonly path: string
  readonly reading: Reading
  /** What the file holds, with the changes that could not be saved yet. */
  readonly value: JsonObject
  /** Rejects with a `Problem` when it can't be saved; the change stays in memory and goes with the next save. */
  update(change: Change): Promise<void>
}

export interface DocumentOptions {
  readonly path: string
  /** For the user's own files: 0600 in a 0700 folder. Others follow the umask. */
  readonly personal: boolean
  /** Real path that the file must lie under: a repository's links must not lead elsewhere. */
  readonly within: string | null
}

const SIZE_LIMIT = 1024 * 1024

export function openDocument(options: DocumentOptions): Document {
  let reading = readDocument(options)
  let unsaved: readonly Change[] = []
  let queue: Promise<void> = Promise.resolve()

  const save = async (): Promise<void> => {
    const changes = unsaved
    const change: Change = (value) => apply(value, changes)
    reading = readDocument(options)
    // Most starts change nothing: then nothing is locked or written, and the user's formatting stays.
    if (reading.problem !== null || isDifferent(reading.value, change(reading.value))) {
      reading = await writeDocument(options, change)
    }
    unsaved = unsaved.slice(changes.length)
  }
  return {
    path: options.path,
    get reading() {
      return reading
    },
    get value() {
      return apply(reading.value, unsaved)
    },
    update(change) {
      unsaved = [...unsaved, change]
      const saved = queue.then(save)
      queue = saved.catch(() => undefined)
      return saved
    },
  }
}

function apply(value: JsonObject, changes: readonly Change[]): JsonObject {
  return changes.reduce((changed, change) => change(changed), value)
}

function isDifferent(before: JsonObject, after: JsonObject): boolean {
  return before !== after && JSON.stringify(before) !== JSON.stringify(after)
}

const NOTHING: Reading = { value: {}, problem: null, access: null }

function readDocument(options: DocumentOptions): Reading {
  const { path } = options
  try {
    const found = readRegularFile(options)
    return { ...decode(path, found.text), access: found.access }
  } catch (thrown) {
    if (isMissing(thrown)) return NOTHING
    return { ...NOTHING, problem: problemAt(path, messageOf(thrown)) }
  }
}

function decode(path: string, text: string): Omit<Reading, 'access'> {
  const parsed = parseJson(text)
  if (!parsed.ok) {
    const { line, column, message } = parsed.fault
    return { value: {}, problem: { path, line, column, message } }
  }
  if (isObject(parsed.value)) return { value: parsed.value, problem: null }
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
function readRegularFile({ path, within }: DocumentOptions): {
  text: string
  access: { mode: number; owner: number }
} {
  if (within !== null) refuseOutside(path, within)
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stats = fstatSync(file)
    if (!stats.isFile()) throw new Problem('not a regular file')
    if (stats.size > SIZE_LIMIT) throw new Problem('larger than 1 MB')
    const bytes = Buffer.alloc(stats.size)
    const length = readSync(file, bytes, 0, stats.size, 0)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length))
    return { text, access: { mode: stats.mode & 0o777, owner: stats.uid } }
  } catch (thrown) {
    if (thrown instanceof TypeError) throw new Problem('not UTF-8 text', { cause: thrown })
    throw thrown
  } finally {
    closeSync(file)
  }
}

function refuseOutside(path: string, within: string): void {
  const real = realpathSync(path)
  if (!real.startsWith(within.endsWith(sep) ? within : within + sep)) {
    throw new Problem('a link that leads out of the project is not followed')
  }
}

async function writeDocument(options: DocumentOptions, change: Change): Promise<Reading> {
  const { path } = options
  try {
    makeFolder(options)
    const release = await lock(path)
    try {
      const before = readDocument(options)
      if (before.problem !== null) throw new Problem(describeProblem(before.problem))
      await replace(options, before, change(before.value))
      return readDocument(options)
    } finally {
      await release()
    }
  } catch (thrown) {
    const hint = 'Nothing was written; the change holds until you quit.'
    throw new Problem(`Not saved: ${withPath(path, messageOf(thrown))}`, { hint, cause: thrown })
  }
}

function withPath(path: string, message: string): string {
  return message.includes(path) ? message : `${path}: ${message}`
}

function makeFolder({ path, personal, within }: DocumentOptions): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, ...(personal ? { mode: 0o700 } : {}) })
  if (within !== null) refuseOutside(folder, within)
}

/** Loaded when first needed: starting reads only. A lock left by a killed process is taken over after 5 s. */
async function lock(path: string): Promise<() => Promise<void>> {
  const { default: lockfile } = await import('proper-lockfile')
  return lockfile.lock(path, {
    realpath: false,
    stale: 5000,
    retries: { retries: 400, factor: 1.2, minTimeout: 5, maxTimeout: 50 },
  })
}

/**
 * Old or new, never half: a new file beside it (random name, never through a planted link), flushed, renamed over it.
 * `write-file-atomic` opens a guessable name without O_EXCL, which is why this isn't it.
 */
async function replace(
  options: DocumentOptions,
  before: Reading,
  value: JsonObject,
): Promise<void> {
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
export function isForeign({ access }: Reading, self: number | null): boolean {
  if (access === null || self === null) return false
  return (access.owner !== self && access.owner !== 0) || (access.mode & 0o002) !== 0
}

/** Others need not read it. What they could write stays as it is, so that the warning about it stays too. */
export function hideFromOthers(document: Document, self: number | null): void {
  const { access } = document.reading
  if (access === null || access.owner !== self || isForeign(document.reading, self)) return
  if ((access.mode & 0o077) !== 0) chmodSync(document.path, 0o600)
}

export function isMissing(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null
  return code === 'ENOENT' || code === 'ENOTDIR'
}
