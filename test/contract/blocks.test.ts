import { expect } from 'chai'
import { contract, expectRejection, UNKNOWN_UUID } from './contract-suite.ts'
import { normalize } from './normalize.ts'

contract('A block', (desk) => {
  it('is created with a value, a limit, a description, tags and metadata', async () => {
    const facts = {
      label: 'project',
      value: 'Letta',
      limit: 500,
      description: 'What we work on',
      read_only: true,
      tags: ['work'],
      metadata: { since: 2024 },
    }
    const { id } = await desk.client.blocks.create(facts)
    expect(normalize(await desk.client.blocks.retrieve(id))).to.deep.include(facts)
  })

  it('has a limit of 100,000 and no value by default', async () => {
    const { value, limit, read_only } = await desk.client.blocks.create({
      label: 'project',
      value: '',
    })
    expect({ value, limit, read_only }).to.deep.equal({
      value: '',
      limit: 100_000,
      read_only: false,
    })
  })

  it('may exceed its limit, and be changed by a user although it is read-only', async () => {
    const { id } = await desk.client.blocks.create({
      label: 'project',
      value: 'x',
      limit: 3,
      read_only: true,
    })
    expect((await desk.client.blocks.update(id, { value: 'longer' })).value).to.equal('longer')
  })

  it('is listed by its label', async () => {
    const label = `list-${Date.now()}`
    for (const value of ['1', '2', '3']) await desk.client.blocks.create({ label, value })
    const values = async (query: object) => {
      const { items } = await desk.client.blocks.list({ label, ...query })
      return items.map(({ value }) => value).join('')
    }
    expect([await values({ order: 'asc' }), await values({ order: 'desc' })]).to.deep.equal([
      '123',
      '321',
    ])
    expect(await values({ limit: 2, order: 'asc' })).to.equal('12')
  })

  it('is shared between the agents that it is attached to', async () => {
    const block = await desk.client.blocks.create({ label: 'team', value: 'one' })
    const first = await desk.agent({ name: 'First', block_ids: [block.id] })
    const second = await desk.agent({ name: 'Second' })
    await desk.client.agents.blocks.attach(block.id, { agent_id: second })
    await desk.client.agents.blocks.update('team', { agent_id: first, value: 'two' })
    expect(await desk.block(second, 'team')).to.equal('two')
    const { items } = await desk.client.blocks.agents.list(block.id)
    expect(items.map(({ name }) => name)).to.deep.equal(['Second', 'First'])
  })

  it('is detached from an agent, and continues to exist', async () => {
    const block = await desk.client.blocks.create({ label: 'team', value: 'one' })
    const agent = await desk.agent({ block_ids: [block.id] })
    const { memory } = Object(await desk.client.agents.blocks.detach(block.id, { agent_id: agent }))
    expect(memory.blocks.map(({ label }: { label: string }) => label)).to.deep.equal(['human'])
    expect((await desk.client.blocks.retrieve(block.id)).value).to.equal('one')
    expect(
      normalize(
        await expectRejection(desk.client.agents.blocks.retrieve('team', { agent_id: agent })),
      ),
    ).to.deep.equal({
      status: 404,
      body: { detail: "No block with label 'team' found for agent 'agent-1'" },
    })
  })

  it('is the only one with its label in an agent', async () => {
    const agent = await desk.agent()
    const { id } = await desk.client.blocks.create({ label: 'human', value: 'another' })
    const { status } = await expectRejection(
      desk.client.agents.blocks.attach(id, { agent_id: agent }),
    )
    expect(status).to.equal(409)
    expect(await desk.block(agent, 'human')).to.equal('Name: unknown')
  })

  it('is removed from its agents when it is deleted', async () => {
    const block = await desk.client.blocks.create({ label: 'team', value: 'one' })
    const agent = await desk.agent({ block_ids: [block.id] })
    await desk.client.blocks.delete(block.id)
    const { items } = await desk.client.agents.blocks.list(agent)
    expect(items.map(({ label }) => label)).to.deep.equal(['human'])
    expect(normalize(await expectRejection(desk.client.blocks.retrieve(block.id)))).to.deep.equal({
      status: 404,
      body: { detail: "Block with id 'block-1' not found" },
    })
  })

  it('that does not exist cannot be changed, attached or detached', async () => {
    const agent = await desk.agent()
    const [id, of] = [`block-${UNKNOWN_UUID}`, { agent_id: agent }]
    const statuses = [
      await expectRejection(desk.client.blocks.update(id, { value: 'x' })),
      await expectRejection(desk.client.blocks.delete(id)),
      await expectRejection(desk.client.agents.blocks.attach(id, of)),
      await expectRejection(desk.client.agents.blocks.detach(id, of)),
      await expectRejection(desk.client.agents.blocks.update('nope', { ...of, value: 'x' })),
    ].map(({ status }) => status)
    expect(statuses).to.deep.equal([404, 404, 404, 404, 404])
  })
})
