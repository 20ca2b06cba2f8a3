import { isRecord } from '../../util/is-record.ts'
import { damagedRow } from '../messages/storage.ts'
import type { Database } from './database.ts'
import { execute, onMalformedJson, queryAll, type SqlRow } from './statements.ts'

/** Tables whose rows are JSON that only this program writes, with the column that contains it. */
const COLUMNS = {
  agents: 'record',
  block_versions: 'record',
  blocks: 'record',
  conversations: 'record',
  leases: 'record',
  messages: 'body',
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
  agents: ['id'],
  block_versions: ['id', 'label', 'value'],
  blocks: ['id', 'label', 'value'],
  conversations: ['id', 'agentId'],
  leases: ['owner'],
  messages: ['role'],
  passages: ['id', 'agentId', 'text', 'createdAt'],
  runs: ['id'],
  steps: ['id'],
  tools: ['id', 'name'],
}

const WITH_TAGS: readonly string[] = ['agents', 'passages'] satisfies RecordTable[]

/** Another program may have written JSON that is no record. */
function isComplete(table: RecordTable, record: unknown): boolean {
  if (!isRecord(record)) return false
  const hasLists = !WITH_TAGS.includes(table) || Array.isArray(record['tags'])
  return hasLists && TEXTS[table].every((name) => typeof record[name] === 'string')
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true })

const listeners = new WeakMap<Database, (notice: string) => void>()

/** Sets damaged rows aside while the database is open, and reports each. */
export function setAsideDamagedRows(database: Database, report: (notice: string) => void): void {
  listeners.set(database, report)
  onMalformedJson(database, () => setAsideMalformed(database))
}

function setAside(database: Database, table: RecordTable, rowId: number): void {
  const moved = execute(
    database,
    `insert into damaged_rows (table_name, row_id, content)
       select ?, rowid, cast(${COLUMNS[table]} as blob) from ${table} where rowid = ?`,
    table,
    rowId,
  )
  execute(database, `delete from ${table} where rowid = ?`, rowId)
  if (moved > 0) listeners.get(database)?.(damagedRow(table, rowId))
}

/** Moves all rows that are not JSON: a query that looks into them fails otherwise. */
function setAsideMalformed(database: Database): void {
  for (const [table, column] of Object.entries(COLUMNS) as [RecordTable, string][]) {
    const sql = `select rowid as row_id from ${table} where not json_valid(${column})`
    const rows = queryAll(database, sql)
    for (const row of rows) setAside(database, table, Number(row['row_id']))
  }
}
