import { expect } from 'chai'
import type { MemoryBlock } from '../../lib/session/state/memory.ts'
import { contract, gatewayOf } from './contract-suite.ts'

contract('The memory of an agent, as letta uses it,', (desk) => {
  const gateway = () => gatewayOf(desk)
  const human = async (agentId: string): Promise<MemoryBlock> => {
    const [block] = await gateway().blocks.ofAgent(agentId)
    if (block === undefined) throw new Error('The agent has no block.')
    return block
  }

  it('is read, changed, described, limited and protected', async () => {
    const agent = await desk.agent()
    const { id, value } = await human(agent)
    const { blocks } = gateway()
    expect(value).to.equal('Name: unknown')
    await blocks.change(id, { value: 'Name: Ada', by: 'user', expected: value })
    await blocks.setProperties(id, { label: 'person', description: 'Who', limit: 300 })
    await blocks.setProperties(id, { readOnly: true })
    expect(await blocks.retrieve(id)).to.deep.equal({
      id,
      label: 'person',
      value: 'Name: Ada',
      limit: 300,
      description: 'Who',
      readOnly: true,
    })
    expect(
      (await gateway().agents.retrieve(agent))?.blocks.map(({ label }) => label),
    ).to.deep.equal(['person'])
  })

  it('is not overwritten when it was modified, where the server checks this', async () => {
    const { id, value } = await human(await desk.agent())
    await gateway().blocks.change(id, { value: 'other', by: 'user' })
    const saved = await gateway().blocks.change(id, { value: 'mine', by: 'user', expected: value })
    expect(saved?.value ?? null).to.equal(desk.differs('no-versions', { real: 'mine', ours: null }))
  })

  it('is shared, detached, attached again and deleted', async () => {
    const [one, other] = [await desk.agent(), await desk.agent({ name: 'Bea' })]
    const { id } = await human(one)
    const { blocks } = gateway()
    const made = await blocks.create({
      label: 'notes',
      value: 'x',
      description: 'Notes',
      limit: 50,
    })
    await blocks.attach(one, made.id)
    await blocks.attach(other, made.id)
    const agents = async () => (await blocks.agentsOf(made.id)).map((agent) => agent.id).toSorted()
    expect(await agents()).to.deep.equal([one, other].toSorted())
    await blocks.detach(other, made.id)
    expect(await agents()).to.deep.equal([one])
    expect((await gateway().blocks.list()).map((block) => block.id)).to.include.members([
      id,
      made.id,
    ])
    await blocks.delete(made.id)
    expect((await blocks.ofAgent(one)).map((block) => block.id)).to.deep.equal([id])
    expect(await gateway().blocks.retrieve(made.id)).to.equal(null)
  })

  it('is sent again only after a change, where the server knows this', async () => {
    const agent = await desk.agent()
    const first = await gateway().blocks.changedOfAgent(agent, null)
    const again = await gateway().blocks.changedOfAgent(agent, first?.tag ?? null)
    expect(again === null).to.equal(desk.differs('no-versions', { real: false, ours: true }))
    await gateway().blocks.change((await human(agent)).id, { value: 'new', by: 'user' })
    const changed = await gateway().blocks.changedOfAgent(agent, first?.tag ?? null)
    expect(changed?.blocks[0]?.value).to.equal('new')
  })

  it('has versions with their authors, which can be restored, also after a deletion', async () => {
    const agent = await desk.agent()
    const { id } = await human(agent)
    const { blocks, versions } = gateway()
    await blocks.change(id, { value: 'Name: Ada', by: 'user' })
    const all = await versions.list(id, { limit: 10, before: null })
    const outline = all?.map(({ version, value, by }) => [version, value, by]) ?? null
    const ours = [
      [1, 'Name: Ada', 'user'],
      [0, 'Name: unknown', 'elsewhere'],
    ]
    expect(outline).to.deep.equal(desk.differs('no-versions', { real: null, ours }))
    const older = await versions.list(id, { limit: 10, before: 1 })
    expect(older?.length ?? null).to.equal(desk.differs('no-versions', { real: null, ours: 1 }))
    expect((await versions.retrieve(id, 0))?.value ?? null).to.equal(
      desk.differs('no-versions', { real: null, ours: 'Name: unknown' }),
    )
    const sources = ['block-00000000-0000-4000-8000-000000000000']
    await blocks.change(id, { value: 'Name: Ada\nHas a cat.', by: 'user', sources })
    const [moved] = (await versions.list(id, { limit: 1, before: null })) ?? []
    expect(moved?.origin ?? null).to.deep.equal(
      desk.differs('no-versions', { real: null, ours: { sources } }),
    )
    const past = await versions.list(id, { limit: 1, before: null, until: (moved?.at ?? 1) - 1 })
    expect(past?.every(({ version }) => version < 2) ?? null).to.equal(
      desk.differs('no-versions', { real: null, ours: true }),
    )
    await gateway().blocks.delete(id)
    const deleted = (await versions.deleted(agent))?.map(({ blockId }) => blockId) ?? null
    expect(deleted).to.deep.equal(desk.differs('no-versions', { real: null, ours: [id] }))
    if (deleted === null) return
    expect((await versions.restore(id, 0)).value).to.equal('Name: unknown')
    expect((await human(agent)).id).to.equal(id)
  })
})
