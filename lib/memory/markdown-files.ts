import { constants } from 'node:fs'
import { mkdir, open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isErrno } from '../fs/errno.ts'
import { decodeUtf8, readBounded, UnreadableFile } from '../fs/read-bounded.ts'
import type { MemoryBlock } from '../session/state.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { blockMarkdown, fileNames, readBlock, type WrittenBlock } from './markdown.ts'

export interface WrittenFile {
  readonly label: string
  readonly path: string
  readonly changed: boolean
}

/** Writes each block to a markdown file of the directory, all or none: a file that is not of the block is left alone. */
export async function writeBlocks(
  directory: string,
  blocks: readonly MemoryBlock[],
): Promise<readonly WrittenFile[]> {
  await asked(directory, mkdir(directory, { recursive: true }))
  const names = fileNames(blocks.map(({ label }) => label))
  const files = await Promise.all(
    blocks.map(async (block, index) => {
      const path = join(directory, names[index] ?? '')
      const text = await blockMarkdown(block)
      const before = await readText(path)
      if (before !== null && before !== text) await refuseForeign(path, before, block.label)
      return { label: block.label, path, text, changed: before !== text }
    }),
  )
  for (const { path, text, changed } of files) if (changed) await writeText(path, text)
  return files.map(({ label, path, changed }) => ({ label, path, changed }))
}

async function refuseForeign(path: string, before: string, label: string): Promise<void> {
  const found = await readBlock(before, '').catch(() => null)
  if (found?.label === label) return
  throw new UserError(`${path} is there already, and is not the memory block "${label}".`, {
    hint: 'Nothing was written. Name another folder, or move the file away.',
  })
}

export interface ReadFile extends WrittenBlock {
  readonly path: string
}

const COUNT_LIMIT = 1000

/** The blocks that the markdown files of a directory hold, or the one of a file. */
export async function readBlocks(path: string): Promise<readonly ReadFile[]> {
  const files: ReadFile[] = []
  for (const file of await markdownFiles(path)) {
    const text = await readText(file)
    if (text === null) continue
    try {
      files.push({ ...(await readBlock(text, basename(file, '.md'))), path: file })
    } catch (thrown) {
      throw new UserError(`${file}: ${messageOf(thrown)}`, { cause: thrown })
    }
  }
  return files
}

async function markdownFiles(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => null)
  if (found === null) throw new UserError(`${path} is not there.`)
  if (!found.isDirectory()) return [path]
  const names = (await asked(path, readdir(path)))
    .filter((name) => /^[^.].*\.md$/.test(name))
    .sort()
  if (names.length === 0) throw new UserError(`${path} holds no markdown files.`)
  if (names.length > COUNT_LIMIT) throw new UserError(`${path} holds over ${COUNT_LIMIT} files.`)
  return names.map((name) => join(path, name))
}

const MAX_FILE_BYTES = 4 * 1_048_576

/** Null when there is no such file. */
async function readText(path: string): Promise<string | null> {
  try {
    const { bytes } = await readBounded(path, { maxBytes: MAX_FILE_BYTES, followSymlinks: false })
    return decodeUtf8(bytes)
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return null
    if (thrown instanceof UnreadableFile) throw new UserError(`${path} ${thrown.message}.`)
    if (isErrno(thrown)) throw new UserError(`${path}: ${messageOf(thrown)}`, { cause: thrown })
    throw thrown
  }
}

async function writeText(path: string, text: string): Promise<void> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants
  const file = await openFile(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
  try {
    if (file !== null) await asked(path, file.writeFile(text))
  } finally {
    await file?.close()
  }
}

/** What the system refuses is trouble with the path, and none of ours. */
async function asked<Value>(path: string, work: Promise<Value>): Promise<Value> {
  try {
    return await work
  } catch (thrown) {
    if (!isErrno(thrown)) throw thrown
    throw new UserError(`${path}: ${messageOf(thrown)}`, { cause: thrown })
  }
}

async function openFile(path: string, flags: number) {
  try {
    return await open(path, flags)
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return null
    if (isErrno(thrown, 'ELOOP')) throw new UserError(`${path} is a link: it is not followed.`)
    throw new UserError(`${path}: ${messageOf(thrown)}`, { cause: thrown })
  }
}
