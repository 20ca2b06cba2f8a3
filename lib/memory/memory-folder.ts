import { createHash } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import path from 'node:path'
import { writeAtomically } from '../fs/atomic-write.ts'
import { isErrno } from '../fs/errno.ts'
import type { MemoryBlock } from '../session/state.ts'
import { writeFrontMatter } from '../util/front-matter.ts'
import { isRecord } from '../util/is-record.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { fileNames, readBlock } from './markdown.ts'
import { readText, writeText } from './markdown-files.ts'
import { fileError } from './messages.ts'
import type { SyncBase, SyncedFile } from './sync-plan.ts'

/**
 * The layout of Letta Code: the blocks in the prompt are Markdown files below `system/`, and a label with slashes is a path. The
 * front matter has description and limit; the label is the path.
 */
export const SYNC_FOLDER = 'system'
const MAX_FILES = 1000
const MAX_DEPTH = 8

/** The path of a block's file below the directory. */
function syncedPath(label: string): string {
  const parts = label.split('/').filter((part) => part !== '')
  const folders = parts.slice(0, -1).map((part) => fileNames([part])[0]?.replace(/\.md$/, '') ?? '')
  return path.join(SYNC_FOLDER, ...folders, fileNames([parts.at(-1) ?? label])[0] ?? '')
}

export async function readSyncedFiles(directory: string): Promise<readonly SyncedFile[]> {
  const root = path.join(directory, SYNC_FOLDER)
  const found = await listFiles(root, 0)
  const files: SyncedFile[] = []
  for (const file of found.slice(0, MAX_FILES)) {
    const text = await readText(file)
    if (text === null) continue
    const label = labelOf(path.relative(root, file))
    try {
      const { value, description } = await readBlock(text, label)
      files.push({ label, value, description })
    } catch (thrown) {
      throw new UserError(fileError(file, messageOf(thrown)), { cause: thrown })
    }
  }
  return files
}

/** Links are not followed. */
async function listFiles(folder: string, depth: number): Promise<readonly string[]> {
  if (depth > MAX_DEPTH) return []
  const entries = await readdir(folder, { withFileTypes: true }).catch((thrown: unknown) => {
    if (isErrno(thrown, 'ENOENT')) return []
    throw new UserError(fileError(folder, messageOf(thrown)), { cause: thrown })
  })
  const found = await Promise.all(
    entries.map(async (entry) => {
      const at = path.join(folder, entry.name)
      if (entry.name.startsWith('.')) return []
      if (entry.isDirectory()) return listFiles(at, depth + 1)
      return entry.isFile() && entry.name.endsWith('.md') ? [at] : []
    }),
  )
  return found.flat().sort()
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

export async function writeSyncedFile(
  directory: string,
  { label, description, limit, readOnly }: Omit<MemoryBlock, 'id' | 'value'>,
  value: string,
): Promise<string> {
  const file = path.join(directory, syncedPath(label))
  await mkdir(path.dirname(file), { recursive: true })
  const fields = {
    ...(description === null ? {} : { description }),
    limit,
    ...(readOnly ? { read_only: true } : {}),
  }
  await writeText(file, await writeFrontMatter(fields, `${value}\n`))
  return file
}

function baseFile(home: string, directory: string, agentId: string): string {
  const name = createHash('sha256').update(`${agentId}\n${directory}`).digest('hex').slice(0, 32)
  return path.join(home, '.letta', 'history', `sync-${name}.json`)
}

/** What both were after the last synchronization of this directory with this agent. */
export async function readSyncBase(
  home: string,
  directory: string,
  agentId: string,
): Promise<SyncBase> {
  const text = await readText(baseFile(home, directory, agentId))
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
}

export async function writeSyncBase(
  home: string,
  directory: string,
  agentId: string,
  base: SyncBase,
): Promise<void> {
  await mkdir(path.join(home, '.letta', 'history'), { recursive: true, mode: 0o700 })
  const file = baseFile(home, directory, agentId)
  await writeAtomically(file, JSON.stringify(base), { mode: 0o600, flush: false })
}
