import type { MessageBody, MessageRecord } from '../records.ts'
import type { Database } from './database.ts'
import { all, first, type Row, run } from './rows.ts'

export interface MessageQuery {
  readonly limit: number
  readonly ascending: boolean
  /** Message ids. */
  readonly after: string | null
  readonly before: string | null
}

export interface MessageTable {
  append(message: Omit<MessageRecord, 'sequence' | 'inContext'>): void
  /** What the model sees, oldest first. */
  inContext(agentId: string): readonly MessageRecord[]
  inContextIds(agentId: string): readonly string[]
  lastInContext(agentId: string): MessageRecord | null
  list(agentId: string, query: MessageQuery): readonly MessageRecord[]
  /** Messages that hold the words somewhere, newest first: a first sieve. */
  search(agentId: string, words: string, limit: number): readonly MessageRecord[]
  /** Those that the model no longer sees. */
  countOutOfContext(agentId: string): number
  /** Takes everything, or all before a message, out of the model's sight; it stays stored. */
  forget(agentId: string, beforeSequence?: number): void
}

const COLUMNS = 'sequence, id, agent_id, run_id, step_id, in_context, created_at, body'

export function messageTable(database: Database): MessageTable {
  return {
    append: (message) =>
      void run(
        database,
        `insert into messages (id, agent_id, run_id, step_id, in_context, created_at, body)
           values (?, ?, ?, ?, 1, ?, ?)`,
        message.id,
        message.agentId,
        message.runId,
        message.stepId,
        message.createdAt,
        JSON.stringify(message.body),
      ),
    inContext: (agentId) =>
      all(
        database,
        `select ${COLUMNS} from messages where agent_id = ? and in_context = 1 order by sequence`,
        agentId,
      ).map(messageOf),
    inContextIds: (agentId) =>
      all(
        database,
        'select id from messages where agent_id = ? and in_context = 1 order by sequence',
        agentId,
      ).map((row) => String(row['id'])),
    lastInContext(agentId) {
      const row = first(
        database,
        `select ${COLUMNS} from messages where agent_id = ? and in_context = 1
           order by sequence desc limit 1`,
        agentId,
      )
      return row === null ? null : messageOf(row)
    },
    list: (agentId, query) => list(database, agentId, query),
    search: (agentId, words, limit) =>
      all(
        database,
        `select ${COLUMNS} from messages where agent_id = ? and body like ? escape '\\'
           order by sequence desc limit ?`,
        agentId,
        `%${JSON.stringify(words)
          .slice(1, -1)
          .replace(/[\\%_]/g, '\\$&')}%`,
        limit,
      ).map(messageOf),
    countOutOfContext(agentId) {
      const sql = 'select count(*) as n from messages where agent_id = ? and in_context = 0'
      return Number(first(database, sql, agentId)?.['n'])
    },
    forget: (agentId, beforeSequence) =>
      void run(
        database,
        'update messages set in_context = 0 where agent_id = ?1 and (?2 is null or sequence < ?2)',
        agentId,
        beforeSequence ?? null,
      ),
  }
}

function list(
  database: Database,
  agentId: string,
  { limit, ascending, after, before }: MessageQuery,
): readonly MessageRecord[] {
  const direction = ascending ? 'asc' : 'desc'
  const rows = all(
    database,
    `select ${COLUMNS} from messages where agent_id = ?1
       and (?2 is null or sequence > (select sequence from messages where id = ?2))
       and (?3 is null or sequence < (select sequence from messages where id = ?3))
       order by sequence ${direction} limit ?4`,
    agentId,
    after,
    before,
    limit,
  ).map(messageOf)
  return ascending ? rows : rows.toReversed()
}

function messageOf(row: Row): MessageRecord {
  const text = (column: string): string | null => {
    const value = row[column]
    return typeof value === 'string' ? value : null
  }
  return {
    sequence: Number(row['sequence']),
    id: String(row['id']),
    agentId: String(row['agent_id']),
    runId: text('run_id'),
    stepId: text('step_id'),
    inContext: row['in_context'] === 1,
    createdAt: String(row['created_at']),
    body: JSON.parse(String(row['body'])) as MessageBody,
  }
}
