import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { type LettaOverHttp, lettaOverHttp } from '../support/letta-over-http.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'
import { withSession } from '../support/with-session.ts'

describe('The memory of a session on a server that stores no versions', () => {
  const desk = withSession()
  let letta: LettaOverHttp
  afterEach(async () => {
    await letta.close()
  })
  const item = (label: string) =>
    desk.session.store.state.memory.find(({ block }) => block.label === label)

  it('has the versions that letta has seen, and restores them', async () => {
    const insert = JSON.stringify({ label: 'human', new_string: 'Likes tea.' })
    const model = scriptedProvider([
      { calls: [{ callId: 'c1', name: 'memory_insert', args: insert }] },
      { text: 'Noted.' },
    ])
    letta = await lettaOverHttp({ model, versions: false })
    await desk.start([], {
      options: { backend: { type: 'selfHosted', url: letta.url, password: null } },
    })
    await desk.says('I like tea')
    await desk.session.memory.refresh()
    const client = new Letta({ baseURL: letta.url, apiKey: '', logLevel: 'off' })
    const id = item('human')?.block.id ?? ''
    await client.blocks.update(id, { value: 'Changed elsewhere' })
    await desk.session.memory.refresh()
    await desk.session.memory.edit('human', 'Mine', 'Changed elsewhere')
    const versions = await desk.session.memory.versions('human', { limit: 9, before: null })
    const last = (text: string | undefined): string | undefined => text?.split('\n').at(-1)
    expect(versions.map(({ by, value }) => [by, last(value)])).to.deep.equal([
      ['user', 'Mine'],
      ['elsewhere', 'Changed elsewhere'],
      ['agent', 'Likes tea.'],
      ['letta', last(versions.at(-1)?.value)],
    ])
    const [, gap, byAgent] = versions
    expect(gap?.since).to.be.at.most(gap?.at ?? 0)
    if (byAgent === undefined) throw new Error('no version')
    expect(byAgent.origin).to.deep.equal({ callId: 'c1', tool: 'memory_insert' })
    await desk.session.memory.restore(byAgent)
    expect([item('human')?.block.value, item('human')?.change?.by]).to.deep.equal([
      byAgent.value,
      'restore',
    ])
  })
})
