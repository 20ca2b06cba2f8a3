import { setImmediate as nextTurn } from 'node:timers/promises'
import type { GatewayVersions, VersionTotals } from '../client/gateway/block-versions.ts'
import type { GatewayBlocks } from '../client/gateway/blocks.ts'
import type { BlockVersion, MemoryBlock, NewestVersions } from '../session/state/memory.ts'
import { countVersionLines } from '../util/unified-diff.ts'
import { UserError } from '../util/user-error.ts'
import type { LocalVersions } from './local-versions.ts'
import { versionNotFound } from './messages.ts'

/** The versions of memory blocks: those of the server, or where it stores none those that letta has seen on this machine. */
export interface MemoryHistory {
  /** Newest first. */
  versions(blockId: string, page: VersionPage): Promise<readonly BlockVersion[]>
  /** The newest ones without their values; null when the server does not list them so. */
  newest(blockId: string, limit: number): Promise<NewestVersions | null>
  /** Throws a `UserError` when there is none of this number. */
  version(block: Pick<MemoryBlock, 'id' | 'label'>, version: number): Promise<BlockVersion>
  /** The deleted blocks that the agent had, newest first. */
  deleted(agentId: string): Promise<readonly BlockVersion[]>
  /** The restored value is a version itself. */
  restore(version: BlockVersion): Promise<MemoryBlock>
  /** How many versions are stored of the block, and their characters. */
  totals(blockId: string): Promise<VersionTotals>
  /** Whether the versions are those that this machine has seen, and not all. */
  isLocal(blockId: string): Promise<boolean>
}

export interface VersionPage {
  readonly limit: number
  /** Only versions before this one; null for the newest. */
  readonly before: number | null
  /** Only versions of this time or before it. */
  readonly until?: number
}

export function openHistory(
  gateway: { readonly versions: GatewayVersions; readonly blocks: Pick<GatewayBlocks, 'change'> },
  local: LocalVersions,
): MemoryHistory {
  const versions = async (blockId: string, page: VersionPage): Promise<readonly BlockVersion[]> => {
    const ofServer = await gateway.versions.list(blockId, page)
    if (ofServer !== null) return ofServer
    const seen = await local.list(blockId)
    const { before, until = Number.POSITIVE_INFINITY } = page
    return seen
      .filter(({ version, at }) => (before === null || version < before) && at <= until)
      .toReversed()
      .slice(0, page.limit)
  }
  return {
    versions,
    newest: (blockId, limit) => gateway.versions.newest(blockId, limit),
    async totals(blockId) {
      const ofServer = await gateway.versions.totals(blockId)
      if (ofServer !== null) return ofServer
      const seen = await local.list(blockId)
      const characters = seen.reduce((sum, { value }) => sum + value.length, 0)
      return { versions: seen.length, characters }
    },
    async version({ id, label }, version) {
      const found =
        (await gateway.versions.retrieve(id, version)) ??
        (await versions(id, { limit: 1, before: version + 1 }))[0]
      if (found?.version === version) return found
      throw new UserError(versionNotFound(label, version))
    },
    deleted: async (agentId) => (await gateway.versions.deleted(agentId)) ?? [],
    async restore(version) {
      const { blockId, value } = version
      if ((await gateway.versions.retrieve(blockId, version.version)) !== null) {
        return gateway.versions.restore(blockId, version.version)
      }
      const block = await gateway.blocks.change(blockId, { value, by: 'restore' })
      if (block === null) throw new UserError(versionNotFound(version.label, version.version))
      await local.observe(block, { by: 'restore', origin: {} })
      return block
    },
    isLocal: async (blockId) =>
      (await gateway.versions.list(blockId, { limit: 1, before: null })) === null,
  }
}

/** The value that the block had at a time; null when it did not exist, or is older than its first version. */
export async function blockVersionAt(
  history: Pick<MemoryHistory, 'versions'>,
  blockId: string,
  at: number,
): Promise<BlockVersion | null> {
  let before: number | null = null
  for (;;) {
    const page: readonly BlockVersion[] = await history.versions(blockId, {
      limit: PAGE,
      before,
    })
    const found = page.find((version) => version.at <= at)
    const last = page.at(-1)
    if (found !== undefined) return found
    if (last === undefined || page.length < PAGE) {
      // The value from before versions were stored, or before letta saw the block for the first time.
      return last?.by === 'unknown' ? last : null
    }
    before = last.version
  }
}

const PAGE = 50

export interface VersionRow extends BlockVersion {
  readonly added: number
  readonly removed: number
}

/** Versions that are read at once; when they are short, the others follow all at once. */
const CHUNK = 10
const SHORT_CHARACTERS = 100_000

/**
 * The newest versions with the lines that each of them has added and removed. Those of long blocks are read and compared in parts,
 * between which keys are handled.
 */
export async function listVersionRows(
  history: Pick<MemoryHistory, 'versions'>,
  blockId: string,
  { limit, before }: VersionPage,
): Promise<readonly VersionRow[]> {
  const rows: VersionRow[] = []
  let size = Math.min(limit, CHUNK)
  let last = before
  while (rows.length < limit) {
    const found = await history.versions(blockId, { limit: size + 1, before: last })
    rows.push(...found.slice(0, size).map((version, index) => toRow(version, found[index + 1])))
    if (found.length <= size) break
    last = rows.at(-1)?.version ?? null
    const characters = found.reduce((sum, { value }) => sum + value.length, 0)
    size = Math.min(limit - rows.length, characters > SHORT_CHARACTERS ? CHUNK : limit)
    await nextTurn()
  }
  return rows
}

function toRow(version: BlockVersion, previous: BlockVersion | undefined): VersionRow {
  return { ...version, ...countVersionLines(version, previous?.value) }
}
