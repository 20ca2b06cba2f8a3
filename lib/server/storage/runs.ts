import type { RunRecord } from '../records.ts'
import type { Database } from './database.ts'
import { all, first, recordOf, run } from './rows.ts'

export interface RunTable {
  get(id: string): RunRecord | null
  running(agentId: string): RunRecord | null
  allRunning(): readonly RunRecord[]
  last(agentId: string): RunRecord | null
  list(agentId: string | null, limit: number): readonly RunRecord[]
  insert(record: RunRecord): void
  /** `events` are kept for those who resume the stream later. */
  finish(record: RunRecord, events: readonly unknown[]): void
  events(id: string): readonly unknown[]
  beat(id: string, at: string): void
  /** Of runs begun before this time. */
  dropEvents(before: string): void
}

export function runTable(database: Database): RunTable {
  const one = (sql: string, value: string): RunRecord | null => {
    const row = first(database, sql, value)
    return row === null ? null : recordOf(row)
  }
  return {
    get: (id) => one('select record from runs where id = ?', id),
    running: (agentId) =>
      one("select record from runs where agent_id = ? and status = 'running' limit 1", agentId),
    allRunning: () =>
      all(database, "select record from runs where status = 'running'").map((row) => recordOf(row)),
    last: (agentId) =>
      one(
        'select record from runs where agent_id = ? order by created_at desc, rowid desc limit 1',
        agentId,
      ),
    list: (agentId, limit) =>
      all(
        database,
        `select record from runs where ?1 is null or agent_id = ?1
           order by created_at desc, rowid desc limit ?2`,
        agentId,
        limit,
      ).map((row) => recordOf(row)),
    insert: (record) =>
      void run(
        database,
        'insert into runs (id, agent_id, status, created_at, record) values (?, ?, ?, ?, ?)',
        record.id,
        record.agentId,
        record.status,
        record.createdAt,
        JSON.stringify(record),
      ),
    finish: (record, events) =>
      void run(
        database,
        'update runs set status = ?, record = ?, events = ? where id = ?',
        record.status,
        JSON.stringify(record),
        JSON.stringify(events),
        record.id,
      ),
    events(id) {
      const row = first(database, 'select events from runs where id = ?', id)
      return JSON.parse(String(row?.['events'] ?? '[]')) as unknown[]
    },
    beat: (id, at) =>
      void run(
        database,
        `update runs set record = json_set(record, '$.heartbeatAt', ?) where id = ? and status = 'running'`,
        at,
        id,
      ),
    dropEvents: (before) =>
      void run(
        database,
        "update runs set events = '[]' where events <> '[]' and created_at < ?",
        before,
      ),
  }
}
