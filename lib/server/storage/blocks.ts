import type { BlockAuthor, BlockRecord } from '../records.ts'
import type { BlockVersionTable } from './block-versions.ts'
import { findRecord, RECORD, readRecords } from './damaged-rows.ts'
import { type Database, inTransaction } from './database.ts'
import { execute, queryAll } from './statements.ts'

/** Every change also stores a version, in the same transaction. */
export interface BlockTable {
  get(id: string): BlockRecord | null
  list(label: string | null, limit: number): readonly BlockRecord[]
  insert(block: BlockRecord, author: BlockAuthor): void
  save(block: BlockRecord, author: BlockAuthor): void
  /** `agentIds`: the agents that had the block. */
  remove(id: string, author: BlockAuthor, at: string, agentIds: readonly string[]): void
}

export function blockTable(database: Database, versions: BlockVersionTable): BlockTable {
  const get = (id: string): BlockRecord | null => findRecord(database, 'blocks', 'id', id)
  return {
    get,
    list: (label, limit) =>
      readRecords(
        database,
        'blocks',
        queryAll(
          database,
          `select ${RECORD} from blocks where ?1 is null or label = ?1 order by created_at limit ?2`,
          label,
          limit,
        ),
      ),
    insert: (block, author) =>
      inTransaction(database, () => {
        execute(
          database,
          'insert into blocks (id, label, created_at, record) values (?, ?, ?, ?)',
          block.id,
          block.label,
          block.createdAt,
          JSON.stringify(block),
        )
        versions.add(block, author)
      }),
    save: (block, author) =>
      inTransaction(database, () => {
        const before = get(block.id)
        execute(
          database,
          'update blocks set label = ?, record = ? where id = ?',
          block.label,
          JSON.stringify(block),
          block.id,
        )
        if (before !== null && !isSameVersion(before, block)) versions.add(block, author)
      }),
    remove: (id, author, at, agentIds) =>
      inTransaction(database, () => {
        const block = get(id)
        if (block === null) return
        execute(database, 'delete from blocks where id = ?', id)
        versions.add({ ...block, updatedAt: at }, author, agentIds)
      }),
  }
}

function isSameVersion(one: BlockRecord, other: BlockRecord): boolean {
  return (
    one.value === other.value &&
    JSON.stringify({ ...one, value: '', updatedAt: '' }) ===
      JSON.stringify({ ...other, value: '', updatedAt: '' })
  )
}
