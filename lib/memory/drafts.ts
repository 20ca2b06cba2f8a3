import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { writeAtomically } from '../fs/atomic-write.ts'
import { isErrno } from '../fs/errno.ts'
import { identifyProcess, isProcessAlive, type ProcessIdentity } from '../fs/process-identity.ts'
import { decodeUtf8, readBounded, UnreadableFile } from '../fs/read-bounded.ts'
import type {
  BlockDraftText,
  DraftOfMissingBlock,
  StoredDraft,
  TypedDraft,
} from '../session/state/memory.ts'
import { isRecord } from '../util/is-record.ts'

/**
 * Texts that a person has typed into a block and not saved yet: one file for each block and process, which only its owner can
 * read. What a process has left that ended belongs to the one that continues it.
 */
export interface DraftFiles {
  /** Query: the newest text that no other process is editing; null when there is none, or the files are unreadable. */
  read(blockId: string): Promise<StoredDraft | null>
  /** Query: the same for each block of which the agent has a draft, without those of `blockIds`. */
  readMissing(agentId: string, blockIds: readonly string[]): Promise<readonly DraftOfMissingBlock[]>
  /** `replaced`: the file of an ended process whose text is continued here. */
  write(blockId: string, draft: TypedDraft, replaced?: string | null): Promise<void>
  /** Removes what was written here and `replaced`; the other drafts of the block stay. */
  remove(blockId: string, replaced?: string | null): Promise<void>
  /** Where this process writes. */
  path(blockId: string): string
}

/** The process that writes drafts. `id` is in the names of its files. */
interface DraftProcess {
  readonly id: string
  readonly identity: Promise<ProcessIdentity>
}

let thisProcess: DraftProcess | null = null

function currentProcess(): DraftProcess {
  thisProcess ??= { id: randomUUID().slice(0, 8), identity: identifyProcess() }
  return thisProcess
}

/** A block of 100,000 characters, twice, with escapes. */
const MAX_DRAFT_BYTES = 8 * 1_048_576

/** `directory` is created when it is needed. `server`: block ids are those of one server. */
export function openDrafts(
  directory: string,
  server: string,
  { id, identity }: DraftProcess = currentProcess(),
): DraftFiles {
  const nameOf = (blockId: string): string =>
    createHash('sha256').update(`${server}\n${blockId}`).digest('hex').slice(0, 32)
  const path = (blockId: string): string => join(directory, `${nameOf(blockId)}-${id}.json`)
  const removeReplaced = async (blockId: string, file: string | null): Promise<void> => {
    if (file !== null && file !== path(blockId)) await rm(file, { force: true })
  }
  /** Those whose names begin so and that no other process is editing, the newest first. */
  const readFree = async (start: string): Promise<readonly DraftFile[]> => {
    const own = await identity
    const names = await namesIn(directory, start)
    const files = await Promise.all(names.map((name) => readDraft(join(directory, name))))
    const found = files.flatMap((file) => (file === null ? [] : [file]))
    const free: DraftFile[] = []
    for (const file of found.toSorted((one, other) => other.at - one.at)) {
      const isOwn = file.path.endsWith(`-${id}.json`) || file.process === null
      if (!isOwn && (await isProcessAlive(file.process, own)) !== false) continue
      free.push(file)
    }
    return free
  }
  return {
    path,
    async read(blockId) {
      return newestOf(await readFree(nameOf(blockId)))
    },
    async readMissing(agentId, blockIds) {
      const free = await readFree('')
      const missing = free.flatMap((file) => {
        const { owner } = file
        if (owner?.agentId !== agentId || blockIds.includes(owner.blockId)) return []
        // The ids of blocks are those of one server.
        return basename(file.path).startsWith(nameOf(owner.blockId)) ? [{ owner, file }] : []
      })
      const ids = [...new Set(missing.map(({ owner }) => owner.blockId))]
      return ids.flatMap((blockId) => {
        const found = missing.filter(({ owner }) => owner.blockId === blockId)
        const draft = newestOf(found.map(({ file }) => file))
        const label = found[0]?.owner.label
        return draft === null || label === undefined ? [] : [{ blockId, label, draft }]
      })
    },
    async write(blockId, draft, replaced = null) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      // Not flushed to the disk: the file survives the end of the process, and is written while a person types.
      const text = JSON.stringify({ blockId, process: await identity, ...draft })
      await writeAtomically(path(blockId), text, { mode: 0o600, flush: false })
      await removeReplaced(blockId, replaced)
    },
    async remove(blockId, replaced = null) {
      await rm(path(blockId), { force: true })
      await removeReplaced(blockId, replaced)
    },
  }
}

function newestOf(files: readonly DraftFile[]): StoredDraft | null {
  const [newest] = files
  return newest === undefined ? null : { ...newest.draft, file: newest.path, count: files.length }
}

async function namesIn(directory: string, start: string): Promise<readonly string[]> {
  try {
    const names = await readdir(directory)
    return names.filter((name) => name.startsWith(start) && name.endsWith('.json'))
  } catch (thrown) {
    if (isErrno(thrown)) return []
    throw thrown
  }
}

interface DraftFile {
  readonly path: string
  readonly draft: BlockDraftText
  /** Null in files of earlier versions. */
  readonly owner: {
    readonly blockId: string
    readonly agentId: string
    readonly label: string
  } | null
  /** Null in files of earlier versions. */
  readonly process: ProcessIdentity | null
  /** Milliseconds since 1970. */
  readonly at: number
}

async function readDraft(path: string): Promise<DraftFile | null> {
  try {
    const { mtimeMs } = await stat(path)
    const limits = { maxBytes: MAX_DRAFT_BYTES, followSymlinks: false }
    const { bytes } = await readBounded(path, limits)
    const value: unknown = JSON.parse(decodeUtf8(bytes))
    const draft = toDraft(value)
    const [process, owner] = [toProcess(value), toOwner(value)]
    return draft === null ? null : { path, draft, process, owner, at: mtimeMs }
  } catch (thrown) {
    if (isErrno(thrown) || thrown instanceof UnreadableFile || thrown instanceof SyntaxError)
      return null
    throw thrown
  }
}

function toProcess(value: unknown): ProcessIdentity | null {
  const one = isRecord(value) ? value['process'] : null
  if (!isRecord(one)) return null
  const { host, processId, startedAt } = one
  if (typeof host !== 'string' || typeof processId !== 'number') return null
  return { host, processId, startedAt: typeof startedAt === 'string' ? startedAt : null }
}

function toOwner(value: unknown): DraftFile['owner'] {
  if (!isRecord(value)) return null
  const { blockId, agentId, label } = value
  if (typeof blockId !== 'string' || typeof agentId !== 'string') return null
  return typeof label === 'string' ? { blockId, agentId, label } : null
}

function toDraft(value: unknown): BlockDraftText | null {
  if (!isRecord(value)) return null
  const { before, text } = value
  return typeof before === 'string' && typeof text === 'string' ? { before, text } : null
}
