import { isErrno } from './errno.ts'
import { readBounded, UnreadableFile } from './read-bounded.ts'

const MAX_STORED_BYTES = 64 * 2 ** 20

/**
 * The text of a file that the program has written, or has found to be small. Null when it is missing or cannot be read, and when it is not such a file: a
 * directory, a device, or larger than any of them.
 */
export async function readStored(path: string): Promise<string | null> {
  return (await readStoredBytes(path, MAX_STORED_BYTES))?.toString() ?? null
}

export async function readStoredBytes(path: string, maxBytes: number): Promise<Buffer | null> {
  try {
    return (await readBounded(path, { maxBytes })).bytes
  } catch (thrown) {
    if (isErrno(thrown) || thrown instanceof UnreadableFile) return null
    throw thrown
  }
}
