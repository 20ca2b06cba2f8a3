import type { BlockRecord } from '../records.ts'
import type { Database } from './database.ts'
import { execute, parseRecord, queryAll, queryFirst } from './statements.ts'

export interface BlockTable {
  get(id: string): BlockRecord | null
  list(label: string | null, limit: number): readonly BlockRecord[]
  insert(block: BlockRecord): void
  save(block: BlockRecord): void
  remove(id: string): void
}

export function blockTable(database: Database): BlockTable {
  return {
    get(id) {
      const row = queryFirst(database, 'select record from blocks where id = ?', id)
      return row === null ? null : parseRecord(row)
    },
    list: (label, limit) =>
      queryAll(
        database,
        'select record from blocks where ?1 is null or label = ?1 order by created_at limit ?2',
        label,
        limit,
      ).map((row) => parseRecord(row)),
    insert: (block) =>
      void execute(
        database,
        'insert into blocks (id, label, created_at, record) values (?, ?, ?, ?)',
        block.id,
        block.label,
        block.createdAt,
        JSON.stringify(block),
      ),
    save: (block) =>
      void execute(
        database,
        'update blocks set label = ?, record = ? where id = ?',
        block.label,
        JSON.stringify(block),
        block.id,
      ),
    remove: (id) => void execute(database, 'delete from blocks where id = ?', id),
  }
}
