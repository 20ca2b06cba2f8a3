import type { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { createAgent, type OpenedServer, openedServer, say, send } from '../support/letta-server.ts'

describe('a list that the client pages through', () => {
  let opened: OpenedServer
  let client: Letta
  let agentId: string

  beforeEach(async () => {
    opened = await openedServer()
    client = opened.client
    agentId = await createAgent(client)
  })
  afterEach(() => opened.close())

  /** Ids of all pages; a list that has no end would give more than anyone stores. */
  const idsOf = async (list: AsyncIterable<object>): Promise<readonly string[]> => {
    const ids: string[] = []
    for await (const item of list) {
      ids.push(String(Object(item).id))
      if (ids.length > 100) throw new Error('The list has no end.')
    }
    return ids
  }

  it('ends, and holds each thing once', async () => {
    for (const label of ['a', 'b', 'c']) {
      const { id } = await client.blocks.create({ label, value: '' })
      await client.agents.blocks.attach(id, { agent_id: agentId })
      await client.agents.create({ name: label, model: 'scripted/model' })
      opened.model.play({ text: 'Yes.' })
      await send(client, agentId, say('hi'))
    }
    const page = { limit: 2 }
    const [run] = (await client.runs.list({ agent_id: agentId, limit: 1 })).items
    const lists: Readonly<Record<string, AsyncIterable<object>>> = {
      agents: client.agents.list(page),
      blocks: client.blocks.list(page),
      memory: client.agents.blocks.list(agentId, page),
      tools: client.tools.list(page),
      named: client.tools.list({ name: 'memory', ...page }),
      attached: client.agents.tools.list(agentId, page),
      runs: client.runs.list({ agent_id: agentId, ...page }),
      steps: client.steps.list({ agent_id: agentId, ...page }),
      ofRun: client.runs.steps.list(run?.id ?? '', page),
    }
    const counts: Record<string, number> = {}
    for (const [name, list] of Object.entries(lists)) {
      const ids = await idsOf(list)
      expect(new Set(ids).size, name).to.equal(ids.length)
      counts[name] = ids.length
    }
    expect(counts).to.deep.equal({
      agents: 4,
      blocks: 4,
      memory: 4,
      tools: 8,
      named: 1,
      attached: 5,
      runs: 3,
      steps: 3,
      ofRun: 1,
    })
  })

  it('goes on from what came last, or ends before it', async () => {
    const ids = await idsOf(client.agents.tools.list(agentId))
    const { items } = await client.agents.tools.list(agentId, { after: ids[1] ?? '', limit: 2 })
    expect(items.map((tool) => tool.id)).to.deep.equal(ids.slice(2, 4))
    const before = await client.agents.tools.list(agentId, { before: ids[3] ?? '', limit: 2 })
    expect(before.items.map((tool) => tool.id)).to.deep.equal(ids.slice(1, 3))
  })
})
