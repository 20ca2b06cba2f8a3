import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { ignoreErrno } from '../fs/errno.ts'
import type { MemoryBlock } from '../session/state/memory.ts'
import { UserError } from '../util/user-error.ts'
import {
  type BlockFile,
  readExisting,
  type WrittenFile,
  writeBlockFile,
  writeBlocks,
} from './markdown-files.ts'
import { MEMFS_ROOT, readMemfs, writeMemfs, writeMemfsFile } from './memfs.ts'
import { symbolicLink } from './messages.ts'
import type { SyncBase } from './sync-plan.ts'

/** `markdown`: a flat directory with the label in the front matter. `memfs`: the layout of Letta Code. */
export const LAYOUTS = ['markdown', 'memfs'] as const
export type LayoutName = (typeof LAYOUTS)[number]

/** The files of memory blocks in a directory. */
interface MemoryDirectory {
  readonly layout: LayoutName
  /** What git commits, from the directory. */
  readonly committed: readonly string[]
  /** Empty for a directory that does not exist. */
  read(): Promise<readonly BlockFile[]>
  /** All or none: a file that is not an export, or was edited since, stays unchanged. */
  writeAll(base: SyncBase): Promise<readonly WrittenFile[]>
  /** Returns the path of the file. */
  write(block: MemoryBlock, value: string): Promise<string>
}

export function openMemoryDirectory(
  directory: string,
  layout: LayoutName,
  blocks: readonly MemoryBlock[],
): MemoryDirectory {
  const labels = blocks.map(({ label }) => label)
  if (layout === 'memfs') {
    return {
      layout,
      committed: [MEMFS_ROOT],
      read: () => readMemfs(directory, labels),
      writeAll: (base) => writeMemfs(directory, blocks, base),
      write: (block, value) => writeMemfsFile(directory, labels, block, value),
    }
  }
  return {
    layout,
    committed: [':(glob)*.md'],
    read: () => readExisting(directory),
    writeAll: (base) => writeBlocks(directory, blocks, base),
    write: (block, value) => writeBlockFile(directory, labels, { ...block, value }),
  }
}

/** A directory with a directory `system` has the layout of Letta Code. */
export async function detectLayout(directory: string): Promise<LayoutName> {
  const root = path.join(directory, MEMFS_ROOT)
  const found = await lstat(root).catch(ignoreErrno('ENOENT', 'ENOTDIR'))
  if (found?.isSymbolicLink() === true) throw new UserError(symbolicLink(root))
  return found?.isDirectory() === true ? 'memfs' : 'markdown'
}
