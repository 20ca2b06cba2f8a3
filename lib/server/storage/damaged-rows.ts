import { isRecord } from '../../util/is-record.ts'
import { damagedRow, repairedRow } from '../messages/storage.ts'
import type { Database } from './database.ts'
import { execute, onMalformedJson, queryAll, queryFirst, type SqlRow } from './statements.ts'

/** Tables whose rows are JSON that only this program writes, with the column that contains it. */
const COLUMNS = {
  agents: 'record',
  block_versions: 'record',
  blocks: 'record',
  conversations: 'record',
  leases: 'record',
  messages: 'body',
  partial_answers: 'record',
  passages: 'record',
  runs: 'record',
  steps: 'record',
  tools: 'record',
} as const
type RecordTable = keyof typeof COLUMNS

/**
 * What to select of a row. As bytes: the driver aborts the process at text that is not UTF-8, as a flipped bit on a disk leaves it.
 */
export const RECORD = 'rowid as row_id, cast(record as blob) as record'
export const BODY = 'rowid as row_id, cast(body as blob) as body'

/** The same for columns of text, which `textOf` reads. */
export function bytesOf(...columns: readonly string[]): string {
  return columns.map((name) => `cast(${name} as blob) as ${name}`).join(', ')
}

/** The text of a column that was selected as bytes, with marks for what is not UTF-8; null when there is none. */
export function textOf(row: SqlRow, column: string): string | null {
  const bytes = row[column]
  return bytes === null || bytes === undefined ? null : ANY_TEXT.decode(bytes as Uint8Array)
}

const ANY_TEXT = new TextDecoder()

/** The rows that can be decoded. Others are moved to `damaged_rows` and reported, so that one of them does not hide the rest. */
export function readRecords<Parsed>(
  database: Database,
  table: RecordTable,
  rows: readonly SqlRow[],
): Parsed[] {
  return rows.flatMap((row) => readRecord<Parsed>(database, table, row) ?? [])
}

/** Null for no row, and for one that cannot be decoded. */
export function readRecord<Parsed>(
  database: Database,
  table: RecordTable,
  row: SqlRow | null,
): Parsed | null {
  if (row === null) return null
  const record = decodeJson(row[COLUMNS[table]])
  if (isComplete(table, record)) return record as Parsed
  setAside(database, table, Number(row['row_id']))
  return null
}

/** Empty for no row, and for a list that cannot be decoded, which is set aside and emptied. */
export function readList(
  database: Database,
  table: RecordTable,
  column: string,
  row: SqlRow | null,
): readonly unknown[] {
  if (row === null) return []
  const list = decodeJson(row[column])
  if (Array.isArray(list)) return list
  copyAside(database, table, column, Number(row['row_id']))
  execute(database, `update ${table} set ${column} = '[]' where rowid = ?`, Number(row['row_id']))
  return []
}

/** Undefined for what is no JSON in UTF-8. */
export function decodeJson(bytes: unknown): unknown {
  try {
    return JSON.parse(UTF_8.decode(bytes as Uint8Array))
  } catch (thrown) {
    if (thrown instanceof SyntaxError || thrown instanceof TypeError) return undefined
    throw thrown
  }
}

/** What every version has written of each record, and nothing can be done without. */
const TEXTS: Readonly<Record<RecordTable, readonly string[]>> = {
  agents: ['id', 'name', 'system', 'model'],
  block_versions: ['id', 'label', 'value'],
  blocks: ['id', 'label', 'value'],
  conversations: ['id', 'agentId'],
  leases: ['owner'],
  messages: ['role'],
  partial_answers: ['messageId', 'stepId'],
  passages: ['id', 'agentId', 'text', 'createdAt'],
  runs: ['id'],
  steps: ['id'],
  tools: ['id', 'name'],
}
const LISTS: Readonly<Partial<Record<RecordTable, readonly string[]>>> = {
  agents: ['tags', 'blockIds', 'toolIds', 'toolRules'],
  conversations: ['isolatedBlockIds'],
  passages: ['tags'],
}

/** Another program may have written JSON that is no record, and a flipped bit may have changed the name of a field. */
function isComplete(table: RecordTable, record: unknown): boolean {
  if (!isRecord(record)) return false
  const hasLists = (LISTS[table] ?? []).every((name) => Array.isArray(record[name]))
  if (!hasLists || !TEXTS[table].every((name) => typeof record[name] === 'string')) return false
  if (table === 'partial_answers') return isBody(record['body'])
  return table !== 'messages' || isBody(record)
}

function isBody(body: unknown): boolean {
  if (!isRecord(body)) return false
  const hasTexts = (...names: readonly string[]): boolean =>
    names.every((name) => typeof body[name] === 'string')
  switch (body['role']) {
    case 'user':
      return Array.isArray(body['content'])
    case 'assistant':
      return hasTexts('text') && Array.isArray(body['calls']) && Array.isArray(body['reasoning'])
    case 'tool':
      return hasTexts('callId', 'name', 'text')
    case 'summary':
      return hasTexts('summary', 'text')
    default:
      return false
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true })

const listeners = new WeakMap<Database, (notice: string) => void>()

/** Sets damaged rows aside while the database is open, and reports each. */
export function setAsideDamagedRows(database: Database, report: (notice: string) => void): void {
  listeners.set(database, report)
  onMalformedJson(database, () => setAsideMalformed(database))
  for (const table of SMALL_TABLES) repairKeys(database, table)
}

/** One row by its key. When there is none, the keys of the table may be damaged. */
export function findRecord<Parsed>(
  database: Database,
  table: KeyedTable,
  key: string,
  value: string,
): Parsed | null {
  const find = () => queryFirst(database, `select ${RECORD} from ${table} where ${key} = ?`, value)
  const row = find() ?? (repairKeys(database, table) ? find() : null)
  return readRecord(database, table, row)
}

function setAside(database: Database, table: RecordTable, rowId: number): void {
  copyAside(database, table, COLUMNS[table], rowId)
  execute(database, `delete from ${table} where rowid = ?`, rowId)
}

function copyAside(database: Database, table: RecordTable, column: string, rowId: number): void {
  const copied = execute(
    database,
    `insert into damaged_rows (table_name, row_id, content)
       select ?, rowid, cast(${column} as blob) from ${table} where rowid = ?`,
    table,
    rowId,
  )
  if (copied > 0) listeners.get(database)?.(damagedRow(table, rowId))
}

/** Moves all rows that are not JSON: a query that looks into them fails otherwise. */
function setAsideMalformed(database: Database): void {
  for (const [table, column] of Object.entries(COLUMNS) as [RecordTable, string][]) {
    const sql = `select rowid as row_id from ${table} where not json_valid(${column})`
    const rows = queryAll(database, sql)
    for (const row of rows) setAside(database, table, Number(row['row_id']))
  }
}

/** The columns by which rows are found; each repeats a field of the record. */
const KEYS = {
  agents: { id: 'id' },
  blocks: { id: 'id', label: 'label' },
  conversations: { id: 'id', agent_id: 'agentId' },
  passages: { id: 'id', agent_id: 'agentId' },
  runs: { id: 'id', agent_id: 'agentId', conversation_id: 'conversationId', status: 'status' },
  steps: { id: 'id', run_id: 'runId', agent_id: 'agentId' },
  tools: { id: 'id', name: 'name' },
} as const satisfies Partial<Record<RecordTable, Record<string, string>>>
type KeyedTable = keyof typeof KEYS

/** Few rows, which are compared whenever the database is opened; those of others, once a row is not found. */
const SMALL_TABLES = ['agents', 'blocks', 'conversations', 'tools'] as const

/** What messages refer to: when they do, the column is right, and the record is damaged. */
const REFERENCES: Partial<Record<KeyedTable, string>> = {
  agents: 'agent_id',
  conversations: 'conversation_id',
  runs: 'run_id',
}

const comparedTables = new WeakMap<Database, Set<KeyedTable>>()

/**
 * Compares the columns by which the rows of a table are found with their records, once, and repairs those that differ. To be called
 * for a row that is not found. True when a row was repaired.
 */
function repairKeys(database: Database, table: KeyedTable): boolean {
  const compared = comparedTables.get(database) ?? new Set()
  comparedTables.set(database, compared)
  if (compared.has(table)) return false
  compared.add(table)
  const keys = Object.entries(KEYS[table])
  // Half a character, which JSON escapes, has no UTF-8 that could be compared: its first byte is this one.
  const differs = keys.map(
    ([column, field]) =>
      `(json_type(record, '$.${field}') = 'text' and ${column} is not record ->> '$.${field}'
        and instr(cast(record ->> '$.${field}' as blob), x'ed') = 0)`,
  )
  const rows = queryAll(
    database,
    `select rowid as row_id, ${differs.map((one, index) => `${one} as differs_${index}`).join(', ')}
       from ${table} where ${differs.join(' or ')}`,
  )
  for (const row of rows) {
    const columns = keys.filter((_key, index) => row[`differs_${index}`] === 1)
    repairRow(database, table, Number(row['row_id']), columns)
  }
  return rows.length > 0
}

function repairRow(
  database: Database,
  table: KeyedTable,
  rowId: number,
  columns: readonly (readonly [string, string])[],
): void {
  const reference = REFERENCES[table]
  const isKnown =
    reference === undefined
      ? '0'
      : `exists (select 1 from messages where ${reference} = ${table}.id)`
  const changed = columns.map(([column, field]) =>
    execute(
      database,
      column === 'id'
        ? `update or ignore ${table} set id = iif(${isKnown}, id, record ->> '$.id'),
             record = iif(${isKnown}, json_set(record, '$.id', id), record) where rowid = ?`
        : `update or ignore ${table} set ${column} = record ->> '$.${field}' where rowid = ?`,
      rowId,
    ),
  )
  if (changed.includes(0)) setAside(database, table, rowId)
  else listeners.get(database)?.(repairedRow(table, rowId))
}
