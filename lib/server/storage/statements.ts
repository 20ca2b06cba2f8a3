import { type Database, withStorageErrors } from './database.ts'

type SqlValue = string | number | null

/** A row by column name. The driver adds another field, so columns are read by name and never listed. */
export type SqlRow = Readonly<Record<string, unknown>>

export function queryAll(
  database: Database,
  sql: string,
  ...values: readonly SqlValue[]
): readonly SqlRow[] {
  return withStatement(database, sql, (statement) => statement.all(...values) as SqlRow[])
}

export function queryFirst(
  database: Database,
  sql: string,
  ...values: readonly SqlValue[]
): SqlRow | null {
  return (
    withStatement(database, sql, (statement) => statement.get(...values) as SqlRow | undefined) ??
    null
  )
}

export function execute(database: Database, sql: string, ...values: readonly SqlValue[]): number {
  return withStatement(database, sql, (statement) => Number(statement.run(...values).changes))
}

/** Differs after each change: `data_version` counts those of other connections, `total_changes` those of this one. */
export function changeStamp(database: Database): string {
  const row = queryFirst(
    database,
    'select total_changes() as own, (select data_version from pragma_data_version) as others',
  )
  return `${row?.['own']} ${row?.['others']}`
}

const prepare = (database: Database, sql: string) => database.prepare(sql)

type PreparedStatement = ReturnType<typeof prepare>

const statementCache = new WeakMap<Database, Map<string, PreparedStatement>>()

/** Caches prepared statements: there are few of them, and preparing one takes longer than running it. */
function withStatement<Value>(
  database: Database,
  sql: string,
  use: (statement: PreparedStatement) => Value,
): Value {
  const statements = statementCache.get(database) ?? new Map<string, PreparedStatement>()
  statementCache.set(database, statements)
  const run = (): Value => {
    const statement = statements.get(sql) ?? prepare(database, sql)
    // A statement that failed may be half executed, and is not used again.
    statements.delete(sql)
    const value = use(statement)
    statements.set(sql, statement)
    return value
  }
  return withStorageErrors(database, () => {
    try {
      return run()
    } catch (thrown) {
      const repair = repairs.get(database)
      if (repair === undefined || !isMalformedJson(thrown)) throw thrown
      repairs.delete(database)
      repair()
      repairs.set(database, repair)
      return run()
    }
  })
}

const repairs = new WeakMap<Database, () => void>()

/** What is done when a query looks into a damaged row. The query is then run again, once. */
export function onMalformedJson(database: Database, repair: () => void): void {
  repairs.set(database, repair)
}

function isMalformedJson(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message === 'malformed JSON'
}
