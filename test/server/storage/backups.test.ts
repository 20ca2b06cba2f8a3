import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import Libsql from 'libsql'
import { backupDamaged, databaseInUse } from '../../../lib/server/messages/storage.ts'
import {
  type BackupReason,
  backupDirectory,
  compactDatabase,
  createBackups,
  listBackups,
} from '../../../lib/server/storage/backups.ts'
import { closeDatabase, openDatabase } from '../../../lib/server/storage/database.ts'
import { MIGRATIONS } from '../../../lib/server/storage/migrations.ts'
import { readContents, restoreBackup } from '../../../lib/server/storage/restore-backup.ts'
import { temporaryDirectory } from '../../support/letta-server.ts'
import { rejection } from '../../support/rejection.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 10, 29, 21, 29, 46)

describe('Backups of the database', () => {
  let place: Awaited<ReturnType<typeof temporaryDirectory>>
  let database: string
  let clock: number
  beforeEach(async () => {
    place = await temporaryDirectory()
    database = path.join(place.directory, 'letta.db')
    clock = START
    closeDatabase(openDatabase(database))
  })
  afterEach(() => place.remove())

  const backups = (maxBytes = 1e9) => createBackups({ database, maxBytes, now: () => clock })
  const listed = async (): Promise<readonly string[]> =>
    (await listBackups(database)).map(({ id, reason }) => `${id} ${reason}`)
  const addAgent = (id: string): void => {
    const opened = openDatabase(database)
    opened.exec(`insert into agents values ('${id}', '2026-01-01', '{}')`)
    closeDatabase(opened)
  }
  /** Writes a file with the name of a backup. */
  const put = async (id: string, reason: BackupReason, bytes: number): Promise<void> => {
    const directory = backupDirectory(database)
    await mkdir(directory, { recursive: true })
    await writeFile(path.join(directory, `letta-${id}-${reason}.db`), Buffer.alloc(bytes))
  }

  it('are made once a day, readable by their owner only', async () => {
    for (const hours of [0, 1, 23, 24]) {
      clock = START + hours * 3_600_000
      await backups().daily(START - 2 * DAY)
    }
    expect(await listed()).to.deep.equal(['20261130-212946 daily', '20261129-212946 daily'])
    const [{ file } = { file: '' }] = await listBackups(database)
    const mode = async (name: string) => ((await stat(name)).mode & 0o777).toString(8)
    expect([await mode(path.dirname(file)), await mode(file)]).to.deep.equal(['700', '600'])
  })

  it('are not made of a database whose agents are younger than a day', async () => {
    await backups().daily(null)
    await backups().daily(START - DAY + 1)
    expect(await listed()).to.deep.equal([])
  })

  it('contain what was committed, while another connection is in the middle of a change', async () => {
    addAgent('one')
    const writer = openDatabase(database)
    writer.exec("begin immediate; insert into agents values ('two', '2026-01-01', '{}')")
    await backups().daily(START - 2 * DAY)
    writer.exec('rollback')
    closeDatabase(writer)
    const [backup] = await listBackups(database)
    expect(readContents(backup?.file ?? '')).to.deep.equal({
      agents: 1,
      conversations: 1,
      messages: 0,
    })
  })

  it('are made before a migration, and not when there is none', async () => {
    await backups().beforeMigration()
    expect(await listed()).to.deep.equal([])
    const older = new Libsql(database)
    older.exec(`pragma user_version = ${MIGRATIONS.length - 1}; pragma wal_checkpoint(truncate)`)
    older.close()
    await backups().beforeMigration()
    expect(await listed()).to.deep.equal(['20261129-212946 update'])
  })

  it('are made before deletions, one for those of a minute', async () => {
    for (const seconds of [0, 1, 59, 61]) {
      clock = START + seconds * 1000
      await backups().beforeDeletion()
    }
    expect(await listed()).to.deep.equal(['20261129-213047 delete', '20261129-212946 delete'])
  })

  it('are bounded in number for each reason', async () => {
    for (let day = 10; day < 20; day++) await put(`202610${day}-000000`, 'daily', 1)
    await put('20261001-000000', 'delete', 1)
    await backups().daily(START - 2 * DAY)
    const ids = await listed()
    expect(ids.filter((id) => id.endsWith('daily'))).to.have.lengthOf(7)
    expect(ids.at(-1)).to.equal('20261001-000000 delete')
  })

  it('are bounded in size, the oldest are removed first, and what a restore has replaced stays', async () => {
    await put('20261003-000000', 'daily', 2_000_000)
    await put('20261002-000000', 'daily', 900_000)
    await put('20261001-000000', 'restore', 5_000_000)
    await backups(1_500_000).daily(START - 2 * DAY)
    expect(await listed()).to.deep.equal([
      '20261129-212946 daily',
      '20261002-000000 daily',
      '20261001-000000 restore',
    ])
  })

  it('are followed by giving unused pages back, while the database is open', async () => {
    const opened = openDatabase(database)
    opened.exec(
      'insert into agents select n, n, hex(randomblob(5000)) from (with recursive c(n) as (select 1 union all select n + 1 from c where n < 500) select n from c); delete from agents; pragma wal_checkpoint(truncate)',
    )
    const before = (await stat(database)).size
    await compactDatabase(database)
    expect((await stat(database)).size).to.be.below(before / 10)
    expect(opened.prepare('select count(*) as n from agents').get()).to.include({ n: 0 })
    closeDatabase(opened)
  })

  it('are not made of a database that is larger than all of them may be', async () => {
    await backups(1000).daily(START - 2 * DAY)
    expect(await listed()).to.deep.equal([])
  })

  it('leave nothing when the copy fails or its program was killed', async () => {
    const directory = backupDirectory(database)
    await mkdir(directory)
    const left = path.join(directory, 'letta-20261101-000000-daily.db.77.partial')
    await writeFile(left, 'x')
    await utimes(left, 1, 1)
    await writeFile(
      database,
      Buffer.concat([await readFile(database), Buffer.alloc(10)]).fill(1, 100),
    )
    const thrown = await rejection(backups().daily(START - 2 * DAY))
    expect(thrown).to.be.instanceOf(Error)
    expect(await readdir(directory)).to.deep.equal([])
  })

  it('are restored, and the replaced database is another backup', async () => {
    addAgent('one')
    await backups().beforeDeletion()
    addAgent('two')
    const [backup] = await listBackups(database)
    if (backup === undefined) throw new Error('no backup')
    const replaced = await restoreBackup(database, backup, START + 1)
    expect(readContents(database)).to.include({ agents: 1 })
    expect(readContents(replaced ?? '')).to.include({ agents: 2 })
    expect(await listed()).to.deep.equal(['20261129-212946-2 restore', '20261129-212946 delete'])
    expect((await readdir(place.directory)).sort()).to.deep.equal(['backups', 'letta.db'])
    addAgent('three')
    expect(readContents(database)).to.include({ agents: 2 })
  })

  it('are restored in the place of a database that is damaged or missing', async () => {
    addAgent('one')
    await backups().beforeDeletion()
    const [backup] = await listBackups(database)
    if (backup === undefined) throw new Error('no backup')
    await writeFile(database, 'no database at all')
    const replaced = await restoreBackup(database, backup, START + 1000)
    expect(await readFile(replaced ?? '', 'utf8')).to.equal('no database at all')
    expect(readContents(database)).to.include({ agents: 1 })
    await rm(database)
    expect(await restoreBackup(database, backup, START)).to.equal(null)
    expect(readContents(database)).to.include({ agents: 1 })
  })

  it('are not restored while a process has the database open', async () => {
    await backups().beforeDeletion()
    const [backup] = await listBackups(database)
    if (backup === undefined) throw new Error('no backup')
    const other = openDatabase(database)
    other.exec("insert into agents values ('late', '2026-01-01', '{}')")
    const thrown = await rejection(restoreBackup(database, backup, START))
    expect(thrown).to.include(databaseInUse(database))
    closeDatabase(other)
    expect((await readdir(place.directory)).sort()).to.deep.equal(['backups', 'letta.db'])
    expect(readContents(database)).to.include({ agents: 1 })
  })

  it('are not restored when they are damaged', async () => {
    await put('20261001-000000', 'daily', 5000)
    const [backup] = await listBackups(database)
    if (backup === undefined) throw new Error('no backup')
    const thrown = await rejection(restoreBackup(database, backup, START))
    expect(thrown).to.include(backupDamaged(backup.id))
    expect(readContents(database)).to.include({ agents: 0 })
  })

  it('are not restored when they are empty or have no tables', async () => {
    addAgent('one')
    await put('20261002-000000', 'daily', 0)
    await put('20261001-000000', 'daily', 0)
    const found = await listBackups(database)
    const bare = new Libsql(found[1]?.file ?? '')
    bare.exec('create table t (x); drop table t')
    bare.close()
    for (const backup of found) {
      const thrown = await rejection(restoreBackup(database, backup, START))
      expect(thrown).to.include(backupDamaged(backup.id))
    }
    expect(found).to.have.lengthOf(2)
    expect(readContents(database)).to.include({ agents: 1 })
  })

  it('of the first version of the database are restored', async () => {
    await put('20261001-000000', 'update', 0)
    const [backup] = await listBackups(database)
    if (backup === undefined) throw new Error('no backup')
    const first = new Libsql(backup.file)
    first.exec(`${MIGRATIONS[0]}; pragma user_version = 1`)
    first.exec("insert into agents values ('old', '2026-01-01', '{}')")
    first.close()
    await restoreBackup(database, backup, START)
    expect(readContents(database)).to.deep.equal({ agents: 1, conversations: 1, messages: 0 })
  })

  it('are made, and looked for each day, without what a killed restore has left', async () => {
    await put('20261001-000000', 'daily', 0)
    const left = path.join(backupDirectory(database), 'letta-20261101-000000-restore.db.77.partial')
    await writeFile(left, 'x')
    await utimes(left, 1, 1)
    await backups(0).daily(null)
    expect(await readdir(backupDirectory(database))).to.deep.equal([
      'letta-20261001-000000-daily.db',
    ])
  })
})
