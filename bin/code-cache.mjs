// Code that V8 has compiled, in files of the user's cache directory: an installation is often not writable, and is shared.
import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { basename, isAbsolute, join } from 'node:path'

const HASH_BYTES = 20
/** The oldest above this number are deleted when another is written. */
const MAX_FILES = 16

/**
 * The compiled code of a program for one type of start. Compiled code is valid for one version of V8 and one program, whose file name
 * contains its hash, and it contains the path of the program.
 */
export function compiledCode(program, type) {
  const directory = cacheDirectory()
  const place = hashOf(program).toString('hex').slice(0, 12)
  const name = `${basename(program)}-${place}-${type}-${process.version}-${process.arch}`
  return {
    /** Null when the file is missing or incomplete, or when others could have written it. */
    read: () => (directory === null ? null : readCompiled(directory, name)),
    write: (bytes) => {
      try {
        if (directory !== null) writeCompiled(directory, name, bytes)
      } catch {
        // The directory is not writable or the disk is full: each run compiles the program again.
      }
    },
  }
}

/** `$XDG_CACHE_HOME`, or the directory that the system has for caches; null for a user without a home directory. */
function cacheDirectory() {
  const { XDG_CACHE_HOME: named = '' } = process.env
  if (isAbsolute(named)) return join(named, 'letta-workbench')
  const home = homedir()
  if (!isAbsolute(home)) return null
  const caches = process.platform === 'darwin' ? join('Library', 'Caches') : '.cache'
  return join(home, caches, 'letta-workbench')
}

/** V8 does not verify the code, and an incomplete file would crash each start: a hash precedes it. */
function readCompiled(directory, name) {
  try {
    if (!isPrivate(directory)) return null
    const file = readFileSync(join(directory, name))
    const bytes = file.subarray(HASH_BYTES)
    return hashOf(bytes).equals(file.subarray(0, HASH_BYTES)) ? bytes : null
  } catch {
    // The first run with this version of Node writes the file.
    return null
  }
}

function writeCompiled(directory, name, bytes) {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  if (!isPrivate(directory)) return
  const path = join(directory, name)
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, Buffer.concat([hashOf(bytes), bytes]), { mode: 0o600 })
  renameSync(temporary, path)
  const files = readdirSync(directory)
    .map((file) => join(directory, file))
    .map((file) => ({ file, modified: statSync(file).mtimeMs }))
    .sort((one, other) => other.modified - one.modified)
  for (const { file } of files.slice(MAX_FILES)) rmSync(file, { force: true })
}

/** Only this user can have written what it contains. */
function isPrivate(directory) {
  const { uid, mode } = lstatSync(directory)
  return uid === process.getuid() && (mode & 0o022) === 0
}

function hashOf(bytes) {
  return createHash('sha1').update(bytes).digest()
}
