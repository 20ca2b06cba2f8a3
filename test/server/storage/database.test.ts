import { mkdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { Problem } from '../../../lib/problem.ts'
import { openDatabase } from '../../../lib/server/storage/database.ts'
import { temporaryFolder } from '../../support/letta-server.ts'

describe('the database', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>

  beforeEach(async () => {
    place = await temporaryFolder()
  })
  afterEach(() => place.remove())

  it('is a file that only its owner reads, in a folder that only its owner enters', async () => {
    const file = path.join(place.folder, 'new', 'letta.db')
    openDatabase(file).close()
    const mode = async (name: string) => ((await stat(name)).mode & 0o777).toString(8)
    expect([await mode(path.dirname(file)), await mode(file)]).to.deep.equal(['700', '600'])
  })

  it('leaves a folder as it is that was there before', async () => {
    const folder = path.join(place.folder, 'mine')
    await mkdir(folder, { mode: 0o755 })
    openDatabase(path.join(folder, 'letta.db')).close()
    expect(((await stat(folder)).mode & 0o777).toString(8)).to.equal('755')
  })

  it('opens again with what it holds', () => {
    const file = path.join(place.folder, 'letta.db')
    const first = openDatabase(file)
    first.exec("insert into tools (id, name, record) values ('t', 'n', '{}')")
    first.close()
    const second = openDatabase(file)
    expect(second.prepare('select count(*) as n from tools').get()).to.include({ n: 1 })
    second.close()
  })

  it('of a newer letta is left alone', () => {
    const file = path.join(place.folder, 'letta.db')
    const newer = openDatabase(file)
    newer.exec('pragma user_version = 999')
    newer.close()
    expect(() => openDatabase(file)).to.throw(Problem, /written by a newer letta \(version 999\)/)
  })

  it('that is none is left alone', async () => {
    const file = path.join(place.folder, 'letta.db')
    await writeFile(file, 'this is no database at all, but a text of some length'.repeat(40))
    expect(() => openDatabase(file)).to.throw(Problem, /cannot be opened/)
  })
})
