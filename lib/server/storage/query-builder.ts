import { type Database, withStorageErrors } from './database.ts'

type SqlValue = string | number | null

/** Rows as plain records; the driver adds a field of its own, so columns are named where they are read. */
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

/** A JSON column that we wrote ourselves. */
export function parseRecord<Kind>(row: SqlRow): Kind {
  return JSON.parse(String(row['record'])) as Kind
}

const prepare = (database: Database, sql: string) => database.prepare(sql)

type PreparedStatement = ReturnType<typeof prepare>

const statementCache = new WeakMap<Database, Map<string, PreparedStatement>>()

/** Statements are kept: the same few are used again and again, and reading one takes longer than running it. */
function withStatement<Value>(
  database: Database,
  sql: string,
  use: (statement: PreparedStatement) => Value,
): Value {
  const statements = statementCache.get(database) ?? new Map<string, PreparedStatement>()
  statementCache.set(database, statements)
  return withStorageErrors(database, () => {
    const statement = statements.get(sql) ?? prepare(database, sql)
    // One that fails is halfway through, and not used again.
    statements.delete(sql)
    const value = use(statement)
    statements.set(sql, statement)
    return value
  })
}
