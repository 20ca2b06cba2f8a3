import type { Thread } from '../../util/thread.ts'
import type { MessageBody, MessageRecord } from '../records.ts'
import { BODY, bytesOf, readRecord, textOf } from './damaged-rows.ts'
import type { Database } from './database.ts'
import { execute, queryAll, queryFirst, type SqlRow } from './statements.ts'

export interface MessageQuery {
  readonly limit: number
  readonly ascending: boolean
  /** Message ids. */
  readonly after: string | null
  readonly before: string | null
}

/** Selects the messages of a conversation, of an agent or of a run; all of them when empty. */
export interface MessageScope {
  readonly agentId?: string
  readonly conversationId?: string
  readonly runId?: string
}

export type NewMessage = Omit<MessageRecord, 'sequence' | 'position'>

export interface MessageSearch {
  /** Matches every message when empty. */
  readonly words: string
  readonly from: string | null
  readonly to: string | null
  readonly limit: number
}

export interface MessageTable {
  get(id: string): MessageRecord | null
  /** Adds the message to the end of its conversation's prompt. */
  append(message: NewMessage): void
  /** Adds the message at a position of the prompt from which another was removed. */
  insertAt(message: NewMessage, position: number): void
  /** The messages of the prompt, in order. */
  inContext(thread: Thread): readonly MessageRecord[]
  inContextIds(thread: Thread): readonly string[]
  lastInContext(thread: Thread): MessageRecord | null
  /** One page, always oldest first. */
  list(scope: MessageScope, query: MessageQuery): readonly MessageRecord[]
  /** Messages whose stored JSON contains the words, newest first: a superset of the matches. */
  search(scope: MessageScope, query: MessageSearch): readonly MessageRecord[]
  /** Replaces what a message says, in place. */
  replace(id: string, body: MessageBody): void
  count(agentId: string): number
  countInContext(thread: Thread): number
  /** Removes all messages, or those before a position, from the prompt. They remain stored. */
  forget(thread: Thread, beforePosition?: number): void
}

const COLUMNS = `sequence, position, ${bytesOf('id', 'agent_id', 'conversation_id', 'run_id', 'step_id', 'created_at')}, ${BODY}`
const OF_THREAD = 'from messages where agent_id = ?1 and conversation_id = ?2'
const IN_CONTEXT = `${OF_THREAD} and position is not null`

export function messageTable(database: Database): MessageTable {
  const ofThread = (sql: string, { agentId, conversationId }: Thread): readonly SqlRow[] =>
    queryAll(database, sql, agentId, conversationId)
  return {
    get(id) {
      const row = queryFirst(database, `select ${COLUMNS} from messages where id = ?`, id)
      return row === null ? null : (toRecords(database, [row])[0] ?? null)
    },
    append: (message) => insert(database, message, NEXT_POSITION),
    insertAt: (message, position) => insert(database, message, String(position)),
    inContext: (thread) =>
      toRecords(database, ofThread(`select ${COLUMNS} ${IN_CONTEXT} order by position`, thread)),
    inContextIds: (thread) =>
      ofThread(`select ${bytesOf('id')} ${IN_CONTEXT} order by position`, thread).map(
        (row) => textOf(row, 'id') ?? '',
      ),
    lastInContext(thread) {
      const sql = `select ${COLUMNS} ${IN_CONTEXT} order by position desc limit 1`
      return toRecords(database, ofThread(sql, thread))[0] ?? null
    },
    list: (scope, query) => list(database, scope, query),
    search: (scope, query) => search(database, scope, query),
    replace: (id, body) =>
      void execute(
        database,
        'update messages set body = ?2 where id = ?1',
        id,
        JSON.stringify(body),
      ),
    count: (agentId) =>
      readCount(
        queryAll(database, 'select count(*) as n from messages where agent_id = ?', agentId),
      ),
    countInContext: (thread) => readCount(ofThread(`select count(*) as n ${IN_CONTEXT}`, thread)),
    forget: ({ agentId, conversationId }, beforePosition) =>
      void execute(
        database,
        `update messages set position = null where agent_id = ?1 and conversation_id = ?2
           and position is not null and (?3 is null or position < ?3)`,
        agentId,
        conversationId,
        beforePosition ?? null,
      ),
  }
}

const NEXT_POSITION = `(select coalesce(max(position), 0) + 1 ${IN_CONTEXT})`

function insert(database: Database, message: NewMessage, position: string): void {
  execute(
    database,
    `insert into messages (agent_id, conversation_id, id, run_id, step_id, created_at, body, position)
       values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ${position})`,
    message.agentId,
    message.conversationId,
    message.id,
    message.runId,
    message.stepId,
    message.createdAt,
    JSON.stringify(message.body),
  )
}

function list(
  database: Database,
  scope: MessageScope,
  { limit, ascending, after, before }: MessageQuery,
): readonly MessageRecord[] {
  const { conditions, values } = scopeConditions(scope)
  const bound = (comparison: string, id: string | null): void => {
    if (id === null) return
    conditions.push(`sequence ${comparison} (select sequence from messages where id = ?)`)
    values.push(id)
  }
  bound('>', after)
  bound('<', before)
  // A page before a message has its nearest neighbours, which are at the end of the list.
  const isForward = ascending && (before === null || after !== null)
  const rows = queryAll(
    database,
    `select ${COLUMNS} from messages where ${conditions.join(' and ')}
       order by sequence ${isForward ? 'asc' : 'desc'} limit ?`,
    ...values,
    limit,
  )
  const messages = toRecords(database, rows)
  return isForward ? messages : messages.toReversed()
}

function search(
  database: Database,
  scope: MessageScope,
  { words, from, to, limit }: MessageSearch,
): readonly MessageRecord[] {
  const { conditions, values } = scopeConditions(scope)
  const where = (condition: string, value: string | null): void => {
    if (value === null) return
    conditions.push(condition)
    values.push(value)
  }
  const written = JSON.stringify(truncatePattern(words)).slice(1, -1)
  where("body like ? escape '\\'", `%${written.replace(/[\\%_]/g, '\\$&')}%`)
  where('created_at >= ?', from)
  where('created_at <= ?', to)
  const rows = queryAll(
    database,
    `select ${COLUMNS} from messages where ${conditions.join(' and ')}
       order by sequence desc limit ?`,
    ...values,
    limit,
  )
  return toRecords(database, rows)
}

/** SQLite refuses patterns of more than 50,000 bytes; a prefix still finds every match. */
function truncatePattern(words: string): string {
  return words.slice(0, 1000).replace(/[\ud800-\udbff]$/, '')
}

function scopeConditions({ agentId, conversationId, runId }: MessageScope) {
  const conditions = ['true']
  const values: string[] = []
  if (agentId !== undefined) {
    conditions.push('agent_id = ?')
    values.push(agentId)
  }
  if (conversationId !== undefined) {
    conditions.push('conversation_id = ?')
    values.push(conversationId)
  }
  if (runId !== undefined) {
    conditions.push('run_id = ?')
    values.push(runId)
  }
  return { conditions, values }
}

function readCount([row]: readonly SqlRow[]): number {
  return Number(row?.['n'] ?? 0)
}

function toRecords(database: Database, rows: readonly SqlRow[]): readonly MessageRecord[] {
  return rows.flatMap((row) => {
    const body = readRecord<MessageBody>(database, 'messages', row)
    return body === null ? [] : [toMessageRecord(row, body)]
  })
}

function toMessageRecord(row: SqlRow, body: MessageBody): MessageRecord {
  const position = row['position']
  return {
    sequence: Number(row['sequence']),
    id: textOf(row, 'id') ?? '',
    agentId: textOf(row, 'agent_id') ?? '',
    conversationId: textOf(row, 'conversation_id') ?? '',
    runId: textOf(row, 'run_id'),
    stepId: textOf(row, 'step_id'),
    position: typeof position === 'number' ? position : null,
    createdAt: textOf(row, 'created_at') ?? '',
    body,
  }
}
