import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../fs/atomic-write.ts'
import { readStored } from '../fs/read-stored.ts'
import { parseJson } from '../util/parse-json.ts'

/** When the last session of a directory began, and with which agent: what changed since is what the session has learned. */
interface SessionStart {
  readonly agentId: string
  /** Milliseconds since 1970. */
  readonly at: number
}

function startFile(lettaDirectory: string, directory: string): string {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 32)
  return join(lettaDirectory, 'history', `session-${name}.json`)
}

export async function writeSessionStart(
  lettaDirectory: string,
  directory: string,
  start: SessionStart,
): Promise<void> {
  const file = startFile(lettaDirectory, directory)
  await mkdir(join(lettaDirectory, 'history'), { recursive: true, mode: 0o700 })
  await writeAtomically(file, JSON.stringify(start), { mode: 0o600, flush: false })
}

/** Null when there was none. */
export async function readSessionStart(
  lettaDirectory: string,
  directory: string,
): Promise<SessionStart | null> {
  const { agentId, at } = Object(
    parseJson((await readStored(startFile(lettaDirectory, directory))) ?? ''),
  )
  return typeof agentId === 'string' && typeof at === 'number' ? { agentId, at } : null
}
