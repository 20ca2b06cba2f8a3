import { lstat, mkdir, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writeAtomically } from '../fs/atomic-write.ts'
import { ignoreErrno, isErrno } from '../fs/errno.ts'
import { decodeUtf8, readBounded, UnreadableFile } from '../fs/read-bounded.ts'
import { atRealPath, inRealDirectory } from '../fs/real-place.ts'
import { resolvePath } from '../fs/resolve-path.ts'
import type { MemoryBlock } from '../session/state/memory.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { blockMarkdown, fileNames, readBlock, type WrittenBlock } from './markdown.ts'
import {
  directoryNotFound,
  EDITED_FILE_HINT,
  editedFile,
  FOREIGN_FILE_HINT,
  fileError,
  foreignFile,
  nameNotUtf8,
  noMarkdownFiles,
  pathNotDirectory,
  tooManyFiles,
  unreadableFile,
} from './messages.ts'

export interface WrittenFile {
  readonly label: string
  readonly path: string
  readonly changed: boolean
}

/**
 * Writes each block to a Markdown file of the directory, all or none: a file that is not an export of the block, or was edited
 * since, stays unchanged. `base`: the values of the last export or import, by label.
 */
export async function writeBlocks(
  named: string,
  blocks: readonly MemoryBlock[],
  base: Readonly<Record<string, string>> = {},
): Promise<readonly WrittenFile[]> {
  const directory = await resolvePath(named)
  await makeDirectory(directory)
  const names = fileNames(blocks.map(({ label }) => label))
  const files = await Promise.all(
    blocks.map(async (block, index) => {
      const path = join(directory, names[index] ?? '')
      const text = await blockMarkdown(block)
      const before = await readText(path)
      if (before !== null && before !== text) await refuseForeign(path, before, block.label)
      if (before !== null && before !== text) await refuseEdited(path, before, block, base)
      return { label: block.label, path, text, changed: before !== text }
    }),
  )
  for (const { path, text, changed } of files) if (changed) await writeText(path, text)
  return files.map(({ label, path, changed }) => ({ label, path, changed }))
}

/** Writes the file of one block; `labels` are those of the agent. Returns its path. */
export async function writeBlockFile(
  named: string,
  labels: readonly string[],
  block: MemoryBlock,
): Promise<string> {
  const directory = await resolvePath(named)
  const path = join(directory, fileNames(labels)[labels.indexOf(block.label)] ?? '')
  const before = await readText(path)
  if (before !== null) await refuseForeign(path, before, block.label)
  await makeDirectory(directory)
  await writeText(path, await blockMarkdown(block))
  return path
}

async function refuseForeign(path: string, before: string, label: string): Promise<void> {
  const found = await readBlock(before, '').catch(() => null)
  if (found?.label === label) return
  throw new UserError(foreignFile(path, label), {
    hint: FOREIGN_FILE_HINT,
  })
}

/** A file that was edited since the last export has what the agent does not know yet. */
export async function refuseEdited(
  path: string,
  before: string,
  { label, value }: MemoryBlock,
  base: Readonly<Record<string, string>>,
): Promise<void> {
  const known = base[label]
  if (known === undefined) return
  const found = await readBlock(before, label).catch(() => null)
  if (found === null || found.value === known || found.value === value) return
  throw new UserError(editedFile(path), { hint: EDITED_FILE_HINT })
}

export interface BlockFile extends WrittenBlock {
  readonly path: string
}

const MAX_FILES = 1000

/** The blocks in the Markdown files of a directory, or the one in a single file. */
export async function readBlocks(path: string): Promise<readonly BlockFile[]> {
  const files = await markdownFiles(path)
  if (files.length === 0) throw new UserError(noMarkdownFiles(path))
  return readFiles(files)
}

/** The same; empty for a directory without Markdown files, or that does not exist. */
export async function readExisting(directory: string): Promise<readonly BlockFile[]> {
  const found = await stat(directory).catch(() => null)
  if (found === null) return []
  if (!found.isDirectory()) throw new UserError(pathNotDirectory(directory))
  return readFiles(await markdownFiles(directory))
}

async function readFiles(paths: readonly string[]): Promise<readonly BlockFile[]> {
  const files: BlockFile[] = []
  for (const file of paths) {
    const text = await readText(file)
    if (text === null) {
      refuseMisread(file)
      continue
    }
    try {
      files.push({ ...(await readBlock(text, basename(file, '.md'))), path: file })
    } catch (thrown) {
      throw new UserError(fileError(file, messageOf(thrown)), { cause: thrown })
    }
  }
  return files
}

async function markdownFiles(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => null)
  if (found === null) throw new UserError(directoryNotFound(path))
  if (!found.isDirectory()) return [join(await resolvePath(dirname(path)), basename(path))]
  const directory = await resolvePath(path)
  const all = await toUserErrors(
    path,
    inRealDirectory(directory, (pinned) => readdir(pinned)),
  )
  const names = all.filter((name) => /^[^.].*\.md$/s.test(name)).sort()
  if (names.length > MAX_FILES) throw new UserError(tooManyFiles(path, MAX_FILES))
  return names.map((name) => join(directory, name))
}

/**
 * Node replaces the bytes of a name that are not UTF-8, and finds no file of the resulting name. A file that was removed meanwhile
 * is none.
 */
export function refuseMisread(path: string): void {
  if (basename(path).includes('\uFFFD')) throw new UserError(nameNotUtf8(path))
}

const MAX_FILE_BYTES = 4 * 1_048_576

/** The text of a file by its real path, not of one that a link leads to which is put above it. Null when it does not exist. */
export async function readText(path: string): Promise<string | null> {
  try {
    const limits = { maxBytes: MAX_FILE_BYTES, followSymlinks: false }
    const { bytes } = await atRealPath(path, (pinned) => readBounded(pinned, limits))
    return decodeUtf8(bytes)
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return null
    if (thrown instanceof UnreadableFile) throw new UserError(unreadableFile(path, thrown.message))
    if (isErrno(thrown)) throw new UserError(fileError(path, messageOf(thrown)), { cause: thrown })
    throw thrown
  }
}

/** Replaces a symbolic link that was put in place of the file in the meantime, instead of following it, nor one above it. */
export async function writeText(path: string, text: string): Promise<void> {
  const writing = atRealPath(path, async (pinned) => {
    const before = await lstat(pinned).catch(ignoreErrno('ENOENT'))
    const attributes = before?.isFile() ? { attributes: before } : {}
    await writeAtomically(pinned, text, attributes)
  })
  await toUserErrors(path, writing)
}

/** One after the other: in `/proc`, Node tries the recursive `mkdir` for ever. */
export async function makeDirectory(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => null)
  if (found?.isDirectory() === true) return
  if (found !== null) throw new UserError(pathNotDirectory(directory))
  const parent = dirname(directory)
  if (parent !== directory) await makeDirectory(parent)
  await toUserErrors(
    directory,
    atRealPath(directory, (pinned) => mkdir(pinned)),
  )
}

/** System errors concern the path, so they are reported as user errors and not as internal errors. */
async function toUserErrors<Value>(path: string, work: Promise<Value>): Promise<Value> {
  try {
    return await work
  } catch (thrown) {
    if (!isErrno(thrown)) throw thrown
    throw new UserError(fileError(path, messageOf(thrown)), { cause: thrown })
  }
}
