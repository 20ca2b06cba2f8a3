import path from 'node:path'
import { expect } from 'chai'
import { sqliteErrors } from '../../lib/server/messages/storage.ts'
import { openDatabase } from '../../lib/server/storage/database.ts'
import {
  createAgent,
  openedServer,
  say,
  send,
  temporaryDirectory,
} from '../support/letta-server.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'
import { exchangeMessage, readStoredIds, startServerProcess } from '../support/server-process.ts'

/** Kilobytes that no file of the server may outgrow, which is how a full disk shows. */
const LIMIT = 200

describe('A server whose disk is full', () => {
  it('reports it, loses nothing that it acknowledged, and continues when there is space again', async () => {
    const { directory, remove } = await temporaryDirectory()
    const database = path.join(directory, 'letta.db')
    const before = await openedServer({ database })
    const agentId = await createAgent(before.client)
    await before.close()

    const { child, client, exited } = await startServerProcess(database, { fileLimit: LIMIT })
    const acknowledged = new Set<string>()
    const thrown = await untilError(() => exchangeMessage(client, agentId, acknowledged))
    const { message, hint } = sqliteErrors['SQLITE_IOERR'] ?? { message: '-', hint: '-' }
    expect(thrown).to.include(`${message}: ${database}. ${hint}`)
    const { items } = await client.agents.list()
    expect(items.map((agent) => agent.id)).to.deep.equal([agentId])
    child.kill('SIGKILL')
    await exited

    const opened = openDatabase(database)
    expect(opened.prepare('pragma integrity_check').get()).to.include({ integrity_check: 'ok' })
    opened.close()
    const stored = readStoredIds(database)
    expect([...acknowledged].filter((id) => !stored.has(id))).to.deep.equal([])
    const model = scriptedProvider([{ text: 'Room again.' }])
    const after = await openedServer({ database, model })
    await after.client.agents.messages.cancel(agentId)
    const { events, error } = await send(after.client, agentId, say('hi'))
    expect(error).to.equal(null)
    expect(events.map((event) => event['content'] ?? '').join('')).to.equal('Room again.')
    await after.close()
    await remove()
  })
})

async function untilError(work: () => Promise<void>): Promise<string> {
  for (;;) {
    try {
      await work()
    } catch (thrown) {
      return String(thrown)
    }
  }
}
