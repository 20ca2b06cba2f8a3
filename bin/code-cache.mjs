// Code that V8 has compiled, in files of the user's cache directory: an installation is often not writable, and is shared.
import { createHash } from 'node:crypto'
import {
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { basename, isAbsolute, join } from 'node:path'
import { makeDirectorySync } from '../lib/fs/make-directory.ts'

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
    /** The compiled code of a part by its name, null for a damaged one; null when the file is missing or incomplete, or when others could have written it. */
    read: () => (directory === null ? null : readCompiled(directory, name)),
    /** `parts`: names with bytes. */
    write: (parts) => {
      try {
        if (directory !== null) writeCompiled(directory, name, parts)
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

/**
 * A file is a list of the parts with their sizes and hashes, then the parts. Each is read when it is needed, so that a start reads
 * only its own parts. V8 does not verify the code, and an incomplete file would crash each start: hashes of the list and of each part
 * precede them.
 */
function readCompiled(directory, name) {
  try {
    if (!isPrivate(directory)) return null
    const file = openSync(join(directory, name), 'r')
    const [hash, length] = [readAt(file, HASH_BYTES, 0), readAt(file, 4, HASH_BYTES).readUInt32LE()]
    const list = readAt(file, length, HASH_BYTES + 4)
    if (!hashOf(list).equals(hash)) return null
    const places = new Map()
    let start = align(HASH_BYTES + 4 + length)
    for (const [part, size, expected] of JSON.parse(list.toString())) {
      places.set(part, { start, size, expected })
      start = align(start + size)
    }
    if (fstatSync(file).size < start) return null
    return (part) => readPart(file, places.get(part))
  } catch {
    // The first run with this version of Node writes the file.
    return null
  }
}

function readPart(file, place) {
  if (place === undefined) return undefined
  const bytes = readAt(file, place.size, place.start)
  return hashOf(bytes).toString('base64') === place.expected ? bytes : null
}

function readAt(file, size, start) {
  const bytes = Buffer.allocUnsafeSlow(size)
  if (readSync(file, bytes, 0, size, start) !== size) throw new Error('The file is incomplete.')
  return bytes
}

/** V8 copies code that does not begin at a multiple of the size of a pointer. */
function align(offset) {
  return Math.ceil(offset / 8) * 8
}

function writeCompiled(directory, name, parts) {
  makeDirectorySync(directory, { mode: 0o700 })
  if (!isPrivate(directory)) return
  const path = join(directory, name)
  const temporary = `${path}.${process.pid}`
  try {
    writeFileSync(temporary, toFile(parts), { mode: 0o600 })
    renameSync(temporary, path)
  } catch (thrown) {
    // On a full disk it would take the last space.
    rmSync(temporary, { force: true })
    throw thrown
  }
  const files = readdirSync(directory)
    .map((file) => join(directory, file))
    .map((file) => ({ file, modified: statSync(file).mtimeMs }))
    .sort((one, other) => other.modified - one.modified)
  for (const { file } of files.slice(MAX_FILES)) rmSync(file, { force: true })
}

function toFile(parts) {
  const list = Buffer.from(
    JSON.stringify(
      parts.map(([name, bytes]) => [name, bytes.length, hashOf(bytes).toString('base64')]),
    ),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(list.length)
  const padding = ({ length: size }) => Buffer.alloc(align(size) - size)
  const head = Buffer.concat([hashOf(list), length, list])
  return Buffer.concat(
    [head, ...parts.map(([, bytes]) => bytes)].flatMap((bytes) => [bytes, padding(bytes)]),
  )
}

/** Only this user can have written what it contains. */
function isPrivate(directory) {
  const { uid, mode } = lstatSync(directory)
  return uid === process.getuid() && (mode & 0o022) === 0
}

function hashOf(bytes) {
  return createHash('sha1').update(bytes).digest()
}
