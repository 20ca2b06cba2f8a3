import type { ToolRecord } from '../records.ts'
import { RECORD, readRecord, readRecords } from './damaged-rows.ts'
import type { Database } from './database.ts'
import { execute, queryAll, queryFirst } from './statements.ts'

export interface ToolTable {
  get(id: string): ToolRecord | null
  findByName(name: string): ToolRecord | null
  list(limit: number): readonly ToolRecord[]
  /** Inserts the tool, or replaces the one with this id. */
  put(tool: ToolRecord): void
  remove(id: string): void
}

export function toolTable(database: Database): ToolTable {
  const one = (sql: string, value: string): ToolRecord | null => {
    const row = queryFirst(database, sql, value)
    return readRecord(database, 'tools', row)
  }
  return {
    get: (id) => one(`select ${RECORD} from tools where id = ?`, id),
    findByName: (name) => one(`select ${RECORD} from tools where name = ?`, name),
    list: (limit) =>
      readRecords(
        database,
        'tools',
        queryAll(database, `select ${RECORD} from tools order by rowid limit ?`, limit),
      ),
    put: (tool) =>
      void execute(
        database,
        `insert into tools (id, name, record) values (?, ?, ?)
           on conflict (id) do update set name = excluded.name, record = excluded.record`,
        tool.id,
        tool.name,
        JSON.stringify(tool),
      ),
    remove: (id) => void execute(database, 'delete from tools where id = ?', id),
  }
}
