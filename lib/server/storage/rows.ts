import { accessing, type Database } from './database.ts'

type Value = string | number | null

/** Rows as plain records; the driver adds a field of its own, so columns are named where they are read. */
export type Row = Readonly<Record<string, unknown>>

export function all(database: Database, sql: string, ...values: readonly Value[]): readonly Row[] {
  return accessing(database, () => database.prepare(sql).all(...values) as Row[])
}

export function first(database: Database, sql: string, ...values: readonly Value[]): Row | null {
  const row = accessing(database, () => database.prepare(sql).get(...values) as Row | undefined)
  return row ?? null
}

export function run(database: Database, sql: string, ...values: readonly Value[]): number {
  return accessing(database, () => Number(database.prepare(sql).run(...values).changes))
}

/** A JSON column that we wrote ourselves. */
export function recordOf<Kind>(row: Row): Kind {
  return JSON.parse(String(row['record'])) as Kind
}
