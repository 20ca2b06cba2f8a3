import { type MemoryWrite, parseMemoryCall } from '../memory/memory-calls.ts'
import type { Preview } from '../tools/tool.ts'
import { diffHunks, type Hunk, withFinalLineFeed } from '../util/unified-diff.ts'
import { UserError } from '../util/user-error.ts'
import type { ToolCall } from './state/entry.ts'
import type { BlockVersion, MemoryBlock } from './state/memory.ts'

type StoredCall = Pick<ToolCall, 'callId' | 'tool' | 'args' | 'label'>

/** The blocks of the agent, and what the server knows of their versions. */
export interface MemoryReader {
  blocks(): Promise<readonly MemoryBlock[]>
  /** Newest first; null when the server stores none. */
  versions(
    blockId: string,
    page: { readonly limit: number; readonly before: number | null },
  ): Promise<readonly BlockVersion[] | null>
}

const PAGE = 50

/** Versions of a block that are compared with the calls; an older change is shown as far as the arguments say it. */
const MAX_VERSIONS = 200

export function memoryLabel({ tool, args }: StoredCall): string {
  return parseMemoryCall(tool, args)?.labels.join(' → ') ?? ''
}

/** Shows what these calls have changed in memory: by their versions, otherwise by their arguments. */
export async function readMemoryChanges(
  calls: readonly StoredCall[],
  reader: MemoryReader,
): Promise<(call: StoredCall) => Preview | null> {
  const labels = new Set(
    calls.flatMap(({ tool, args }) => parseMemoryCall(tool, args)?.labels[0] ?? []),
  )
  const ids = new Set(calls.map(({ callId }) => callId))
  const changes = labels.size === 0 ? [] : await changesOf(labels, ids, reader)
  return (call) => {
    const write = parseMemoryCall(call.tool, call.args)
    const label = write?.labels[0]
    if (write === null || label === undefined) return null
    const change = findChange(call, write, changes)
    if (change !== null) return toPreview(label, write, change)
    const part = write.edit?.part ?? null
    if (part === null || part.before === part.after) return null
    const preview = toPreview(label, write, part)
    return write.edit?.isNew ? preview : { ...preview, hunks: preview.hunks.map(withoutNumbers) }
  }
}

interface VersionChange {
  readonly version: BlockVersion
  readonly before: string
  readonly after: string
}

async function changesOf(
  labels: ReadonlySet<string>,
  ids: ReadonlySet<string>,
  { blocks, versions }: MemoryReader,
): Promise<readonly VersionChange[]> {
  try {
    const found: VersionChange[] = []
    for (const { id } of (await blocks()).filter(({ label }) => labels.has(label))) {
      const all: BlockVersion[] = []
      for (let before: number | null = null; all.length < MAX_VERSIONS; ) {
        const page: readonly BlockVersion[] = (await versions(id, { limit: PAGE, before })) ?? []
        all.push(...page)
        before = page.at(-1)?.version ?? null
        if (page.length < PAGE) break
      }
      found.push(...all.flatMap((version, at) => toChange(version, all[at + 1], ids)))
    }
    return found
  } catch (thrown) {
    // The conversation is shown without them.
    if (!(thrown instanceof UserError)) throw thrown
    return []
  }
}

function toChange(
  version: BlockVersion,
  previous: BlockVersion | undefined,
  ids: ReadonlySet<string>,
): readonly VersionChange[] {
  const { by, origin, value, isDeletion } = version
  const isOfCall = by === 'agent' && origin.callId !== undefined && ids.has(origin.callId)
  // The value before the oldest version that was read is not known.
  if (!isOfCall || isDeletion || (previous === undefined && version.version > 0)) return []
  const before = previous === undefined || previous.isDeletion ? '' : previous.value
  return [{ version, before, after: value }]
}

/** Some providers number their calls from the start in each response, so the change has to be that of the call as well. */
function findChange(
  { callId, tool }: StoredCall,
  { labels, edit }: MemoryWrite,
  changes: readonly VersionChange[],
): VersionChange | null {
  const candidates = changes.filter(
    ({ version: { label, origin } }) =>
      label === labels[0] && origin.callId === callId && (origin.tool ?? tool) === tool,
  )
  const exact = candidates.find(({ before, after }) => edit?.apply(before) === after)
  if (exact !== undefined) return exact
  // A part of it was approved, or the user has edited it.
  return candidates.length === 1 ? (candidates[0] ?? null) : null
}

function toPreview(
  path: string,
  { edit }: MemoryWrite,
  { before, after }: { readonly before: string; readonly after: string },
): Extract<Preview, { type: 'diff' }> {
  const created = edit?.isNew === true
  return {
    type: 'diff',
    path,
    created,
    ...diffHunks(withFinalLineFeed(before), withFinalLineFeed(after)),
    remark: null,
    ...(created ? { isIndivisible: true } : {}),
  }
}

function withoutNumbers(hunk: Hunk): Hunk {
  const lines = hunk.lines.map((line) => ({ ...line, oldNumber: null, newNumber: null }))
  return { ...hunk, lines }
}
