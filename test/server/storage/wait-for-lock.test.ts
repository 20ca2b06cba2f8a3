import { rename } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import Libsql from 'libsql'
import { type LettaServer, openServer } from '../../../lib/server/app.ts'
import { databaseReplaced, waitingForDatabase } from '../../../lib/server/messages/storage.ts'
import { closeDatabase, openDatabase } from '../../../lib/server/storage/database.ts'
import { clientOf, createAgent, temporaryDirectory } from '../../support/letta-server.ts'
import { type ScriptedProvider, scriptedProvider } from '../../support/scripted-provider.ts'

/** Longer than anything that this thread does in between, and shorter than the timeout of the driver. */
const MAX_GAP_MS = 1500

describe('A server whose database another program locks or moves', () => {
  let place: Awaited<ReturnType<typeof temporaryDirectory>>
  let database: string
  let model: ScriptedProvider
  let other: InstanceType<typeof Libsql>
  let notices: string[]
  let noticed: () => void
  const servers: LettaServer[] = []

  beforeEach(async () => {
    place = await temporaryDirectory()
    database = path.join(place.directory, 'letta.db')
    closeDatabase(openDatabase(database))
    model = scriptedProvider()
    other = new Libsql(database)
    notices = []
  })
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close()
    other.close()
    await place.remove()
  })

  const opens = async (): Promise<LettaServer> => {
    const onNotice = (notice: string): void => {
      notices.push(notice)
      noticed?.()
    }
    const server = await openServer({ database, providers: [model], onNotice })
    servers.push(server)
    return server
  }
  /** Locks the database until the server reports that it waits. Returns the longest time without a turn of the event loop. */
  const whileLocked = async (work: () => Promise<unknown>): Promise<number> => {
    let [last, longest] = [performance.now(), 0]
    const timer = setInterval(() => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
    }, 5)
    const reported = new Promise<void>((resolve) => {
      noticed = resolve
    })
    other.exec('begin exclusive')
    const done = work()
    await reported
    await sleep(10)
    other.exec('commit')
    await done
    clearInterval(timer)
    return longest
  }
  const send = (client: Letta, agentId: string) =>
    client.agents.messages.create(agentId, { messages: [{ role: 'user', content: 'Hello' }] })

  it('waits for it without blocking the thread, reports that, and answers', async () => {
    const client = clientOf(await opens())
    const agentId = await createAgent(client)
    model.play({ text: 'Good day.' })
    let answer: Awaited<ReturnType<typeof send>> | null = null
    const gap = await whileLocked(async () => {
      answer = await send(client, agentId)
    })
    expect(gap).to.be.below(MAX_GAP_MS)
    expect(notices).to.deep.equal([waitingForDatabase(database)])
    expect(JSON.stringify(answer)).to.include('Good day.')
  })

  it('opens once the lock is released', async () => {
    let server: LettaServer | null = null
    const gap = await whileLocked(async () => {
      server = await opens()
    })
    expect(gap).to.be.below(MAX_GAP_MS)
    expect(notices).to.deep.equal([waitingForDatabase(database)])
    expect(server).to.not.equal(null)
  })

  it('changes nothing after the file was moved, until it is back', async () => {
    const client = clientOf(await opens())
    const agentId = await createAgent(client)
    await rename(database, `${database}.moved`)
    const response = await servers[0]?.fetch(
      new Request(`http://embedded.letta/v1/agents/${agentId}`, { method: 'DELETE' }),
    )
    expect(response?.status).to.equal(500)
    expect(await response?.text()).to.include(databaseReplaced(database).message)
    await rename(`${database}.moved`, database)
    expect((await client.agents.retrieve(agentId)).id).to.equal(agentId)
  })
})
