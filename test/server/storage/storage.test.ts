import { expect } from 'chai'
import { openDatabase } from '../../../lib/server/storage/database.ts'
import { queryAll } from '../../../lib/server/storage/statements.ts'
import {
  createAgent,
  openedServer,
  say,
  send,
  temporaryDirectory,
} from '../../support/letta-server.ts'

const TABLES = ['agents', 'conversations', 'messages', 'calls', 'passages', 'runs', 'steps']
const LIST = { callId: 'call_1', name: 'Bash', args: '{"command":"ls"}' }

describe('The storage', () => {
  let place: Awaited<ReturnType<typeof temporaryDirectory>>

  beforeEach(async () => {
    place = await temporaryDirectory()
  })
  afterEach(() => place.remove())

  /** Rows per table after an agent with a conversation has used all of them, and `remove` was called. */
  const countAfter = async (
    remove: (client: Awaited<ReturnType<typeof openedServer>>['client'], ids: Ids) => unknown,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const database = `${place.directory}/letta.db`
    const { client, model, close } = await openedServer({ database })
    const agent = await createAgent(client)
    await client.agents.passages.create(agent, { text: 'Likes tea.' })
    const conversation = (await client.conversations.create({ agent_id: agent })).id
    model.play({ calls: [LIST] }, { text: 'Yes.' })
    await send(client, agent, say('list'))
    const body = { messages: say('hi'), streaming: false }
    await client.post(`/v1/conversations/${conversation}/messages`, { body })
    await remove(client, { agent, conversation })
    await close()
    const opened = openDatabase(database)
    const counts = TABLES.map((table) => {
      return [table, queryAll(opened, `select count(*) as n from ${table}`)[0]?.['n']]
    })
    opened.close()
    return Object.fromEntries(counts)
  }

  it('retains nothing of an agent that is deleted', async () => {
    const counts = await countAfter((client, { agent }) => client.agents.delete(agent))
    expect(counts).to.deep.equal(Object.fromEntries(TABLES.map((table) => [table, 0])))
  })

  it('retains nothing of a conversation that is deleted but its agent', async () => {
    const counts = await countAfter((client, { conversation }) =>
      client.conversations.delete(conversation),
    )
    expect(counts).to.deep.equal({
      ...{ agents: 1, conversations: 0, messages: 2, calls: 1, passages: 1, runs: 1, steps: 1 },
    })
  })
})

interface Ids {
  readonly agent: string
  readonly conversation: string
}
