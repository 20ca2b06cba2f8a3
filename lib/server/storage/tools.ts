import type { ToolRecord } from '../records.ts'
import type { Database } from './database.ts'
import { execute, parseRecord, queryAll, queryFirst } from './statements.ts'

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
    return row === null ? null : parseRecord(row)
  }
  return {
    get: (id) => one('select record from tools where id = ?', id),
    findByName: (name) => one('select record from tools where name = ?', name),
    list: (limit) =>
      queryAll(database, 'select record from tools order by rowid limit ?', limit).map((row) =>
        parseRecord(row),
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
