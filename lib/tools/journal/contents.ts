import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../../fs/atomic-write.ts'
import { ignoreErrno } from '../../fs/errno.ts'
import { readBounded } from '../../fs/read-bounded.ts'
import { MISSING_FILE, versionOf } from '../files/files.ts'
import { contentVersion } from '../files/link-version.ts'

/** Contents of files by their version, each stored once. */
export interface Contents {
  /** Gives the version. */
  save(bytes: Buffer): Promise<string>
  /** Null when it is not stored, or was deleted after a month. */
  load(version: string): Promise<Buffer | null>
}

export function openContents(directory: string): Contents {
  const saved = new Set<string>()
  return {
    async save(bytes) {
      const version = versionOf(bytes)
      if (saved.has(version)) return version
      await fs.mkdir(directory, { recursive: true, mode: 0o700 })
      await writeAtomically(join(directory, version), bytes, { mode: 0o600, flush: false })
      saved.add(version)
      return version
    },
    async load(version) {
      const name = contentVersion(version)
      if (version === MISSING_FILE || !/^[0-9a-f]{64}$/.test(name)) return null
      const limits = { maxBytes: Number.POSITIVE_INFINITY }
      const file = await readBounded(join(directory, name), limits).catch(ignoreErrno('ENOENT'))
      return file?.bytes ?? null
    },
  }
}
