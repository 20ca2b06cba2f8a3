import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import Libsql from 'libsql'
import { openDatabase } from '../../lib/server/storage/database.ts'
import { writeBlockTwice } from '../support/block-writers.ts'
import { createAgent, openedServer, temporaryDirectory } from '../support/letta-server.ts'
import {
  exchangeMessage,
  readStoredIds,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'

const TURNS = 12

describe('Two processes on one database', () => {
  let place: Awaited<ReturnType<typeof temporaryDirectory>>
  let database: string
  const chatters: ServerProcess[] = []

  beforeEach(async () => {
    place = await temporaryDirectory()
    database = path.join(place.directory, 'letta.db')
  })
  afterEach(async () => {
    for (const { child, exited } of chatters.splice(0)) {
      child.kill('SIGKILL')
      await exited
    }
    await place.remove()
  })

  it('lose no message and no change of their shared memory', async () => {
    const agents = await agentsOfOneMemory(database)
    chatters.push(...(await Promise.all(agents.map(() => startServerProcess(database)))))
    const acknowledged = new Set<string>()
    await Promise.all(
      chatters.map(async ({ client }, index) => {
        for (let turn = 0; turn < TURNS; turn++) {
          await exchangeMessage(client, agents[index] ?? '', acknowledged)
        }
      }),
    )
    const stored = readStoredIds(database)
    expect([...acknowledged].filter((id) => !stored.has(id))).to.deep.equal([])
    const { notes, lines } = memoryOf(database)
    expect(lines.toSorted()).to.deep.equal(notes.toSorted())
    expect(lines).to.have.lengthOf.above(4)
  })

  // Five hundred times each: test/long/kill-memory.ts
  it('store every text of a block that both change sixty times at the same time', async () => {
    const { lost, versions, agrees } = await writeBlockTwice(database, 60)
    expect([lost, agrees]).to.deep.equal([[], true])
    const [mine, theirs] = [0, 1].map((index) =>
      versions.filter((value) => value.startsWith(`process ${index},`)),
    )
    expect([mine?.length, theirs?.length, mine?.at(-1)]).to.deep.equal([
      60,
      60,
      'process 0, text 59',
    ])
  })

  it('each see that the other one has changed a block', async () => {
    const [agentId = ''] = await agentsOfOneMemory(database)
    chatters.push(
      ...(await Promise.all([startServerProcess(database), startServerProcess(database)])),
    )
    const [one, other] = chatters
    const list = async (etag: string): Promise<Response> =>
      fetch(`${one?.client.baseURL}/v1/agents/${agentId}/core-memory/blocks`, {
        headers: { 'if-none-match': etag },
      })
    const etag = (await list('')).headers.get('etag') ?? ''
    expect((await list(etag)).status).to.equal(304)
    const block = (await one?.client.agents.blocks.list(agentId))?.items[0]
    await other?.client.blocks.update(block?.id ?? '', { value: 'From the other process' })
    expect((await list(etag)).status).to.equal(200)
  })

  it('can both open it for the first time', async () => {
    chatters.push(
      ...(await Promise.all([startServerProcess(database), startServerProcess(database)])),
    )
    const opened = openDatabase(database)
    const row: unknown = opened
      .prepare('select count(distinct name) = count(*) as ok from tools')
      .get()
    opened.close()
    expect(Object(row).ok).to.equal(1)
  })

  it('can create it at the same moment, thirty times', async () => {
    const start = Date.now() + 1500
    const program = path.join(import.meta.dirname, 'fixtures/open-many.ts')
    const args = ['--import', 'tsx', program, place.directory, '30', String(start)]
    const both = [0, 1].map(() => promisify(execFile)(process.execPath, args))
    const outputs = (await Promise.all(both)).map(({ stdout }) => stdout)
    expect(outputs).to.deep.equal(['[]', '[]'])
  })
})

/** Two agents whose memory is the same block. */
async function agentsOfOneMemory(database: string): Promise<readonly string[]> {
  const { client, close } = await openedServer({ database })
  const first = await createAgent(client)
  const block = await client.agents.blocks.retrieve('human', { agent_id: first })
  const second = await client.agents.create({
    agent_type: 'letta_v1_agent',
    model: 'scripted/model',
    block_ids: [block.id ?? ''],
    tools: ['Bash', 'memory_insert'],
    include_base_tools: false,
  })
  await close()
  return [first, second.id]
}

/** What the tool was asked to note, and what the block holds of it. */
function memoryOf(database: string): { notes: readonly string[]; lines: readonly string[] } {
  const opened = new Libsql(database)
  const rows: unknown[] = opened
    .prepare(
      `select body ->> '$.callId' as id from messages
         where body ->> '$.name' = 'memory_insert' and body ->> '$.status' = 'success'`,
    )
    .all()
  const block: unknown = opened
    .prepare("select record ->> '$.value' as value from blocks where label = 'human'")
    .get()
  opened.close()
  const lines = String(Object(block).value).split('\n').slice(1)
  return { notes: rows.map((row) => String(Object(row).id)), lines }
}
