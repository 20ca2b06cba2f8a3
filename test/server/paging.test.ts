import { expect } from 'chai'
import { say, send } from '../support/letta-server.ts'
import { withServer } from '../support/with-server.ts'

describe('A list that the client reads page by page', () => {
  const opened = withServer()

  /** The ids of all pages. Throws for a list without end. */
  const idsOf = async (list: AsyncIterable<object>): Promise<readonly string[]> => {
    const ids: string[] = []
    for await (const item of list) {
      ids.push(String(Object(item).id))
      if (ids.length > 100) throw new Error('The list has no end.')
    }
    return ids
  }

  it('ends, and contains each item once', async () => {
    for (const label of ['a', 'b', 'c']) {
      const { id } = await opened.client.blocks.create({ label, value: '' })
      await opened.client.agents.blocks.attach(id, { agent_id: opened.agentId })
      await opened.client.agents.create({ name: label, model: 'scripted/model' })
      opened.model.play({ text: 'Yes.' })
      await send(opened.client, opened.agentId, say('hi'))
    }
    const page = { limit: 2 }
    const [run] = (await opened.client.runs.list({ agent_id: opened.agentId, limit: 1 })).items
    const lists: Readonly<Record<string, AsyncIterable<object>>> = {
      agents: opened.client.agents.list(page),
      blocks: opened.client.blocks.list(page),
      memory: opened.client.agents.blocks.list(opened.agentId, page),
      tools: opened.client.tools.list(page),
      named: opened.client.tools.list({ name: 'memory', ...page }),
      attached: opened.client.agents.tools.list(opened.agentId, page),
      runs: opened.client.runs.list({ agent_id: opened.agentId, ...page }),
      steps: opened.client.steps.list({ agent_id: opened.agentId, ...page }),
      ofRun: opened.client.runs.steps.list(run?.id ?? '', page),
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

  it('continues after an item, or ends before it', async () => {
    const ids = await idsOf(opened.client.agents.tools.list(opened.agentId))
    const { items } = await opened.client.agents.tools.list(opened.agentId, {
      after: ids[1] ?? '',
      limit: 2,
    })
    expect(items.map((tool) => tool.id)).to.deep.equal(ids.slice(2, 4))
    const before = await opened.client.agents.tools.list(opened.agentId, {
      before: ids[3] ?? '',
      limit: 2,
    })
    expect(before.items.map((tool) => tool.id)).to.deep.equal(ids.slice(1, 3))
  })
})
