import type { Thread } from '../../util/thread.ts'
import type { RunRecord } from '../records.ts'
import {
  bytesOf,
  findRecord,
  RECORD,
  readList,
  readRecord,
  readRecords,
  textOf,
} from './damaged-rows.ts'
import type { Database } from './database.ts'
import { execute, queryAll, queryFirst } from './statements.ts'

export interface RunQuery {
  /** Those of any agent when null. */
  readonly agentIds: readonly string[] | null
  readonly conversationId: string | null
  /** Matches any status when empty. */
  readonly statuses: readonly string[]
  readonly stopReason: string | null
  readonly background: boolean | null
  readonly ascending: boolean
  /** Run ids. */
  readonly after: string | null
  readonly before: string | null
  readonly limit: number
}

export interface RunTable {
  get(id: string): RunRecord | null
  running(thread: Thread): RunRecord | null
  allRunning(): readonly RunRecord[]
  last(thread: Thread): RunRecord | null
  list(query: RunQuery): readonly RunRecord[]
  /** `otids` are the client's ids of the messages, by which a repeated request is recognized. */
  insert(record: RunRecord, otids: string | null): void
  /** The background run of the same request, while its events are still available. */
  sameRequest(thread: Thread, otids: string): RunRecord | null
  /** `events` are stored for clients that resume the stream later. */
  finish(record: RunRecord, events: readonly unknown[]): void
  events(id: string): readonly unknown[]
  beat(id: string, at: string): void
  /** Asks the process that owns the run to cancel it. */
  requestCancel(id: string): void
  /** Ids of the active runs that are to be cancelled. */
  cancelRequested(): readonly string[]
  remove(id: string): void
  /** Deletes the events of runs created before this time. */
  dropEvents(before: string): void
}

export function runTable(database: Database): RunTable {
  const one = (sql: string, ...values: readonly string[]): RunRecord | null => {
    const row = queryFirst(database, sql, ...values)
    return readRecord(database, 'runs', row)
  }
  return {
    get: (id) => findRecord(database, 'runs', 'id', id),
    running: ({ agentId, conversationId }) =>
      one(
        `select ${RECORD} from runs where agent_id = ? and conversation_id = ?
           and status = 'running' limit 1`,
        agentId,
        conversationId,
      ),
    allRunning: () =>
      readRecords(
        database,
        'runs',
        queryAll(database, `select ${RECORD} from runs where status = 'running'`),
      ),
    last: ({ agentId, conversationId }) =>
      one(
        `select ${RECORD} from runs where agent_id = ? and conversation_id = ?
           order by created_at desc, rowid desc limit 1`,
        agentId,
        conversationId,
      ),
    list: (query) => list(database, query),
    insert: (record, otids) =>
      void execute(
        database,
        `insert into runs (id, agent_id, conversation_id, status, created_at, record, otids)
           values (?, ?, ?, ?, ?, ?, ?)`,
        record.id,
        record.agentId,
        record.conversationId,
        record.status,
        record.createdAt,
        JSON.stringify(record),
        otids,
      ),
    sameRequest: ({ agentId, conversationId }, otids) =>
      one(
        `select ${RECORD} from runs where agent_id = ? and conversation_id = ? and otids = ?
           and record ->> '$.background' = 1 and (status = 'running' or events <> '[]')
           order by rowid desc limit 1`,
        agentId,
        conversationId,
        otids,
      ),
    finish: (record, events) =>
      void execute(
        database,
        'update runs set status = ?, record = ?, events = ? where id = ?',
        record.status,
        JSON.stringify(record),
        JSON.stringify(events),
        record.id,
      ),
    events(id) {
      const sql = `select rowid as row_id, ${bytesOf('events')} from runs where id = ?`
      return readList(database, 'runs', 'events', queryFirst(database, sql, id))
    },
    beat: (id, at) =>
      void execute(
        database,
        `update runs set record = json_set(record, '$.heartbeatAt', ?) where id = ? and status = 'running'`,
        at,
        id,
      ),
    requestCancel: (id) =>
      void execute(database, 'update runs set cancel_asked = 1 where id = ?', id),
    cancelRequested: () =>
      queryAll(
        database,
        `select ${bytesOf('id')} from runs where status = 'running' and cancel_asked = 1`,
      ).map((row) => textOf(row, 'id') ?? ''),
    remove: (id) => void execute(database, 'delete from runs where id = ?', id),
    dropEvents: (before) =>
      void execute(
        database,
        "update runs set events = '[]' where events <> '[]' and created_at < ?",
        before,
      ),
  }
}

function list(database: Database, query: RunQuery): readonly RunRecord[] {
  const conditions = ['true']
  const values: (string | number)[] = []
  const where = (condition: string, value: string | number | null): void => {
    if (value === null) return
    conditions.push(condition)
    values.push(value)
  }
  const beyond = (comparison: string) =>
    `(created_at, rowid) ${comparison} (select created_at, rowid from runs where id = ?)`
  if (query.agentIds !== null) {
    where('agent_id in (select value from json_each(?))', JSON.stringify(query.agentIds))
  }
  where('conversation_id = ?', query.conversationId)
  where("record ->> '$.stopReason' = ?", query.stopReason)
  where("record ->> '$.background' = ?", query.background === null ? null : +query.background)
  where(beyond(query.ascending ? '>' : '<'), query.after)
  where(beyond(query.ascending ? '<' : '>'), query.before)
  if (query.statuses.length > 0) {
    conditions.push(`status in (${query.statuses.map(() => '?').join(', ')})`)
    values.push(...query.statuses)
  }
  // A page before an item has its nearest neighbours, which are at the end of the list.
  const isBackward = query.before !== null && query.after === null
  const direction = query.ascending === isBackward ? 'desc' : 'asc'
  const rows = queryAll(
    database,
    `select ${RECORD} from runs where ${conditions.join(' and ')}
       order by created_at ${direction}, rowid ${direction} limit ?`,
    ...values,
    query.limit,
  )
  const runs = readRecords<RunRecord>(database, 'runs', rows)
  return isBackward ? runs.toReversed() : runs
}
