import { lstatSync, type Stats, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { basename, dirname, join, sep } from 'node:path'
import { removeStaleTemporaries, writeAtomically } from '../fs/atomic-write.ts'
import { isErrno } from '../fs/errno.ts'
import { isInside } from '../fs/is-inside.ts'
import { withLock } from '../fs/lock.ts'
import { makeDirectorySync } from '../fs/make-directory.ts'
import { OUTSIDE_PROJECT } from '../fs/messages.ts'
import { decodeUtf8, readBoundedSync } from '../fs/read-bounded.ts'
import { atRealPath } from '../fs/real-place.ts'
import { resolveExistingSync, resolvePathSync } from '../fs/resolve-path.ts'
import { isRecord, type JsonObject } from '../util/is-record.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { editJson } from './edit-json.ts'
import { parseSettingsJson } from './json.ts'
import {
  EXPECTED_OBJECT,
  IS_DANGLING,
  IS_NO_DIRECTORY,
  NOT_SAVED_HINT,
  notSaved,
  WRITABLE_BY_OTHERS,
} from './messages.ts'

export interface SettingsProblem {
  /** `file`: nothing of the file is used. `entry`: one setting or one rule is not. */
  readonly scope: 'file' | 'entry'
  readonly path: string
  /** Counted from 1; null when the error has no position in the text. */
  readonly line: number | null
  readonly column: number | null
  readonly message: string
}

export interface SettingsFileContent {
  readonly value: JsonObject
  /** As in the file; empty when it does not exist. */
  readonly text: string
  /** The file exists but cannot be used: its content is ignored, and it is never overwritten. */
  readonly problem: SettingsProblem | null
  /** Null when the file does not exist. */
  readonly access: { readonly mode: number; readonly owner: number } | null
}

export type SettingsChange = (value: JsonObject) => JsonObject

export interface SettingsFileOptions {
  readonly path: string
  /** For the user's own files: mode 0600 in a directory with mode 0700. Other files follow the umask. */
  readonly personal: boolean
  /** Real path of a directory that must contain the file: links in a repository must not lead outside it. */
  readonly within: string | null
  /** Written into a new file, where editors find what it may contain. */
  readonly schema?: string
}

const MAX_SETTINGS_BYTES = 1_048_576

const NOTHING: SettingsFileContent = { value: {}, text: '', problem: null, access: null }

/** The current content of the file. */
export function readDocument(options: SettingsFileOptions): SettingsFileContent {
  const { path } = options
  try {
    const found = readText(options)
    return { ...decode(path, found.text), ...found }
  } catch (thrown) {
    const problem = isErrno(thrown, 'ENOENT', 'ENOTDIR')
      ? findObstacle(path)
      : problemAt(path, messageOf(thrown))
    return { ...NOTHING, problem }
  }
}

/**
 * What stands where a file is not found, or at a directory above it, and could deny something: a link to what is missing, such as a
 * disk that is not mounted, or a file instead of the directory. Null when there is nothing.
 */
function findObstacle(file: string, at = file): SettingsProblem | null {
  const found = look(at, lstatSync)
  if (found === null) return dirname(at) === at ? null : findObstacle(file, dirname(at))
  const isLink = found.isSymbolicLink()
  // Another process has created the file since it was looked for.
  if (found.isDirectory() || (at === file && !isLink)) return null
  const target = isLink ? look(at, statSync) : found
  if (target === null) return problemAt(at, IS_DANGLING)
  return target.isDirectory() ? null : problemAt(at, IS_NO_DIRECTORY)
}

function look(path: string, read: typeof statSync): Stats | null {
  try {
    return read(path, { throwIfNoEntry: false }) ?? null
  } catch (thrown) {
    if (isErrno(thrown)) return null
    throw thrown
  }
}

function decode(path: string, text: string): Omit<SettingsFileContent, 'access' | 'text'> {
  const parsed = parseSettingsJson(text)
  if (!parsed.ok) {
    const { line, column, message } = parsed.error
    return { value: {}, problem: { scope: 'file', path, line, column, message } }
  }
  if (isRecord(parsed.value)) return { value: parsed.value, problem: null }
  return { value: {}, problem: problemAt(path, EXPECTED_OBJECT) }
}

export function problemAt(path: string, message: string): SettingsProblem {
  return { scope: 'file', path, line: null, column: null, message }
}

/** `path:line:column: message` */
export function describeProblem({ path, line, column, message }: SettingsProblem): string {
  return line === null ? `${path}: ${message}` : `${path}:${line}:${column}: ${message}`
}

function readText({ path, within }: SettingsFileOptions): {
  text: string
  access: { mode: number; owner: number }
} {
  if (within !== null) refuseOutside(path, within)
  const { bytes, stats } = readBoundedSync(path, { maxBytes: MAX_SETTINGS_BYTES })
  return { text: decodeUtf8(bytes), access: { mode: stats.mode & 0o777, owner: stats.uid } }
}

function refuseOutside(path: string, within: string): void {
  const real = resolveExistingSync(path)
  if (real !== null && !real.startsWith(within.endsWith(sep) ? within : within + sep)) {
    throw new UserError(OUTSIDE_PROJECT)
  }
}

/** Applies a change to the current content of the file, while this process has its lock. */
export async function writeDocument(
  options: SettingsFileOptions,
  change: SettingsChange,
): Promise<SettingsFileContent> {
  const { path } = options
  try {
    makeParent(options)
    return await withLock(path, async () => {
      const before = readDocument(options)
      if (before.problem !== null) throw new UserError(describeProblem(before.problem))
      // The new file belongs to this user and has mode 0600, so rules that others have written would take effect from then on.
      if (options.personal && isForeign(before)) throw new UserError(WRITABLE_BY_OTHERS)
      await replace(options, before, change(before.value))
      return readDocument(options)
    })
  } catch (thrown) {
    const reason = withPath(path, messageOf(thrown))
    throw new UserError(notSaved(reason), { hint: NOT_SAVED_HINT, cause: thrown })
  }
}

function withPath(path: string, message: string): string {
  return message.includes(path) ? message : `${path}: ${message}`
}

function makeParent({ path, personal, within }: SettingsFileOptions): void {
  const directory = dirname(path)
  makeDirectorySync(directory, personal ? { mode: 0o700 } : {})
  if (within !== null) refuseOutside(directory, within)
}

/** Runs the task under a lock against other processes, or without it where none can be created, as on a read-only disk. */
export function runInTurn<Value>(
  options: SettingsFileOptions,
  task: () => Promise<Value>,
): Promise<Value> {
  try {
    makeParent(options)
  } catch (thrown) {
    if (!isErrno(thrown)) throw thrown
  }
  return withLock(options.path, task, { ifUnavailable: 'run' })
}

async function replace(
  options: SettingsFileOptions,
  before: SettingsFileContent,
  value: JsonObject,
): Promise<void> {
  const { access } = before
  const { path, within } = options
  const target =
    access === null ? join(resolvePathSync(dirname(path)), basename(path)) : resolvePathSync(path)
  if (within !== null && !isInside(target, within)) throw new UserError(OUTSIDE_PROJECT)
  const mode = options.personal ? 0o600 : (access?.mode ?? 0o666)
  const attributes = access === null ? { mode } : { attributes: { mode } }
  const { schema } = options
  const isNew = access === null && schema !== undefined
  const written = isNew ? { $schema: schema, ...value } : value
  await atRealPath(target, async (pinned) => {
    await removeStaleTemporaries(pinned)
    await writeAtomically(pinned, editJson(before, written), attributes)
  })
}

/** Whether another user could have written the file: then nothing in it may grant permissions. */
export function isForeign({ access }: SettingsFileContent): boolean {
  const self = ownUser()
  if (access === null || self === null) return false
  return (access.owner !== self && access.owner !== 0) || (access.mode & 0o002) !== 0
}

/** Null where owners cannot be compared: a container may run this process as a user without a name. */
export function ownUser(): number | null {
  asked ??= { id: idOfUser() }
  return asked.id
}

/** Cached: the system searches its list of users on every call. */
let asked: { readonly id: number | null } | null = null

function idOfUser(): number | null {
  try {
    return userInfo().uid
  } catch (thrown) {
    if (isErrno(thrown)) return null
    throw thrown
  }
}
