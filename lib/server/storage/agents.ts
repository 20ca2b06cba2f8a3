import type { AgentRecord } from '../records.ts'
import { decodeJson, findRecord, RECORD, readRecords } from './damaged-rows.ts'
import type { Database } from './database.ts'
import { execute, queryAll, queryFirst, type SqlRow } from './statements.ts'

export interface AgentQuery {
  readonly limit: number
  readonly ascending: boolean
  readonly after: string | null
  readonly before: string | null
  readonly name: string | null
  readonly text: string | null
  readonly tags: readonly string[]
  readonly matchAllTags: boolean
  accepts(agent: AgentRecord): boolean
  /** Agents are ordered by this, and those with the same key by age. */
  sortKey(agent: AgentRecord): string
}

export interface AgentTable {
  get(id: string): AgentRecord | null
  list(query: AgentQuery): readonly AgentRecord[]
  insert(agent: AgentRecord): void
  save(agent: AgentRecord): void
  /** Also deletes its conversations, messages, archival memory and runs. */
  remove(id: string): void
  count(): number
  /** The tags of all agents, sorted. */
  tags(): readonly string[]
  /** Empty for an agent that does not exist. Does not read the rest of the record, which can be large. */
  blockIds(id: string): readonly string[]
  usingBlock(blockId: string): readonly AgentRecord[]
}

export function agentTable(database: Database): AgentTable {
  return {
    get: (id) => findRecord(database, 'agents', 'id', id),
    list: (query) => list(database, query),
    insert: (agent) =>
      void execute(
        database,
        'insert into agents (id, created_at, record) values (?, ?, ?)',
        agent.id,
        agent.createdAt,
        JSON.stringify(agent),
      ),
    save: (agent) =>
      void execute(
        database,
        'update agents set record = ? where id = ?',
        JSON.stringify(agent),
        agent.id,
      ),
    remove(id) {
      execute(database, 'delete from messages where agent_id = ?', id)
      execute(database, 'delete from calls where agent_id = ?', id)
      execute(database, 'delete from passages where agent_id = ?', id)
      execute(database, 'delete from steps where agent_id = ?', id)
      execute(database, 'delete from runs where agent_id = ?', id)
      const ofConversations = 'agent_id in (select id from conversations where agent_id = ?)'
      execute(database, `delete from leases where ${ofConversations}`, id)
      execute(database, 'delete from conversations where agent_id = ?', id)
      execute(database, 'delete from leases where agent_id = ?', id)
      execute(database, 'delete from agents where id = ?', id)
    },
    count: () =>
      Number(queryFirst(database, 'select count(*) as count from agents')?.['count'] ?? 0),
    tags: () => tags(database),
    blockIds(id) {
      const sql = `select ${listOf('blockIds')} from agents where id = ?`
      const row = queryFirst(database, sql, id)
      return row === null ? [] : textsOf(row)
    },
    usingBlock: (blockId) =>
      readRecords(
        database,
        'agents',
        queryAll(
          database,
          `select ${RECORD} from agents where exists
             (select 1 from json_each(agents.record, '$.blockIds') where value = ?)`,
          blockId,
        ),
      ),
  }
}

function tags(database: Database): readonly string[] {
  const rows = queryAll(database, `select ${listOf('tags')} from agents`)
  return [...new Set(rows.flatMap(textsOf))].toSorted()
}

/** Parsed here, not by SQLite: it decodes a lone surrogate to invalid UTF-8, on which the driver aborts the process. */
function listOf(field: 'blockIds' | 'tags'): string {
  return `cast(record -> '$.${field}' as blob) as list`
}

/** Empty when the list cannot be read: the record is set aside when all of it is read. */
function textsOf(row: SqlRow): readonly string[] {
  const list = decodeJson(row['list'])
  return Array.isArray(list) ? list.filter((text) => typeof text === 'string') : []
}

function list(database: Database, query: AgentQuery): readonly AgentRecord[] {
  const rows = queryAll(database, `select ${RECORD} from agents order by created_at, rowid`)
  const oldestFirst = readRecords<AgentRecord>(database, 'agents', rows)
    .filter((agent) => matches(agent, query) && query.accepts(agent))
    .map((agent) => ({ agent, key: query.sortKey(agent) }))
    .toSorted((one, other) => (one.key < other.key ? -1 : Number(one.key > other.key)))
    .map(({ agent }) => agent)
  const agents = query.ascending ? oldestFirst : oldestFirst.toReversed()
  const from = agents.findIndex((agent) => agent.id === query.after)
  // The agent may have been deleted since: starting again would never end.
  if (query.after !== null && from < 0) return []
  const to = agents.findIndex((agent) => agent.id === query.before)
  const within = agents.slice(from + 1, to < 0 ? undefined : to)
  // A client that goes backwards expects the neighbours of the item that it has.
  return to < 0 ? within.slice(0, query.limit) : within.slice(-query.limit)
}

function matches(agent: AgentRecord, { name, text, tags, matchAllTags }: AgentQuery): boolean {
  if (name !== null && agent.name !== name) return false
  if (text !== null && !agent.name.toLowerCase().includes(text.toLowerCase())) return false
  if (tags.length === 0) return true
  const has = (tag: string): boolean => agent.tags.includes(tag)
  return matchAllTags ? tags.every(has) : tags.some(has)
}
