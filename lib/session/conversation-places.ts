import path from 'node:path'
import { writeAtomically } from '../fs/atomic-write.ts'
import { ignoreErrno } from '../fs/errno.ts'
import { withLock } from '../fs/lock.ts'
import { readBounded, UnreadableFile } from '../fs/read-bounded.ts'
import { isRecord } from '../util/is-record.ts'

/** Where conversations were continued on this machine, the newest last. A server knows no directories. */
type ConversationPlaces = ReadonlyMap<string, string>

const MAX_PLACES = 5000
const MAX_BYTES = 5_000_000

/** Anything else than a list of places is treated as none: it only sorts a list. */
export async function readConversationPlaces(lettaDirectory: string): Promise<ConversationPlaces> {
  try {
    const { bytes } = await readBounded(fileIn(lettaDirectory), { maxBytes: MAX_BYTES })
    const value: unknown = JSON.parse(bytes.toString())
    const entries = isRecord(value) ? Object.entries(value) : []
    return new Map(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch (thrown) {
    if (thrown instanceof UnreadableFile || thrown instanceof SyntaxError) return new Map()
    // The file or the disk: the list is complete without it.
    ignoreErrno()(thrown)
    return new Map()
  }
}

/** Several processes may add to the file at once. The disk may be read-only. */
export async function writeConversationPlace(
  lettaDirectory: string,
  key: string,
  directory: string,
): Promise<void> {
  const file = fileIn(lettaDirectory)
  await withLock(file, async () => {
    const places = new Map(await readConversationPlaces(lettaDirectory))
    places.delete(key)
    const newest = [...places, [key, directory] as const].slice(-MAX_PLACES)
    await writeAtomically(file, JSON.stringify(Object.fromEntries(newest)), { mode: 0o600 })
  }).catch(ignoreErrno())
}

function fileIn(lettaDirectory: string): string {
  return path.join(lettaDirectory, 'conversation-places.json')
}
