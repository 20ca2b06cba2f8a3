import { expect } from 'chai'
import { BASH, createAgent, openedServer, say, send } from '../support/letta-server.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'
import { withServer } from '../support/with-server.ts'

describe('An agent of the embedded server', () => {
  const opened = withServer()

  it('is created with its memory, tools and rules, and always returned with them', async () => {
    const id = await createAgent(opened.client)
    const agent = await opened.client.agents.retrieve(id)
    expect(agent).to.deep.include({
      id,
      name: 'Ada',
      agent_type: 'letta_v1_agent',
      model: 'scripted/model',
      system: 'You are Ada.',
      tags: [],
      pending_approval: null,
      last_stop_reason: null,
      tool_rules: [{ tool_name: 'Bash', type: 'requires_approval', prompt_template: null }],
    })
    expect(agent.llm_config).to.deep.include({
      handle: 'scripted/model',
      model: 'model',
      context_window: 200_000,
    })
    expect(agent.tools.map((tool) => tool.name)).to.deep.equal([
      'Bash',
      'memory_insert',
      'memory_replace',
      'memory_rethink',
      'conversation_search',
    ])
    expect((agent.blocks ?? []).map(({ label, value }) => [label, value])).to.deep.equal([
      ['human', 'Name: unknown'],
    ])
    expect(agent.message_ids).to.have.lengthOf(1)
  })

  it('is created without the tools that need accounts of other services', async () => {
    const { client } = opened
    const tools = ['web_search', 'memory_insert', 'fetch_webpage']
    const made = await client.agents.create({
      model: 'scripted/model',
      tools,
      include_base_tools: false,
    })
    expect(made.tools.map((tool) => tool.name)).to.deep.equal(['memory_insert'])
  })

  it('can change its name, model, context window, system prompt and tools', async () => {
    const model = scriptedProvider([], { acceptsAnyModel: true })
    const { client, close } = await openedServer({ model })
    const id = await createAgent(client)
    const [tool] = (await client.tools.list({ name: 'memory_insert' })).items
    const changed = await client.agents.update(id, {
      name: 'Bea',
      model: 'scripted/other',
      context_window_limit: 1000,
      system: 'You are Bea.',
      tool_ids: [tool?.id ?? ''],
      tool_rules: [],
    })
    expect(changed).to.deep.include({
      name: 'Bea',
      model: 'scripted/other',
      system: 'You are Bea.',
      tool_rules: [],
    })
    expect(changed.llm_config?.context_window).to.equal(1000)
    expect(changed.tools.map((one) => one.name)).to.deep.equal(['memory_insert'])
    await close()
  })

  it('retains its context window and output limit when its name changes', async () => {
    const { id } = await opened.client.agents.create({
      name: 'Ada',
      model: 'scripted/model',
      context_window_limit: 5000,
    })
    const renamed = await opened.client.agents.update(id, { name: 'Bea' })
    expect(renamed.llm_config).to.deep.include({ context_window: 5000, max_tokens: 8192 })
  })

  it('uses the reasoning effort of its settings', async () => {
    const { id } = await opened.client.agents.create({
      name: 'Ada',
      model: 'scripted/model',
      model_settings: { provider_type: 'openai', reasoning: { reasoning_effort: 'high' } },
    })
    opened.model.play({ text: 'Hm.' }, { text: 'Hm.' })
    await send(opened.client, id, say('think'))
    await opened.client.agents.update(id, {
      model_settings: { provider_type: 'anthropic', thinking: { type: 'disabled' } },
    })
    await send(opened.client, id, say('think'))
    const efforts = opened.model.requests.map((request) => request.reasoningEffort)
    expect(efforts).to.deep.equal(['high', 'none'])
  })

  it('gains and loses approval rules together with its tools', async () => {
    const { id } = await opened.client.agents.create({
      name: 'Ada',
      model: 'scripted/model',
      include_base_tools: false,
    })
    const tool = await opened.client.tools.upsert(BASH)
    await opened.client.agents.tools.attach(tool.id, { agent_id: id })
    const linked = await opened.client.agents.retrieve(id)
    await opened.client.agents.tools.detach(tool.id, { agent_id: id })
    const unlinked = await opened.client.agents.retrieve(id)
    expect(linked.tools.map((one) => one.name)).to.deep.equal(['Bash'])
    expect(linked.tool_rules).to.have.lengthOf(1)
    expect([unlinked.tools, unlinked.tool_rules]).to.deep.equal([[], []])
  })

  it('uses the same tool after the tool is updated', async () => {
    const first = await opened.client.tools.upsert(BASH)
    const json_schema = { ...BASH.json_schema, description: 'Runs any command' }
    const second = await opened.client.tools.upsert({ ...BASH, json_schema })
    expect(second.id).to.equal(first.id)
    expect(second.json_schema).to.deep.equal(json_schema)
  })

  it('is found by name, text and tag, newest first, page by page', async () => {
    await opened.client.agents.delete(opened.agentId)
    const make = (name: string, tags: string[]) =>
      opened.client.agents.create({ name, model: 'scripted/model', tags })
    await make('Ada one', ['a'])
    const two = await make('Bob two', ['a', 'b'])
    await make('Ada three', ['b'])
    const names = async (query: Parameters<typeof opened.client.agents.list>[0]) =>
      (await opened.client.agents.list(query)).items.map((agent) => agent.name)
    expect(await names({})).to.deep.equal(['Ada three', 'Bob two', 'Ada one'])
    expect(await names({ limit: 1 })).to.deep.equal(['Ada three'])
    expect(await names({ after: two.id })).to.deep.equal(['Ada one'])
    expect(await names({ name: 'Bob two' })).to.deep.equal(['Bob two'])
    expect(await names({ query_text: 'ada' })).to.deep.equal(['Ada three', 'Ada one'])
    expect(await names({ tags: ['b'] })).to.deep.equal(['Ada three', 'Bob two'])
    expect(await names({ order: 'asc' })).to.deep.equal(['Ada one', 'Bob two', 'Ada three'])
  })

  it('loses its conversation but not its memory when its messages are reset', async () => {
    const id = await createAgent(opened.client)
    opened.model.play({ text: 'Hi.' }, { text: 'Who?' })
    await send(opened.client, id, say('I am Ada'))
    const reset = await opened.client.agents.messages.reset(id, {})
    expect(reset?.message_ids).to.have.lengthOf(1)
    await send(opened.client, id, say('who am I?'))
    expect(opened.model.requests[1]?.messages.slice(1)).to.deep.equal([
      { role: 'user', content: [{ type: 'text', text: 'who am I?' }] },
    ])
    expect((await opened.client.agents.blocks.list(id)).items).to.have.lengthOf(1)
  })

  it('lists its messages page by page, each page oldest first', async () => {
    const id = await createAgent(opened.client)
    for (const text of ['one', 'two', 'three']) {
      opened.model.play({ text: `re ${text}` })
      await send(opened.client, id, say(text))
    }
    const page = async (query: Parameters<typeof opened.client.agents.messages.list>[1]) =>
      (await opened.client.agents.messages.list(id, query)).items
    const contents = (items: readonly object[]) =>
      items.map((item) => ('content' in item ? item.content : null))
    const newest = await page({ limit: 2 })
    expect(contents(newest)).to.deep.equal(['three', 're three'])
    const before = await page({ limit: 2, before: newest[0]?.id ?? '' })
    expect(contents(before)).to.deep.equal(['two', 're two'])
    expect(contents(await page({ limit: 2, order: 'asc' })).slice(1)).to.deep.equal(['one'])
    const after = await page({ limit: 9, order: 'asc', after: before[1]?.id ?? '' })
    expect(contents(after)).to.deep.equal(['three', 're three'])
  })

  it('is deleted without its memory blocks, which others may share', async () => {
    const id = await createAgent(opened.client)
    const [block] = (await opened.client.agents.blocks.list(id)).items
    await opened.client.agents.delete(id)
    const thrown = await opened.client.agents.retrieve(id).catch((one: unknown) => one)
    expect(thrown).to.include({ status: 404 })
    expect((await opened.client.blocks.retrieve(block?.id ?? '')).label).to.equal('human')
  })

  it('has at most one block of each label, whichever way blocks are attached', async () => {
    const { client } = opened
    const [one, two] = [
      await client.blocks.create({ label: 'human', value: 'Ada' }),
      await client.blocks.create({ label: 'human', value: 'Bob' }),
    ]
    const other = await client.blocks.create({ label: 'persona', value: 'Kind.' })
    const model = 'scripted/model'
    const refused = (promise: Promise<unknown>) =>
      promise.then(
        () => 'done',
        (thrown: unknown) => Object(thrown).status,
      )
    const human = { label: 'human', value: 'Cy' }
    const { id } = await client.agents.create({ model, block_ids: [one.id, one.id, other.id] })
    expect([
      await refused(client.agents.create({ model, block_ids: [one.id, two.id] })),
      await refused(client.agents.create({ model, block_ids: [one.id], memory_blocks: [human] })),
      await refused(client.agents.update(id, { block_ids: [one.id, two.id] })),
      await refused(client.agents.blocks.attach(two.id, { agent_id: id })),
      await refused(client.blocks.update(other.id, { label: 'human' })),
      await refused(client.agents.blocks.update('persona', { agent_id: id, label: 'human' })),
    ]).to.deep.equal(Array(6).fill(409))
    const { blocks } = await client.agents.retrieve(id)
    expect(blocks.map((block) => block.label)).to.deep.equal(['human', 'persona'])
    const all = (await client.blocks.list()).items
    expect(all.map((block) => block.value)).to.deep.equal(['Name: unknown', 'Ada', 'Bob', 'Kind.'])
  })

  it('can use the models that the providers list', async () => {
    const models = await opened.client.models.list()
    expect(models[0]).to.deep.include({
      handle: 'scripted/model',
      name: 'Scripted model',
      model: 'model',
      provider_name: 'scripted',
      context_window: 200_000,
      max_context_window: 200_000,
    })
  })

  it('has tags, which are listed once for all agents', async () => {
    await opened.client.agents.update(opened.agentId, { tags: ['b', 'a'] })
    await opened.client.agents.create({ name: 'Bob', model: 'scripted/model', tags: ['c', 'a'] })
    expect(await opened.client.tags.list()).to.deep.equal(['a', 'b', 'c'])
  })
})
