import type { ConversationRecord } from '../records.ts'
import { findRecord, RECORD, readRecords } from './damaged-rows.ts'
import type { Database } from './database.ts'
import { execute, queryAll } from './statements.ts'

export interface ConversationQuery {
  readonly agentId: string | null
  /** Part of the summary. */
  readonly text: string | null
  /** Null for archived ones and others. */
  readonly isArchived: boolean | null
  readonly ascending: boolean
  readonly orderBy: 'createdAt' | 'lastMessageAt'
  /** Id of a conversation. */
  readonly after: string | null
  readonly limit: number
}

export interface ConversationTable {
  get(id: string): ConversationRecord | null
  list(query: ConversationQuery): readonly ConversationRecord[]
  insert(conversation: ConversationRecord): void
  save(conversation: ConversationRecord): void
  /** Also deletes its messages and runs. */
  remove(id: string): void
}

export function conversationTable(database: Database): ConversationTable {
  return {
    get: (id) => findRecord(database, 'conversations', 'id', id),
    list: (query) => list(database, query),
    insert: (conversation) =>
      void execute(
        database,
        'insert into conversations (id, agent_id, created_at, record) values (?, ?, ?, ?)',
        conversation.id,
        conversation.agentId,
        conversation.createdAt,
        JSON.stringify(conversation),
      ),
    save: (conversation) =>
      void execute(
        database,
        'update conversations set record = ? where id = ?',
        JSON.stringify(conversation),
        conversation.id,
      ),
    remove(id) {
      execute(database, 'delete from messages where conversation_id = ?', id)
      const ofRuns = 'run_id in (select id from runs where conversation_id = ?)'
      execute(database, `delete from steps where ${ofRuns}`, id)
      execute(database, 'delete from runs where conversation_id = ?', id)
      execute(database, 'delete from leases where agent_id = ?', id)
      execute(database, 'delete from conversations where id = ?', id)
    },
  }
}

function list(database: Database, query: ConversationQuery): readonly ConversationRecord[] {
  const [direction, beyond] = query.ascending ? ['asc', '>'] : ['desc', '<']
  const key = `coalesce(record ->> '$.${query.orderBy}', '')`
  return readRecords(
    database,
    'conversations',
    queryAll(
      database,
      `select ${RECORD} from conversations
       where (?1 is null or agent_id = ?1)
         and (?2 is null or instr(lower(record ->> '$.summary'), lower(?2)) > 0)
         and (?3 is null or (${key}, rowid) ${beyond} (select ${key}, rowid from conversations where id = ?3))
         and record ->> '$.isHidden' is not 1
         and (?5 is null or (record ->> '$.archivedAt' is not null) = ?5)
       order by ${key} ${direction}, rowid ${direction} limit ?4`,
      query.agentId,
      query.text,
      query.after,
      query.limit,
      query.isArchived === null ? null : Number(query.isArchived),
    ),
  )
}
