import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../fs/atomic-write.ts'
import { isErrno } from '../fs/errno.ts'
import { decodeUtf8, readBounded, UnreadableFile } from '../fs/read-bounded.ts'
import type { BlockDraftText } from '../session/state/memory.ts'
import { isRecord } from '../util/is-record.ts'

/** Texts that a person has typed into a block and not saved yet: one file for each block, which only its owner can read. */
export interface DraftFiles {
  /** Null when there is none, or the file is unreadable. */
  read(blockId: string): Promise<BlockDraftText | null>
  write(blockId: string, draft: BlockDraftText): Promise<void>
  remove(blockId: string): Promise<void>
  path(blockId: string): string
}

/** A block of 100,000 characters, twice, with escapes. */
const MAX_DRAFT_BYTES = 8 * 1_048_576

/** `directory` is created when it is needed. `server`: block ids are those of one server. */
export function openDrafts(directory: string, server: string): DraftFiles {
  const path = (blockId: string): string => {
    const name = createHash('sha256').update(`${server}\n${blockId}`).digest('hex').slice(0, 32)
    return join(directory, `${name}.json`)
  }
  return {
    path,
    async read(blockId) {
      try {
        const { bytes } = await readBounded(path(blockId), {
          maxBytes: MAX_DRAFT_BYTES,
          followSymlinks: false,
        })
        return toDraft(JSON.parse(decodeUtf8(bytes)))
      } catch (thrown) {
        if (isErrno(thrown) || thrown instanceof UnreadableFile || thrown instanceof SyntaxError)
          return null
        throw thrown
      }
    },
    async write(blockId, draft) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      // Not flushed to the disk: the file survives the end of the process, and is written while a person types.
      const text = JSON.stringify({ blockId, ...draft })
      await writeAtomically(path(blockId), text, { mode: 0o600, flush: false })
    },
    remove: (blockId) => rm(path(blockId), { force: true }),
  }
}

function toDraft(value: unknown): BlockDraftText | null {
  if (!isRecord(value)) return null
  const { before, text } = value
  return typeof before === 'string' && typeof text === 'string' ? { before, text } : null
}
