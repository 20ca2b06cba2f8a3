import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { writeAtomically } from '../fs/atomic-write.ts'
import { ignoreErrno, isErrno } from '../fs/errno.ts'
import { readStored } from '../fs/read-stored.ts'

/**
 * The id by which servers recognize the changes of a person across sessions on this machine, created once. Null when the disk is
 * read-only.
 */
export async function readHomeId(lettaDirectory: string): Promise<string | null> {
  const file = path.join(lettaDirectory, 'client-id')
  return readOrCreate(file).catch(ignoreErrno())
}

async function readOrCreate(file: string): Promise<string | null> {
  const known = await readId(file)
  if (known !== null) return known
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  try {
    await writeAtomically(file, `${randomUUID()}\n`, { mode: 0o600, exclusive: true })
  } catch (thrown) {
    // Another process has created it meanwhile.
    if (!isErrno(thrown, 'EEXIST')) throw thrown
  }
  return readId(file)
}

/** Null for a file that is missing, or that somebody has damaged. */
async function readId(file: string): Promise<string | null> {
  const text = await readStored(file)
  return text === null || !IS_ID.test(text.trim()) ? null : text.trim()
}

const IS_ID = /^[0-9a-f-]{36}$/
