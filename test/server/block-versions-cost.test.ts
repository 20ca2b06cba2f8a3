import path from 'node:path'
import { expect } from 'chai'
import Libsql from 'libsql'
import { openStorage } from '../../lib/server/storage/storage.ts'
import { clientOf, createAgent, openedServer, temporaryDirectory } from '../support/letta-server.ts'

const VERSIONS = 300

/** The loosely typed parts of the driver that the statements pass through. */
type Statement = Record<'all' | 'get' | 'run', (...values: unknown[]) => unknown>
interface Driver {
  prepare(sql: string): Statement
}

/** The statements that run until `stop`. Statements of a connection are prepared once, so it has to be opened after this. */
function recordStatements(): { readonly run: readonly string[]; stop(): void } {
  const run: string[] = []
  const driver = Libsql.prototype as unknown as Driver
  const { prepare } = driver
  driver.prepare = function (this: Driver, sql) {
    const statement = prepare.call(this, sql)
    for (const name of ['all', 'get', 'run'] as const) {
      const original = statement[name].bind(statement)
      statement[name] = (...values) => {
        run.push(sql)
        return original(...values)
      }
    }
    return statement
  }
  return { run, stop: () => Object.assign(driver, { prepare }) }
}

describe('Opening an agent whose blocks have versions', () => {
  let database: string
  let agentId: string
  let removeDirectory: () => Promise<unknown>

  beforeEach(async () => {
    const { directory, remove } = await temporaryDirectory()
    removeDirectory = remove
    database = path.join(directory, 'letta.db')
    const opened = await openedServer({ database })
    agentId = await createAgent(opened.client)
    const block = await clientOf(opened.server).blocks.create({ label: 'notes', value: 'none' })
    await opened.client.agents.blocks.attach(block.id, { agent_id: agentId })
    await opened.close()
  })
  afterEach(() => removeDirectory())

  /** What the workbench requests when it opens an agent; returns the statements. */
  async function open(): Promise<readonly string[]> {
    const { run, stop } = recordStatements()
    try {
      const { client, close } = await openedServer({ database })
      await client.agents.retrieve(agentId)
      await client.agents.blocks.list(agentId)
      await client.agents.messages.list(agentId, { limit: 60, order: 'desc' })
      const statements = [...run]
      await close()
      return statements
    } finally {
      stop()
    }
  }

  it('runs the statements that it runs without versions, and reads their index only', async () => {
    const without = await open()
    const storage = openStorage(database)
    const [block] = storage.blocks.list(null, 10).filter(({ label }) => label === 'notes')
    if (block === undefined) throw new Error('The block is missing.')
    for (let version = 0; version < VERSIONS; version++) {
      storage.blocks.save({ ...block, value: `${version}` }, { type: 'client', client: null })
    }
    expect(storage.blockVersions.totals(block.id).versions).to.equal(VERSIONS + 1)
    storage.close()

    const statements = await open()

    expect(statements).to.deep.equal(without)
    const ofVersions = new Set(statements.filter((sql) => sql.includes('block_versions')))
    expect(ofVersions.size).to.be.at.least(1)
    const connection = new Libsql(database)
    for (const sql of ofVersions) {
      const plan = connection.prepare(`explain query plan ${sql}`).all(block.id)
      expect(JSON.stringify(plan), sql).to.match(/SEARCH block_versions USING COVERING INDEX/)
    }
    connection.close()
  })
})
