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
    const [step] = (await opened.client.steps.list({ agent_id: opened.agentId, limit: 1 })).items
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
      inRun: opened.client.runs.messages.list(run?.id ?? '', page),
      inStep: opened.client.steps.messages.list(step?.id ?? '', { limit: 1 }),
      inStepBackwards: opened.client.steps.messages.list(step?.id ?? '', {
        limit: 1,
        order: 'desc',
      }),
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
      inRun: 2,
      inStep: 1,
      inStepBackwards: 1,
    })
  })

  it('goes backward to the nearest items, in either order', async () => {
    for (const _ of [1, 2, 3, 4, 5]) {
      opened.model.play({ text: 'Yes.' })
      await send(opened.client, opened.agentId, say('hi'))
    }
    const agent_id = opened.agentId
    const { agents, runs, steps } = opened.client
    for (const order of ['asc', 'desc'] as const) {
      const lists = {
        runs: (page: object) => runs.list({ agent_id, order, ...page }),
        steps: (page: object) => steps.list({ agent_id, order, ...page }),
        messages: (page: object) => agents.messages.list(agent_id, { order, ...page }),
      }
      for (const [name, list] of Object.entries(lists)) {
        const idsIn = async (page: object): Promise<readonly string[]> =>
          (await list(page)).getPaginatedItems().map((item) => String(Object(item).id))
        const all = [...new Set(await idsIn({ limit: 100 }))]
        const backward: string[] = []
        for (let before = all.at(-1); before !== undefined; before = backward[0]) {
          const page = [...new Set(await idsIn({ before, limit: 2 }))]
          if (page.length === 0) break
          backward.unshift(...page)
        }
        expect(backward, `${name} ${order}`).to.deep.equal(all.slice(0, -1))
      }
    }
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

  it('ends when the item after which it continues was deleted', async () => {
    const { id } = await opened.client.blocks.create({ label: 'short-lived', value: '' })
    await opened.client.blocks.delete(id)
    expect((await opened.client.blocks.list({ after: id })).items).to.deep.equal([])
    const other = await opened.client.agents.create({ model: 'scripted/model' })
    await opened.client.agents.delete(other.id)
    expect((await opened.client.agents.list({ after: other.id })).items).to.deep.equal([])
  })

  it('is empty for a filter on what the server does not have', async () => {
    const paths = ['agents', 'blocks', 'tools', 'steps']
    for (const path of paths) {
      const { status, body } = await opened.request('GET', `/v1/${path}?project_id=project-1`)
      expect([path, status, body]).to.deep.equal([path, 200, []])
    }
  })

  it('of agents is filtered by the last stop reason and ordered by any date', async () => {
    const other = await opened.client.agents.create({ name: 'Bob', model: 'scripted/model' })
    opened.model.play({ text: 'Yes.' })
    await send(opened.client, opened.agentId, say('hi'))
    const names = async (query: string) =>
      (await opened.request('GET', `/v1/agents?${query}`)).body.map(
        ({ name }: { name: string }) => name,
      )
    expect(await names('last_stop_reason=end_turn')).to.deep.equal(['Ada'])
    expect(await names('sort_by=last_run_completion')).to.deep.equal(['Ada', 'Bob'])
    expect(await names('sort_by=created_at&order=asc')).to.deep.equal(['Ada', 'Bob'])
    await opened.client.agents.update(other.id, { description: 'Second' })
    expect(await names('sort_by=updated_at')).to.deep.equal(['Bob', 'Ada'])
  })

  it('of steps is filtered by feedback, model and date', async () => {
    opened.model.play({ text: 'Yes.' }, { text: 'No.' })
    await send(opened.client, opened.agentId, say('one'))
    await send(opened.client, opened.agentId, say('two'))
    const { items } = await opened.client.steps.list({ order: 'asc' })
    await opened.client.steps.feedback.create(items[0]?.id ?? '', { feedback: 'positive' })
    const count = async (query: string) =>
      (await opened.request('GET', `/v1/steps?${query}`)).body.length
    const queries = [
      ...['feedback=positive', 'feedback=negative', 'has_feedback=true', 'has_feedback=false'],
      ...['model=model', 'model=scripted/model', 'model=other'],
      ...['start_date=2020-01-01', 'end_date=2020-01-01', 'tags=a'],
    ]
    expect(await Promise.all(queries.map(count))).to.deep.equal([1, 0, 1, 1, 2, 2, 0, 2, 0, 0])
  })

  it('of models is filtered by provider, and that of tags by name', async () => {
    await opened.client.agents.update(opened.agentId, { tags: ['green', 'blue'] })
    const body = async (path: string) => (await opened.request('GET', path)).body
    expect(await body('/v1/models?provider_name=scripted')).to.have.lengthOf(1)
    expect(await body('/v1/models?provider_name=other')).to.deep.equal([])
    expect(await body('/v1/tags?query_text=GRE')).to.deep.equal(['green'])
    expect(await body('/v1/tags?limit=1&after=blue')).to.deep.equal(['green'])
    expect(await body('/v1/tools/count?return_only_letta_tools=true')).to.equal(7)
  })
})
