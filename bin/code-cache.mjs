// Code that V8 has compiled, in files. V8 does not verify it, and an incomplete file would crash each start: a hash precedes it.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const HASH_BYTES = 20

/** Null when the file is missing or incomplete. */
export function readCompiled(path) {
  try {
    const file = readFileSync(path)
    const bytes = file.subarray(HASH_BYTES)
    return hashOf(bytes).equals(file.subarray(0, HASH_BYTES)) ? bytes : null
  } catch {
    // The first run with this version of Node writes the file.
    return null
  }
}

export function writeCompiled(path, bytes) {
  const temporary = `${path}.${process.pid}`
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(temporary, Buffer.concat([hashOf(bytes), bytes]))
  renameSync(temporary, path)
}

function hashOf(bytes) {
  return createHash('sha1').update(bytes).digest()
}
