import { expect } from 'chai'
import { createGateway, type Gateway } from '../../lib/client/gateway/gateway.ts'
import type { MemoryBlock } from '../../lib/session/state/memory.ts'
import { contract } from './contract-suite.ts'

contract('The memory of an agent, as letta uses it,', (desk) => {
  const gateway = (): Gateway =>
    createGateway({
      type: 'selfHosted',
      url: 'http://contract',
      client: desk.client,
      close: async () => {},
    })
  const human = async (agentId: string): Promise<MemoryBlock> => {
    const [block] = await gateway().blocks(agentId)
    if (block === undefined) throw new Error('The agent has no block.')
    return block
  }

  it('is read, changed, described, limited and protected', async () => {
    const agent = await desk.agent()
    const { id, value } = await human(agent)
    const { changeBlock, setBlockProperties, block } = gateway()
    expect(value).to.equal('Name: unknown')
    await changeBlock(id, { value: 'Name: Ada', by: 'user', expected: value })
    await setBlockProperties(id, { label: 'person', description: 'Who', limit: 300 })
    await setBlockProperties(id, { readOnly: true })
    expect(await block(id)).to.deep.equal({
      id,
      label: 'person',
      value: 'Name: Ada',
      limit: 300,
      description: 'Who',
      readOnly: true,
    })
    expect((await gateway().agent(agent))?.blocks.map(({ label }) => label)).to.deep.equal([
      'person',
    ])
  })

  it('is not overwritten when it was modified, where the server checks this', async () => {
    const { id, value } = await human(await desk.agent())
    await gateway().changeBlock(id, { value: 'other', by: 'user' })
    const saved = await gateway().changeBlock(id, { value: 'mine', by: 'user', expected: value })
    expect(saved?.value ?? null).to.equal(desk.differs('no-versions', { real: 'mine', ours: null }))
  })

  it('is shared, detached, attached again and deleted', async () => {
    const [one, other] = [await desk.agent(), await desk.agent({ name: 'Bea' })]
    const { id } = await human(one)
    const { attachBlock, detachBlock, deleteBlock, agentsOfBlock, createBlock, blocks } = gateway()
    const made = await createBlock({ label: 'notes', value: 'x', description: 'Notes', limit: 50 })
    await attachBlock(one, made.id)
    await attachBlock(other, made.id)
    const agents = async () => (await agentsOfBlock(made.id)).map((agent) => agent.id).toSorted()
    expect(await agents()).to.deep.equal([one, other].toSorted())
    await detachBlock(other, made.id)
    expect(await agents()).to.deep.equal([one])
    expect((await gateway().listBlocks()).map((block) => block.id)).to.include.members([
      id,
      made.id,
    ])
    await deleteBlock(made.id)
    expect((await blocks(one)).map((block) => block.id)).to.deep.equal([id])
    expect(await gateway().block(made.id)).to.equal(null)
  })

  it('is sent again only after a change, where the server knows this', async () => {
    const agent = await desk.agent()
    const first = await gateway().changedBlocks(agent, null)
    const again = await gateway().changedBlocks(agent, first?.tag ?? null)
    expect(again === null).to.equal(desk.differs('no-versions', { real: false, ours: true }))
    await gateway().changeBlock((await human(agent)).id, { value: 'new', by: 'user' })
    const changed = await gateway().changedBlocks(agent, first?.tag ?? null)
    expect(changed?.blocks[0]?.value).to.equal('new')
  })

  it('has versions with their authors, which can be restored, also after a deletion', async () => {
    const agent = await desk.agent()
    const { id } = await human(agent)
    const { changeBlock, blockVersions, blockVersion, deletedBlocks, restoreVersion } = gateway()
    await changeBlock(id, { value: 'Name: Ada', by: 'user' })
    const versions = await blockVersions(id, { limit: 10, before: null })
    const outline = versions?.map(({ version, value, by }) => [version, value, by]) ?? null
    const ours = [
      [1, 'Name: Ada', 'user'],
      [0, 'Name: unknown', 'elsewhere'],
    ]
    expect(outline).to.deep.equal(desk.differs('no-versions', { real: null, ours }))
    const older = await blockVersions(id, { limit: 10, before: 1 })
    expect(older?.length ?? null).to.equal(desk.differs('no-versions', { real: null, ours: 1 }))
    expect((await blockVersion(id, 0))?.value ?? null).to.equal(
      desk.differs('no-versions', { real: null, ours: 'Name: unknown' }),
    )
    const sources = ['block-00000000-0000-4000-8000-000000000000']
    await changeBlock(id, { value: 'Name: Ada\nHas a cat.', by: 'user', sources })
    const [moved] = (await blockVersions(id, { limit: 1, before: null })) ?? []
    expect(moved?.origin ?? null).to.deep.equal(
      desk.differs('no-versions', { real: null, ours: { sources } }),
    )
    const past = await blockVersions(id, { limit: 1, before: null, until: (moved?.at ?? 1) - 1 })
    expect(past?.every(({ version }) => version < 2) ?? null).to.equal(
      desk.differs('no-versions', { real: null, ours: true }),
    )
    await gateway().deleteBlock(id)
    const deleted = (await deletedBlocks(agent))?.map(({ blockId }) => blockId) ?? null
    expect(deleted).to.deep.equal(desk.differs('no-versions', { real: null, ours: [id] }))
    if (deleted === null) return
    expect((await restoreVersion(id, 0)).value).to.equal('Name: unknown')
    expect((await human(agent)).id).to.equal(id)
  })
})
