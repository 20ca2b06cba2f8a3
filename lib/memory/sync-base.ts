import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { writeAtomically } from '../fs/atomic-write.ts'
import { isRecord } from '../util/is-record.ts'
import { readText } from './markdown-files.ts'
import type { SyncBase } from './sync-plan.ts'

/** The values that a directory and an agent had in common the last time, by label. */
interface StoredSyncBase {
  read(): Promise<SyncBase>
  write(base: SyncBase): Promise<void>
}

export function openSyncBase(
  lettaDirectory: string,
  directory: string,
  agentId: string,
): StoredSyncBase {
  const name = createHash('sha256').update(`${agentId}\n${directory}`).digest('hex').slice(0, 32)
  const file = path.join(lettaDirectory, 'history', `sync-${name}.json`)
  return {
    async read() {
      const text = await readText(file)
      try {
        const stored: unknown = JSON.parse(text ?? '{}')
        if (!isRecord(stored)) return {}
        return Object.fromEntries(
          Object.entries(stored).flatMap(([label, value]) =>
            typeof value === 'string' ? [[label, value]] : [],
          ),
        )
      } catch {
        return {}
      }
    },
    async write(base) {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
      await writeAtomically(file, JSON.stringify(base), { mode: 0o600, flush: false })
    },
  }
}
