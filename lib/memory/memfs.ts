import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import { ignoreErrno, isErrno } from '../fs/errno.ts'
import { inRealDirectory } from '../fs/real-place.ts'
import { resolvePath } from '../fs/resolve-path.ts'
import type { MemoryBlock } from '../session/state/memory.ts'
import { writeFrontMatter } from '../util/front-matter.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { encodePathPart, readBlock } from './markdown.ts'
import {
  type BlockFile,
  makeDirectory,
  readText,
  refuseEdited,
  refuseMisread,
  type WrittenFile,
  writeText,
} from './markdown-files.ts'
import {
  duplicateLabel,
  fileError,
  labelTooLong,
  pathNotDirectory,
  symbolicLink,
  tooDeep,
  tooManyFiles,
} from './messages.ts'
import type { SyncBase } from './sync-plan.ts'

/**
 * The layout of Letta Code: the blocks in the prompt are Markdown files below `system/`, and a label with slashes is a path. The
 * front matter has a description, which Letta Code requires, and the limit. An agent that Letta Code has created has labels that
 * begin with `system/` themselves.
 */
export const MEMFS_ROOT = 'system'
const MAX_FILES = 1000
const MAX_DEPTH = 32
/** Most file systems allow 255 bytes for a name. */
const MAX_NAME_BYTES = 240

/**
 * The path of each label's file below the directory. No two of them differ only in case.
 * @internal
 */
export function memfsPaths(labels: readonly string[]): ReadonlyMap<string, string> {
  const prefix = hasPathLabels(labels) ? '' : `${MEMFS_ROOT}/`
  const taken = new Set<string>()
  const files = new Map<string, string>()
  // In an order that does not change when the agent gets its blocks in another one; `human` before `HUMAN`.
  for (const label of labels.toSorted().toReversed()) {
    const stem = `${prefix}${stemOf(label)}`
    let file = `${stem}.md`
    for (let count = 2; taken.has(file.toLowerCase()); count++) file = `${stem}~${count}.md`
    taken.add(file.toLowerCase())
    files.set(label, file)
  }
  return new Map(labels.map((label) => [label, files.get(label) ?? '']))
}

function stemOf(label: string): string {
  const parts = label.split('/')
  const isPath = parts.every((part) => part !== '')
  const names = (isPath ? parts : [label]).map((part) => encodePathPart(part))
  if (names.some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)) {
    throw new UserError(labelTooLong(label))
  }
  return names.join('/') || '%'
}

/** The number in the name of a file whose label differs from another only in case; no label has an unencoded `~`. */
const COUNT = /~\d+(?=\.md$)/

/** The label in the front matter of a file with a number, if the file can be that of the label. */
function isFileOf(label: string, file: string): boolean {
  const plain = file.split(path.sep).join('/').replace(COUNT, '').toLowerCase()
  return COUNT.test(file) && plain === `${stemOf(label)}.md`.toLowerCase()
}

/** Whether the labels are paths from the directory itself, as those of an agent that Letta Code has created. */
function hasPathLabels(labels: readonly string[]): boolean {
  return labels.some((label) => label.startsWith(`${MEMFS_ROOT}/`))
}

/** The files below `system/`, and those of the labels elsewhere. What else the directory contains is not in the prompt. */
export async function readMemfs(
  named: string,
  labels: readonly string[],
): Promise<readonly BlockFile[]> {
  const directory = await resolvePath(named)
  const isPaths = hasPathLabels(labels)
  const found = await listFiles(path.join(directory, MEMFS_ROOT), 0)
  const own = [...memfsPaths(labels).values()].map((file) => path.join(directory, file))
  const files: BlockFile[] = []
  for (const file of new Set([...found, ...own])) {
    await refuseLinks(directory, path.relative(directory, path.dirname(file)))
    const text = await readText(file)
    if (text === null) {
      refuseMisread(file)
      continue
    }
    const root = isPaths ? directory : path.join(directory, MEMFS_ROOT)
    const relative = path.relative(root, file)
    try {
      const written = await readBlock(text, labelOf(relative))
      const label = isFileOf(written.label, relative) ? written.label : labelOf(relative)
      const other = files.find((one) => one.label === label)
      if (other !== undefined) throw new UserError(duplicateLabel(label, other.path))
      files.push({ ...written, label, path: file })
    } catch (thrown) {
      throw new UserError(fileError(file, messageOf(thrown)), { cause: thrown })
    }
  }
  return files
}

/** A link is refused: what it names is not a part of the directory. */
async function listFiles(parent: string, depth: number): Promise<readonly string[]> {
  if (depth > MAX_DEPTH) throw new UserError(tooDeep(parent))
  if ((await lstat(parent).catch(() => null))?.isSymbolicLink() === true) {
    throw new UserError(symbolicLink(parent))
  }
  const entries = await inRealDirectory(parent, (pinned) =>
    readdir(pinned, { withFileTypes: true }),
  ).catch((thrown: unknown) => {
    if (isErrno(thrown, 'ENOENT')) {
      refuseMisread(parent)
      return []
    }
    if (isErrno(thrown, 'ENOTDIR')) throw new UserError(pathNotDirectory(parent))
    throw new UserError(fileError(parent, messageOf(thrown)), { cause: thrown })
  })
  const found: string[] = []
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const at = path.join(parent, entry.name)
    if (entry.name.startsWith('.')) continue
    if (entry.isSymbolicLink()) throw new UserError(symbolicLink(at))
    if (entry.isDirectory()) found.push(...(await listFiles(at, depth + 1)))
    if (entry.isFile() && entry.name.endsWith('.md')) found.push(at)
    if (found.length > MAX_FILES) throw new UserError(tooManyFiles(parent, MAX_FILES))
  }
  return found
}

function labelOf(file: string): string {
  return file
    .replace(/\.md$/, '')
    .split(path.sep)
    .map((part) => decode(part))
    .join('/')
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Writes each block below `system/`, all or none. A file that was edited since the last time stays unchanged. */
export async function writeMemfs(
  named: string,
  blocks: readonly MemoryBlock[],
  base: SyncBase,
): Promise<readonly WrittenFile[]> {
  const directory = await resolvePath(named)
  const paths = memfsPaths(blocks.map(({ label }) => label))
  const files = await Promise.all(
    blocks.map(async (block) => {
      const file = path.join(directory, paths.get(block.label) ?? '')
      await refuseLinks(directory, path.relative(directory, path.dirname(file)))
      const text = await memfsText(block, block.value, file)
      const before = await readText(file)
      if (before !== null && before !== text) await refuseEdited(file, before, block, base)
      return { label: block.label, path: file, text, changed: before !== text }
    }),
  )
  for (const { path: file, text, changed } of files) {
    if (!changed) continue
    await makeDirectories(directory, path.relative(directory, path.dirname(file)))
    await writeText(file, text)
  }
  return files.map(({ label, path: file, changed }) => ({ label, path: file, changed }))
}

/** Writes one file of the layout; `labels` are those of the agent. */
export async function writeMemfsFile(
  named: string,
  labels: readonly string[],
  block: MemoryBlock,
  value: string,
): Promise<string> {
  const directory = await resolvePath(named)
  const file = path.join(directory, memfsPaths(labels).get(block.label) ?? '')
  await makeDirectories(directory, path.relative(directory, path.dirname(file)))
  await writeText(file, await memfsText(block, value, file))
  return file
}

/** Letta Code rejects a file without a description. */
function memfsText(
  { label, description, limit, readOnly }: MemoryBlock,
  value: string,
  file: string,
): Promise<string> {
  const fields = {
    ...(COUNT.test(file) ? { label } : {}),
    description: description?.trim() || label,
    limit,
    ...(readOnly ? { read_only: true } : {}),
  }
  return writeFrontMatter(fields, `${value}\n`)
}

/** Refuses a link among the directories of a file: it leads out of the memory directory. */
async function refuseLinks(directory: string, relative: string): Promise<void> {
  for (const parent of directoriesOf(directory, relative)) {
    const found = await lstat(parent).catch(ignoreErrno('ENOENT', 'ENOTDIR'))
    if (found?.isSymbolicLink() === true) throw new UserError(symbolicLink(parent))
  }
}

async function makeDirectories(directory: string, relative: string): Promise<void> {
  await refuseLinks(directory, relative)
  await makeDirectory(path.join(directory, relative))
}

function directoriesOf(directory: string, relative: string): readonly string[] {
  const parts = relative.split(path.sep).filter((part) => part !== '')
  return parts.map((_, index) => path.join(directory, ...parts.slice(0, index + 1)))
}

/** Markdown files that are not in the prompt: notes and skills next to `system/`. */
export async function countOutside(named: string, labels: readonly string[]): Promise<number> {
  const directory = await resolvePath(named)
  const own = new Set([...memfsPaths(labels).values()].map((file) => path.join(directory, file)))
  const entries = await readdir(directory, { withFileTypes: true })
  let count = 0
  for (const entry of entries) {
    const at = path.join(directory, entry.name)
    if (entry.name.startsWith('.') || entry.name === MEMFS_ROOT) continue
    const files = entry.isDirectory()
      ? await listFiles(at, 1).catch(() => [])
      : entry.isFile() && entry.name.endsWith('.md')
        ? [at]
        : []
    count += files.filter((file) => !own.has(file)).length
  }
  return count
}
