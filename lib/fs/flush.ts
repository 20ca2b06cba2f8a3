import { fsync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Flushes a file to the disk. Not `file.sync()`: the file handles of Yarn's Plug'n'Play do not have it. */
export async function flush(file: FileHandle): Promise<void> {
  await promisify(fsync)(file.fd)
}
