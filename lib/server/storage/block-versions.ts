import type { BlockAuthor, BlockRecord, BlockVersionRecord } from '../records.ts'
import { decodeJson, readRecord } from './damaged-rows.ts'
import type { Database } from './database.ts'
import { execute, queryAll, queryFirst, type SqlRow } from './statements.ts'

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
        `select ${VERSION} from block_versions where block_id = ? and version = ?`,
        blockId,
        version,
      )
      return row === null ? null : toVersion(database, row)
    },
    list: (blockId, { limit, before, until = null }) =>
      queryAll(
        database,
        `select ${VERSION} from block_versions where block_id = ?1 and (?2 is null or version < ?2)
           and (?3 is null or created_at <= ?3) order by version desc limit ?4`,
        blockId,
        before,
        until,
        limit,
      ).flatMap((row) => toVersion(database, row) ?? []),
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
        `select ${VERSION} from block_versions as one where deleted_from is not null
           and not exists (select 1 from blocks where id = one.block_id)
           and version = (select max(version) from block_versions where block_id = one.block_id)
           order by created_at desc limit 1000`,
      ).flatMap((row) => toVersion(database, row) ?? []),
  }
}

/** As bytes: the driver aborts the process at text that is not UTF-8. */
const VERSION = `rowid as row_id, version, cast(block_id as blob) as block_id, cast(created_at as blob) as created_at,
  cast(author as blob) as author, cast(deleted_from as blob) as deleted_from, cast(record as blob) as record`

/** Null when the block of the version cannot be decoded. */
function toVersion(database: Database, row: SqlRow): BlockVersionRecord | null {
  const block = readRecord<BlockRecord>(database, 'block_versions', row)
  if (block === null) return null
  const { block_id, version, created_at, author, deleted_from } = row
  return {
    blockId: decodeText(block_id),
    version: Number(version),
    createdAt: decodeText(created_at),
    author: (decodeJson(author) as BlockAuthor | undefined) ?? { type: 'unknown' },
    deletedFrom: deleted_from === null ? null : ((decodeJson(deleted_from) ?? []) as string[]),
    block,
  }
}

const decodeText = (bytes: unknown): string => new TextDecoder().decode(bytes as Uint8Array)

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
