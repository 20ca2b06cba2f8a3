import type { ToolRecord } from '../records.ts'
import type { Database } from './database.ts'
import { all, first, recordOf, run } from './query-builder.ts'

export interface ToolTable {
  get(id: string): ToolRecord | null
  named(name: string): ToolRecord | null
  list(limit: number): readonly ToolRecord[]
  /** Inserts, or replaces the tool with this id. */
  put(tool: ToolRecord): void
  remove(id: string): void
}

export function toolTable(database: Database): ToolTable {
  const one = (sql: string, value: string): ToolRecord | null => {
    const row = first(database, sql, value)
    return row === null ? null : recordOf(row)
  }
  return {
    get: (id) => one('select record from tools where id = ?', id),
    named: (name) => one('select record from tools where name = ?', name),
    list: (limit) =>
      all(database, 'select record from tools order by rowid limit ?', limit).map((row) =>
        recordOf(row),
      ),
    put: (tool) =>
      void run(
        database,
        `insert into tools (id, name, record) values (?, ?, ?)
           on conflict (id) do update set name = excluded.name, record = excluded.record`,
        tool.id,
        tool.name,
        JSON.stringify(tool),
      ),
    remove: (id) => void run(database, 'delete from tools where id = ?', id),
  }
}
