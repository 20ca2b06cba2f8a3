import { expect } from 'chai'
import { createAgent, openedServer, say, send } from '../../support/letta-server.ts'
import { withServer } from '../../support/with-server.ts'

describe('Archival memory of an agent', () => {
  const opened = withServer()

  const put = async (text: string, ...tags: readonly string[]) =>
    (await opened.client.agents.passages.create(opened.agentId, { text, tags: [...tags] }))[0]
  const search = async (query: string, more = {}) => {
    const { results } = await opened.client.agents.passages.search(opened.agentId, {
      query,
      ...more,
    })
    return results.map((result) => result.content)
  }

  it('stores passages, lists them by age and by text, and deletes them', async () => {
    const first = await put('The project uses blessed.', 'k')
    const second = await put('The user likes tea.')
    const { created_at, updated_at, ...shown } = { ...first }
    expect([created_at, updated_at].every((at) => !Number.isNaN(Date.parse(at ?? '')))).to.equal(
      true,
    )
    expect(shown).to.deep.equal({
      id: first?.id,
      text: 'The project uses blessed.',
      tags: ['k'],
      metadata: {},
      archive_id: opened.agentId.replace('agent', 'archive'),
      embedding: null,
      embedding_config: null,
      source_id: null,
      file_id: null,
      file_name: null,
      is_deleted: false,
    })
    const texts = async (query = {}) =>
      (await opened.client.agents.passages.list(opened.agentId, query)).map(
        (one) => one.text.split(' ')[1],
      )
    expect(await texts()).to.deep.equal(['project', 'user'])
    expect(await texts({ ascending: false })).to.deep.equal(['user', 'project'])
    expect(await texts({ limit: 1, after: first?.id ?? '' })).to.deep.equal(['user'])
    expect(await texts({ search: 'TEA' })).to.deep.equal(['user'])
    expect(await texts({ search: 'tea user' })).to.deep.equal(['user'])
    expect(await texts({ search: 'tea blessed' })).to.deep.equal([])

    const id = second?.id ?? ''
    expect(
      await opened.client.agents.passages.delete(id, { agent_id: opened.agentId }),
    ).to.deep.equal({
      message: `Memory id=${id} successfully deleted`,
    })
    const again = opened.client.agents.passages.delete(id, { agent_id: opened.agentId })
    expect(await again.catch((thrown: unknown) => Object(thrown).error)).to.deep.equal({
      detail: `Passage with id ${id} not found in database.`,
    })
    expect(await search('tea')).to.deep.equal([])
  })

  it('is searched by words in any form and order, the best match first', async () => {
    await put('The project uses blessed for its screens.')
    await put('A screen may be small.')
    await put('The user likes tea.')
    expect(await search('Projects blessed by a screen')).to.deep.equal([
      'The project uses blessed for its screens.',
      'A screen may be small.',
    ])
    expect(await search('screens', { top_k: 1 })).to.have.lengthOf(1)
    expect(await search('')).to.deep.equal([])
    expect(await search('blesse')).to.deep.equal(['The project uses blessed for its screens.'])
    await put('我喜欢绿茶。')
    expect(await search('绿茶')).to.deep.equal(['我喜欢绿茶。'])
    expect(await search('"AND ( NEAR* tea')).to.deep.equal(['The user likes tea.'])
  })

  it('is searched by tags and dates', async () => {
    await put('Tea is green.', 'drink', 'leaf')
    await put('Tea is black.', 'drink')
    expect(await search('tea', { tags: ['leaf'] })).to.deep.equal(['Tea is green.'])
    expect(await search('tea', { tags: ['drink', 'leaf'] })).to.have.lengthOf(2)
    const all = { tags: ['drink', 'leaf'], tag_match_mode: 'all' }
    expect(await search('tea', all)).to.deep.equal(['Tea is green.'])
    expect(await search('tea', { end_datetime: '2020-01-02' })).to.deep.equal([])
    expect(await search('tea', { start_datetime: '2020-01-02' })).to.have.lengthOf(2)
    const bad = search('tea', { start_datetime: 'garbage' })
    expect(await bad.catch((thrown: unknown) => Object(thrown).error.detail)).to.equal(
      'Invalid start_datetime format: garbage. Use ISO 8601 format (YYYY-MM-DD or YYYY-MM-DDTHH:MM)',
    )
  })

  it('is separate for each agent, and counted in its prompt', async () => {
    const tools: string[] = []
    for (const name of ['archival_memory_insert', 'archival_memory_search']) {
      tools.push((await opened.client.tools.list({ name })).items[0]?.id ?? '')
    }
    for (const id of tools)
      await opened.client.agents.tools.attach(id, { agent_id: opened.agentId })
    const calls = [
      ['archival_memory_insert', { content: "It's late.", tags: ['time'] }],
      ['archival_memory_search', { query: 'late' }],
      ['archival_memory_insert', {}],
    ].map(([name, args], index) => ({
      callId: `c${index}`,
      name: String(name),
      args: JSON.stringify(args),
    }))
    opened.model.play(...calls.map((call) => ({ calls: [call] })), { text: 'Done.' })
    const { events } = await send(opened.client, opened.agentId, say('go'))
    const returns = events
      .filter((event) => event['message_type'] === 'tool_return_message')
      .map((event) => String(event['tool_return']))
    expect(returns[0]).to.equal('None')
    expect(returns[1]).to.match(
      /^\[\{'id': 'passage-[-0-9a-f]{36}', 'timestamp': '[-0-9T:.]+\+00:00', 'content': "It's late\.", 'tags': \['time'\]\}\]$/,
    )
    expect(returns[2]).to.equal(
      "archival_memory_insert() missing 1 required positional argument: 'content'",
    )
    await opened.client.agents.update(opened.agentId, { system: 'You are Ada, still.' })
    opened.model.play({ text: 'Hi.' })
    await send(opened.client, opened.agentId, say('hi'))
    const system = JSON.stringify(opened.model.requests.at(-1)?.messages[0])
    expect(system).to.include('- 1 total memories you created are stored in archival memory')
    const other = await createAgent(opened.client)
    expect(await opened.client.agents.passages.list(other)).to.deep.equal([])
    const everywhere = await opened.client.passages.search({ query: 'late' })
    expect(everywhere.map((one) => one.passage.text)).to.deep.equal(["It's late."])
  })

  it('is deleted together with its agent', async () => {
    await put('Tea is green.')
    await opened.client.agents.delete(opened.agentId)
    expect(await opened.client.passages.search({ query: 'tea' })).to.deep.equal([])
  })

  it('refuses to delete a passage of another agent', async () => {
    const passage = await put('Tea is green.')
    const other = await createAgent(opened.client)
    const deletion = opened.client.agents.passages.delete(passage?.id ?? '', { agent_id: other })
    const thrown: unknown = await deletion.catch((one: unknown) => one)
    expect(Object(thrown).status).to.equal(404)
    expect(await search('tea')).to.deep.equal(['Tea is green.'])
  })
})

describe('Messages of all agents', () => {
  it('can be listed, retrieved and searched', async () => {
    const { client, model, close } = await openedServer()
    for (const [asked, text] of [
      ['I like tea', 'Noted.'],
      ['And coffee?', 'I like tea more.'],
    ] as const) {
      model.play({ text })
      await send(client, await createAgent(client), say(asked))
    }
    const found = await client.messages.search({ query: 'TEA' })
    expect(found.map((one) => [one.message_type, Object(one).content])).to.deep.equal([
      ['assistant_message', 'I like tea more.'],
      ['user_message', 'I like tea'],
    ])
    const [newest] = await client.messages.list({ limit: 1 })
    expect(newest?.id).to.equal(found[0]?.message_id)
    const retrieved = await client.messages.retrieve(found[0]?.message_id ?? '')
    expect(retrieved).to.deep.equal([newest])
    expect(await client.messages.search({ query: 'tea', end_date: '2020-01-01' })).to.deep.equal([])
    await close()
  })
})
