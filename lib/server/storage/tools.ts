import type { ToolRecord } from '../records.ts'
import { findRecord, RECORD, readRecords } from './damaged-rows.ts'
import type { Database } from './database.ts'
import { execute, queryAll } from './statements.ts'

export interface ToolTable {
  get(id: string): ToolRecord | null
  findByName(name: string): ToolRecord | null
  list(limit: number): readonly ToolRecord[]
  /** Inserts the tool, or replaces the one with this id. */
  put(tool: ToolRecord): void
  remove(id: string): void
}

export function toolTable(database: Database): ToolTable {
  return {
    get: (id) => findRecord(database, 'tools', 'id', id),
    findByName: (name) => findRecord(database, 'tools', 'name', name),
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
