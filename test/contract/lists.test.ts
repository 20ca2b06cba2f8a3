import { expect } from 'chai'
import { say } from '../support/letta-server.ts'
import { BASH, contract } from './contract-suite.ts'

contract('A list', (desk) => {
  /** The ids of all pages. Throws for a list without end. */
  const allIds = async (list: AsyncIterable<object>): Promise<readonly string[]> => {
    const ids: string[] = []
    for await (const item of list) {
      ids.push(String(Object(item).id))
      if (ids.length > 20) throw new Error('The list has no end.')
    }
    return ids
  }
  const get = (path: string, query: object) => desk.client.get<{ id: string }[]>(path, { query })

  it('of the agents with a memory block ends after its last page', async () => {
    const block = await desk.client.blocks.create({ label: 'team', value: 'one' })
    const first = await desk.agent({ name: 'First', block_ids: [block.id] })
    const second = await desk.agent({ name: 'Second', block_ids: [block.id] })
    const list = desk.client.blocks.agents.list(block.id, { limit: 1 })
    expect(await allIds(list)).to.deep.equal([second, first])
    const after = await desk.client.blocks.agents.list(block.id, { after: first })
    expect(after.items).to.deep.equal([])
  })

  it('of tools contains only the requested names and ids', async () => {
    const named = (name: string) => ({ ...BASH, json_schema: { ...BASH.json_schema, name } })
    const look = await desk.client.tools.upsert(named('LookHere'))
    const peek = await desk.client.tools.upsert(named('PeekThere'))
    const ids = async (query: object) => (await get('/v1/tools/', query)).map(({ id }) => id)
    expect([
      await ids({ names: ['LookHere'] }),
      (await ids({ names: ['LookHere', 'PeekThere'] })).toSorted(),
      await ids({ tool_ids: [peek.id] }),
      await ids({ search: 'PeekThe' }),
    ]).to.deep.equal([[look.id], [look.id, peek.id].toSorted(), [peek.id], [peek.id]])
  })

  it('of memory blocks contains only those that match the search', async () => {
    const label = `search-${Date.now()}`
    const one = await desk.client.blocks.create({
      ...{ label: `${label}-one`, value: 'Green tea', description: 'About drinks' },
    })
    const two = await desk.client.blocks.create({ label: `${label}-two`, value: 'Black coffee' })
    const ids = async (query: object) =>
      (await get('/v1/blocks/', { label_search: label, ...query })).map(({ id }) => id).toSorted()
    expect([
      await ids({}),
      await ids({ label_search: `${label}-one` }),
      await ids({ value_search: 'coffee' }),
      await ids({ description_search: 'drinks' }),
    ]).to.deep.equal([[one.id, two.id].toSorted(), [one.id], [two.id], [one.id]])
  })

  it('of runs contains only those of the requested agents', async () => {
    const [first, second, third] = [await desk.agent(), await desk.agent(), await desk.agent()]
    for (const agent of [first, second, third]) {
      desk.plays({ text: 'Hello' })
      await desk.send(agent, say('hi'))
    }
    const agents = async (agent_ids: readonly string[]) => {
      const { items } = await desk.client.runs.list({ agent_ids: [...agent_ids] })
      return items.map((run) => run.agent_id).toSorted()
    }
    expect(await agents([first])).to.deep.equal([first])
    expect(await agents([first, third])).to.deep.equal([first, third].toSorted())
  })

  it('of the messages of a step ends after its last page', async () => {
    const agent = await desk.agent()
    desk.plays({ text: 'Hello' })
    const { events } = await desk.send(agent, say('hi'))
    const stepId = String(events.find((event) => event['step_id'] != null)?.['step_id'])
    const ids = await allIds(desk.client.steps.messages.list(stepId, { limit: 1 }))
    expect(ids).to.have.lengthOf.within(1, 3)
    expect(ids).to.deep.equal([...new Set(ids)])
  })

  it('of the files of an agent is a page, as each of its clients expects', async () => {
    const agent = await desk.agent()
    const page = { files: [], next_cursor: null, has_more: false }
    expect(await get(`/v1/agents/${agent}/files`, {})).to.deep.equal(page)
  })

  it('of things that a server may not support can be requested', async () => {
    const lists = ['folders', 'groups', 'identities', 'archives', 'jobs', 'jobs/active']
    for (const path of [...lists, 'providers', 'sandbox-config']) {
      expect(await get(`/v1/${path}/`, {}), path).to.be.an('array')
    }
    const counts = ['folders', 'groups', 'identities', 'sources']
    for (const path of counts) {
      expect(await get(`/v1/${path}/count`, {}), path).to.be.a('number')
    }
  })
})
