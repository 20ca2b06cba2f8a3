import type { PassageRecord } from '../records.ts'
import { findRecord, readRecords } from './damaged-rows.ts'
import type { Database } from './database.ts'
import { execute, queryAll, queryFirst } from './statements.ts'

export interface PassageQuery {
  readonly limit: number
  readonly ascending: boolean
  /** Passage ids. */
  readonly after: string | null
  readonly before: string | null
  /** Words that the text contains, in any order; parts of words too. */
  readonly text: string | null
}

export interface PassageSearch {
  readonly query: string
  /** Matches any tag when empty. */
  readonly tags: readonly string[]
  readonly matchAllTags: boolean
  readonly from: string | null
  readonly to: string | null
  readonly limit: number
}

export interface PassageTable {
  get(id: string): PassageRecord | null
  list(agentId: string, query: PassageQuery): readonly PassageRecord[]
  /** Best matches first. */
  search(agentId: string | null, search: PassageSearch): readonly PassageRecord[]
  count(agentId: string): number
  insert(passage: PassageRecord): void
  remove(id: string): void
}

export function passageTable(database: Database): PassageTable {
  return {
    get: (id) => findRecord(database, 'passages', 'id', id),
    list: (agentId, query) => list(database, agentId, query),
    search: (agentId, query) => search(database, agentId, query),
    count(agentId) {
      const sql = 'select count(*) as n from passages where agent_id = ?'
      return Number(queryFirst(database, sql, agentId)?.['n'])
    },
    insert: (passage) =>
      void execute(
        database,
        'insert into passages (id, agent_id, text, record) values (?, ?, ?, ?)',
        passage.id,
        passage.agentId,
        passage.text,
        JSON.stringify(passage),
      ),
    remove: (id) => void execute(database, 'delete from passages where id = ?', id),
  }
}

function list(
  database: Database,
  agentId: string,
  { limit, ascending, after, before, text }: PassageQuery,
): readonly PassageRecord[] {
  const [later, earlier] = ascending ? ['>', '<'] : ['<', '>']
  const rows = queryAll(
    database,
    `select ${PASSAGE} from passages where agent_id = ?1
       and (?2 is null or sequence ${later} (select sequence from passages where id = ?2))
       and (?3 is null or sequence ${earlier} (select sequence from passages where id = ?3))
       and not exists (select 1 from json_each(?4) where instr(lower(text), lower(value)) = 0)
       order by sequence ${ascending ? 'asc' : 'desc'} limit ?5`,
    agentId,
    after,
    before,
    JSON.stringify(text?.split(/\s+/).filter(Boolean) ?? []),
    limit,
  )
  return readRecords(database, 'passages', rows)
}

function search(
  database: Database,
  agentId: string | null,
  { query, tags, matchAllTags, from, to, limit }: PassageSearch,
): readonly PassageRecord[] {
  const minMatchingTags = matchAllTags ? new Set(tags).size : Math.min(tags.length, 1)
  const select = (sql: string, pattern: string): readonly PassageRecord[] => {
    const rows = queryAll(
      database,
      `${sql} and (?2 is null or agent_id = ?2)
         and (select count(distinct value) from json_each(record, '$.tags')
              where value in (select value from json_each(?3))) >= ?4
         and (?5 is null or record ->> '$.createdAt' >= ?5)
         and (?6 is null or record ->> '$.createdAt' <= ?6)
       order by rank limit ?7`,
      pattern,
      agentId,
      JSON.stringify(tags),
      minMatchingTags,
      from,
      to,
      limit,
    )
    return readRecords(database, 'passages', rows)
  }
  const words = toFtsQuery(query)
  if (words === '') return []
  const byWords = select(BY_WORDS, words)
  return byWords.length > 0 ? byWords : select(BY_TEXT, query.trim())
}

/** The table is named because the one of the words has rows, too. */
const PASSAGE = 'passages.rowid as row_id, cast(passages.record as blob) as record'
const BY_WORDS = `select ${PASSAGE} from passage_words join passages on sequence = passage_words.rowid
  where passage_words match ?1`
/** Substring search, for parts of words and for languages without spaces; newest first. */
const BY_TEXT = `select ${PASSAGE}, -sequence as rank from passages
  where instr(lower(text), lower(?1)) > 0`

/** An FTS5 query that matches any of the words, each quoted so that none is an operator. */
function toFtsQuery(query: string): string {
  return (query.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => `"${word}"`).join(' OR ')
}
