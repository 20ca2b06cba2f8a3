import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Libsql from 'libsql'
import { Problem } from '../../problem.ts'
import { MIGRATIONS } from './migrations.ts'

export type Database = InstanceType<typeof Libsql>

/** Opens the file, making it (0600, in a folder of 0700) and bringing it up to date. `:memory:` for none. */
export function openDatabase(file: string): Database {
  if (file !== ':memory:') prepareFile(file)
  try {
    const database = new Libsql(file, { timeout: 5000 })
    database.exec(
      'pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000',
    )
    migrate(database, file)
    return database
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown
    throw new Problem(`The database ${file} cannot be opened.`, {
      hint: 'It is kept as it is. Move it aside to begin with an empty one.',
      cause: thrown,
    })
  }
}

function prepareFile(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  if (!existsSync(file)) writeFileSync(file, '', { mode: 0o600, flag: 'a' })
  chmodSync(file, 0o600)
}

function migrate(database: Database, file: string): void {
  inTransaction(database, () => {
    const row: unknown = database.prepare('pragma user_version').get()
    const version = Number(Object(row).user_version)
    if (version > MIGRATIONS.length) {
      throw new Problem(`The database ${file} was written by a newer letta (version ${version}).`, {
        hint: 'Update letta, or move the file aside.',
      })
    }
    for (const step of MIGRATIONS.slice(version)) database.exec(step)
    if (version < MIGRATIONS.length) database.exec(`pragma user_version = ${MIGRATIONS.length}`)
  })
}

/** All or nothing; `immediate`, so that two processes wait for each other instead of failing. */
export function inTransaction<Value>(database: Database, work: () => Value): Value {
  if (database.inTransaction) return work()
  database.exec('begin immediate')
  try {
    const value = work()
    database.exec('commit')
    return value
  } catch (thrown) {
    database.exec('rollback')
    throw thrown
  }
}
