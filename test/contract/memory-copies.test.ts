import { expect } from 'chai'
import { openCopies } from '../../lib/memory/ask-copy.ts'
import { NO_TOOLS_RUN } from '../../lib/memory/messages.ts'
import { contract, gatewayOf } from './contract-suite.ts'

contract('A throw-away copy of an agent', (desk) => {
  const HOUR_MS = 3_600_000
  const names = async (): Promise<readonly string[]> =>
    (await gatewayOf(desk).agents.list()).map(({ id, name }) => `${id} ${name}`).toSorted()
  const copiesOf = (agentId: string) =>
    openCopies({
      gateway: gatewayOf(desk),
      backend: { type: 'selfHosted', url: 'http://contract', password: null },
      agentId,
      now: Date.now,
    })

  it('answers from its own blocks, is denied its calls, and is deleted', async () => {
    const agent = await desk.agent({
      tools: ['Bash', 'memory_insert'],
      memory_blocks: [{ label: 'human', value: 'Likes tea.', read_only: true, limit: 400 }],
    })
    const agents = await names()
    const insert = { name: 'memory_insert', args: { label: 'human', new_string: 'Is Bea.' } }
    desk.plays(
      { calls: [{ id: 'call_1', ...insert }] },
      { calls: [{ id: 'call_2', name: 'Bash', args: { command: 'ls' } }] },
      { text: 'You drink tea.' },
    )
    const copies = await copiesOf(agent)
    const { signal } = new AbortController()
    const { text, tools } = await copies.ask('What do I drink?', { signal })
    await copies.close()
    expect([text, tools]).to.deep.equal(['You drink tea.', ['memory_insert', 'Bash']])
    expect(JSON.stringify(desk.prompt()[0])).to.include('Likes tea.').and.not.include('Is Bea.')
    expect(JSON.stringify(desk.said()).split(NO_TOOLS_RUN)).to.have.length(3)
    expect(await names()).to.deep.equal(agents)
    expect(await desk.block(agent, 'human')).to.equal('Likes tea.')
    expect(await desk.history(agent)).to.deep.equal([])
    const left = await desk.client.blocks.list({ label: 'human', limit: 500 })
    expect(left.items.filter(({ limit }) => limit === 400)).to.have.length(1)
  })

  it('that a killed process has left is deleted an hour later', async () => {
    const agent = await desk.agent()
    const agents = await names()
    const gateway = gatewayOf(desk)
    const copy = await gateway.copies.create(await gateway.copies.template(agent), {
      isSameServer: true,
    })
    await gateway.copies.removeLeftovers(Date.now() + HOUR_MS / 2)
    expect(await names()).to.include(`${copy.id} copy of Ada`)
    await gateway.copies.removeLeftovers(Date.now() + 2 * HOUR_MS)
    expect(await names()).to.deep.equal(agents)
    expect(await desk.block(agent, 'human')).to.equal('Name: unknown')
  })
})
