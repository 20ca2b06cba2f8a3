import type { BlockAuthor, BlockRecord, BlockVersionRecord } from '../records.ts'
import type { Database } from './database.ts'
import { execute, parseRecord, queryAll, queryFirst, type SqlRow } from './statements.ts'

/** Which versions of a block are retained: all of the last days, then the last one of each day, and always the newest ones. */
export interface VersionRetention {
  readonly days: number
}

export const DEFAULT_RETENTION: VersionRetention = { days: 90 }

/** Versions of a block that are retained however old they are. */
const MIN_VERSIONS = 50

export interface VersionQuery {
  readonly limit: number
  /** Only versions before this one. */
  readonly before: number | null
  /** Only versions of this time or before it. */
  readonly until?: string
}

export interface BlockVersionTable {
  /** Called in the transaction that changes the block. `deletedFrom`: the block was deleted, and these agents had it. */
  add(block: BlockRecord, author: BlockAuthor, deletedFrom?: readonly string[]): void
  get(blockId: string, version: number): BlockVersionRecord | null
  /** Newest first. */
  list(blockId: string, query: VersionQuery): readonly BlockVersionRecord[]
  /** The number of versions, and their characters. */
  totals(blockId: string): { readonly versions: number; readonly characters: number }
  /** The newest version of each of these blocks, as one text that differs when one of them has changed. */
  stamp(blockIds: readonly string[]): string
  /** The deletions of blocks that do not exist now, newest first. */
  deleted(): readonly BlockVersionRecord[]
}

export function blockVersionTable(
  database: Database,
  retention: VersionRetention,
): BlockVersionTable {
  const newest = (blockId: string): number | null => {
    const row = queryFirst(
      database,
      'select max(version) as version from block_versions where block_id = ?',
      blockId,
    )
    return row === null || row['version'] === null ? null : Number(row['version'])
  }
  return {
    add(block, author, deletedFrom) {
      const version = (newest(block.id) ?? -1) + 1
      execute(
        database,
        `insert into block_versions (block_id, version, created_at, size, author, deleted_from, record)
           values (?, ?, ?, ?, ?, ?, ?)`,
        block.id,
        version,
        block.updatedAt,
        block.value.length,
        JSON.stringify(author),
        deletedFrom === undefined ? null : JSON.stringify(deletedFrom),
        JSON.stringify(block),
      )
      if (version % PRUNE_INTERVAL === 0) prune(database, block, version, retention)
    },
    get(blockId, version) {
      const row = queryFirst(
        database,
        'select * from block_versions where block_id = ? and version = ?',
        blockId,
        version,
      )
      return row === null ? null : toVersion(row)
    },
    list: (blockId, { limit, before, until = null }) =>
      queryAll(
        database,
        `select * from block_versions where block_id = ?1 and (?2 is null or version < ?2)
           and (?3 is null or created_at <= ?3) order by version desc limit ?4`,
        blockId,
        before,
        until,
        limit,
      ).map(toVersion),
    totals(blockId) {
      const row = queryFirst(
        database,
        'select count(*) as versions, sum(size) as characters from block_versions where block_id = ?',
        blockId,
      )
      return {
        versions: Number(row?.['versions'] ?? 0),
        characters: Number(row?.['characters'] ?? 0),
      }
    },
    stamp: (blockIds) => blockIds.map((id) => `${id}:${newest(id)}`).join(' '),
    deleted: () =>
      queryAll(
        database,
        `select * from block_versions as one where deleted_from is not null
           and not exists (select 1 from blocks where id = one.block_id)
           and version = (select max(version) from block_versions where block_id = one.block_id)
           order by created_at desc limit 1000`,
      ).map(toVersion),
  }
}

function toVersion(row: SqlRow): BlockVersionRecord {
  const { block_id: blockId, version, created_at: createdAt, author, deleted_from: agents } = row
  return {
    blockId: String(blockId),
    version: Number(version),
    createdAt: String(createdAt),
    author: JSON.parse(String(author)) as BlockAuthor,
    deletedFrom: agents === null ? null : (JSON.parse(String(agents)) as string[]),
    block: parseRecord(row),
  }
}

/** Versions between two searches for those that are no longer retained. */
const PRUNE_INTERVAL = 100

const DAY_MS = 86_400_000

/** Reads only the index, not the texts. */
function prune(
  database: Database,
  { id, updatedAt }: BlockRecord,
  newest: number,
  { days }: VersionRetention,
): void {
  const cutoff = new Date(Date.parse(updatedAt) - days * DAY_MS).toISOString()
  execute(
    database,
    `delete from block_versions where block_id = ?1 and version > 0 and version <= ?2 and created_at < ?3
       and version not in (
         select max(version) from block_versions where block_id = ?1 and created_at < ?3
           group by substr(created_at, 1, 10))`,
    id,
    newest - MIN_VERSIONS,
    cutoff,
  )
}
