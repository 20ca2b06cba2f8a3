// What V8 compiled, on the disk. V8 trusts every byte of it, so a hash goes in front: a torn file would crash each start.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const LENGTH = 20

/** Null when there is none, or not all of it. */
export function readCompiled(path) {
  try {
    const file = readFileSync(path)
    const bytes = file.subarray(LENGTH)
    return hashOf(bytes).equals(file.subarray(0, LENGTH)) ? bytes : null
  } catch {
    // Not there yet: the first run with this Node.
    return null
  }
}

export function writeCompiled(path, bytes) {
  const beside = `${path}.${process.pid}`
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(beside, Buffer.concat([hashOf(bytes), bytes]))
  renameSync(beside, path)
}

function hashOf(bytes) {
  return createHash('sha1').update(bytes).digest()
}
