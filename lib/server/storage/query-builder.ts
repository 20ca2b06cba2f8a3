import { accessing, type Database } from './database.ts'

type Value = string | number | null

/** Rows as plain records; the driver adds a field of its own, so columns are named where they are read. */
export type Row = Readonly<Record<string, unknown>>

export function all(database: Database, sql: string, ...values: readonly Value[]): readonly Row[] {
  return using(database, sql, (statement) => statement.all(...values) as Row[])
}

export function first(database: Database, sql: string, ...values: readonly Value[]): Row | null {
  return using(database, sql, (statement) => statement.get(...values) as Row | undefined) ?? null
}

export function run(database: Database, sql: string, ...values: readonly Value[]): number {
  return using(database, sql, (statement) => Number(statement.run(...values).changes))
}

/** A JSON column that we wrote ourselves. */
export function recordOf<Kind>(row: Row): Kind {
  return JSON.parse(String(row['record'])) as Kind
}

const prepare = (database: Database, sql: string) => database.prepare(sql)

type Statement = ReturnType<typeof prepare>

const kept = new WeakMap<Database, Map<string, Statement>>()

/** Statements are kept: the same few are used again and again, and reading one takes longer than running it. */
function using<Value>(
  database: Database,
  sql: string,
  use: (statement: Statement) => Value,
): Value {
  const statements = kept.get(database) ?? new Map<string, Statement>()
  kept.set(database, statements)
  return accessing(database, () => {
    const statement = statements.get(sql) ?? prepare(database, sql)
    // One that fails is halfway through, and not used again.
    statements.delete(sql)
    const value = use(statement)
    statements.set(sql, statement)
    return value
  })
}
