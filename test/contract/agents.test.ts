import type { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { openBackend } from './backends.ts'
import {
  AGENT,
  contract,
  expectRejection,
  gatewayOf,
  MODEL,
  retrieveCompleteAgent,
  UNKNOWN_UUID,
} from './contract-suite.ts'
import { normalize } from './normalize.ts'

contract('An agent', (desk) => {
  it('is created with blocks, tools, tags, a model and its settings', async () => {
    const shared = await desk.client.blocks.create({ label: 'project', value: 'Letta' })
    const id = await desk.agent({
      block_ids: [shared.id],
      tags: ['one', 'two'],
      model_settings: {
        provider_type: 'openai',
        parallel_tool_calls: true,
        temperature: 0.5,
        max_output_tokens: 100,
      },
    })
    const agent = await retrieveCompleteAgent(desk, id)
    expect({
      name: agent.name,
      system: agent.system,
      model: agent.model,
      agent_type: agent.agent_type,
      tags: agent.tags?.toSorted(),
      blocks: agent.blocks?.map(({ label, value }) => `${label}: ${value}`).toSorted(),
      tools: agent.tools?.map((tool) => tool.name),
      rules: agent.tool_rules,
      window: agent.llm_config?.context_window,
      temperature: agent.llm_config?.temperature,
      max_tokens: agent.llm_config?.max_tokens,
      messages: agent.message_ids?.length,
    }).to.deep.equal({
      name: 'Ada',
      system: 'You are Ada.',
      model: MODEL,
      agent_type: 'letta_v1_agent',
      tags: ['one', 'two'],
      blocks: ['human: Name: unknown', 'project: Letta'],
      tools: ['Bash'],
      rules: [BASH_WAITS],
      window: 100_000,
      temperature: 0.5,
      max_tokens: 100,
      messages: 1,
    })
  })

  it('has the base tools unless it is created without them', async () => {
    const { id } = await desk.client.agents.create({ model: MODEL })
    const { tools } = await retrieveCompleteAgent(desk, id)
    expect(tools?.map((tool) => tool.name).toSorted()).to.deep.equal([
      'conversation_search',
      'memory_insert',
      'memory_replace',
    ])
  })

  it('has the context window of its model by default', async () => {
    const { llm_config } = await desk.client.agents.create({ model: MODEL })
    expect(llm_config?.context_window).to.equal(
      desk.differs('unlisted-window', { real: 30_000, ours: 128_000 }),
    )
  })

  it('is complete when every part of it is requested', async () => {
    const id = await desk.agent({ tags: ['one'] })
    const counts = async (include: Include) => {
      const { tools, blocks, tags } = await desk.client.agents.retrieve(id, { include })
      return [tools?.length, blocks?.length, tags?.length]
    }
    expect(await counts(['agent.tools', 'agent.blocks', 'agent.tags'])).to.deep.equal([1, 1, 1])
    expect(await counts([])).to.deep.equal(
      desk.differs('always-complete', { real: [0, 0, 0], ours: [1, 1, 1] }),
    )
  })

  it('changes its name, system prompt, description, tags and metadata', async () => {
    const id = await desk.agent({ tags: ['one'] })
    const changes = {
      name: 'Eve',
      system: 'You are Eve.',
      description: 'The second',
      tags: ['two'],
      metadata: { age: 1 },
    }
    const agent = await desk.client.agents.update(id, changes)
    expect({ ...pick(agent, Object.keys(changes)) }).to.deep.equal(changes)
  })

  it('keeps its limits when only its name is changed', async () => {
    const id = await desk.agent()
    const { llm_config } = await desk.client.agents.update(id, { name: 'Eve' })
    expect([llm_config?.context_window, llm_config?.parallel_tool_calls]).to.deep.equal([
      100_000,
      true,
    ])
  })

  it('keeps its limits when it is given the model that it has', async () => {
    const id = await desk.agent()
    const { llm_config } = await desk.client.agents.update(id, { model: MODEL })
    expect([llm_config?.context_window, llm_config?.parallel_tool_calls]).to.deep.equal(
      desk.differs('same-model', { real: [30_000, false], ours: [100_000, true] }),
    )
  })

  it('retains the rules of detached tools, which can be replaced', async () => {
    const id = await desk.agent()
    const without = await desk.client.agents.update(id, { tool_ids: [] })
    expect([without.tools, without.tool_rules]).to.deep.equal([[], [BASH_WAITS]])
    const { tool_rules } = await desk.client.agents.update(id, {
      tool_rules: [{ type: 'requires_approval', tool_name: 'Read' }],
    })
    expect(tool_rules).to.deep.equal([{ ...BASH_WAITS, tool_name: 'Read' }])
  })

  it('is found by name, text and tags, and listed page by page', async () => {
    const tag = `list-${Date.now()}`
    const ids: string[] = []
    for (const name of ['One', 'Two', 'Three']) {
      ids.push(await desk.agent({ name, tags: [tag, `${tag}-${name}`] }))
    }
    const names = async (query: Query) => {
      const { items } = await desk.client.agents.list({ tags: [tag], ...query })
      return items.map((agent) => agent.name).join(' ')
    }
    const second = ids[1] ?? ''
    expect({
      all: await names({}),
      oldestFirst: await names({ order: 'asc' }),
      two: await names({ limit: 2 }),
      after: await names({ after: second }),
      before: await names({ before: second }),
      oldestFirstAfter: await names({ order: 'asc', after: second }),
      name: await names({ name: 'Two' }),
      text: await names({ query_text: 'thr' }),
      anyTag: await names({ tags: [`${tag}-One`, `${tag}-Two`] }),
      bothTags: await names({ tags: [tag, `${tag}-Two`], match_all_tags: true }),
      none: await names({ tags: ['nobody has this'] }),
    }).to.deep.equal({
      all: 'Three Two One',
      oldestFirst: 'One Two Three',
      two: 'Three Two',
      after: 'One',
      before: 'Three',
      oldestFirstAfter: 'Three',
      name: 'Two',
      text: 'Three',
      anyTag: 'Two One',
      bothTags: 'Two',
      none: '',
    })
    expect(await desk.client.tags.list()).to.include(tag)
  })

  it('is deleted without its blocks', async () => {
    const id = await desk.agent()
    const [block] = (await desk.client.agents.blocks.list(id)).items
    expect(normalize(await desk.client.agents.delete(id))).to.deep.equal({
      message: 'Agent id=agent-1 successfully deleted',
    })
    expect(normalize(await expectRejection(desk.client.agents.retrieve(id)))).to.deep.equal({
      status: 404,
      body: { detail: 'Agent with ID agent-1 not found' },
    })
    const statuses = [
      await expectRejection(desk.client.agents.delete(id)),
      await expectRejection(desk.client.agents.update(id, { name: 'Eve' })),
      await expectRejection(desk.client.agents.messages.list(id)),
      await expectRejection(desk.client.agents.blocks.list(id)),
    ].map(({ status }) => status)
    expect(statuses).to.deep.equal([404, 404, 404, 404])
    expect((await desk.client.blocks.retrieve(block?.id ?? '')).label).to.equal('human')
  })

  it('is rejected with an unknown model', async () => {
    const rejection = (model?: string) =>
      expectRejection(desk.client.agents.create(model === undefined ? {} : { model }))
    expect(await rejection()).to.deep.equal({
      status: 400,
      body: { detail: 'INVALID_ARGUMENT: Must specify either model or llm_config in request' },
    })
    expect(await rejection('scripted')).to.deep.equal({
      status: 400,
      body: {
        detail: 'INVALID_ARGUMENT: The model handle should be in the format provider/model-name',
      },
    })
    const { status, body } = await rejection('nobody/nothing')
    expect([status, body]).to.deep.equal([
      404,
      {
        detail: desk.differs('known-models', {
          real: 'NOT_FOUND: Handle nobody/nothing not found, must be one of []',
          ours: "NOT_FOUND: Handle nobody/nothing not found, must be one of ['openai/…', 'ollama/…', 'lmstudio/…', 'llamacpp/…', 'vllm/…']",
        }),
      },
    ])
  })

  it('is rejected with unknown tools', async () => {
    expect(await expectRejection(desk.agent({ tools: ['Nope'] }))).to.deep.equal({
      status: 400,
      body: { detail: "Tools not found by name: {'Nope'}" },
    })
    expect(
      normalize(await expectRejection(desk.agent({ tool_ids: [`tool-${UNKNOWN_UUID}`] }))),
    ).to.deep.equal({
      status: 400,
      body: { detail: "Tools not found by id:   {'tool-1'}" },
    })
  })

  it('is created without an unknown block, or rejected', async () => {
    const made = desk.agent({ block_ids: [`block-${UNKNOWN_UUID}`] }).then(
      () => 'made',
      (thrown) => `refused, ${thrown.status}`,
    )
    expect(await made).to.equal(
      desk.differs('missing-block', { real: 'made', ours: 'refused, 404' }),
    )
  })

  it('has at most one block of a label', async () => {
    const id = await desk.agent({
      memory_blocks: [
        { label: 'human', value: 'first' },
        { label: 'human', value: 'second' },
      ],
    })
    const { items } = await desk.client.agents.blocks.list(id)
    expect(items.map(({ value }) => value)).to.deep.equal(['first'])
  })
})

contract('An agent that letta creates', (desk) => {
  const NAME = "Zoë's site.example (2) 日本"
  const PLAIN = "Zoë's site example 2 日本"

  it('has the name of its directory, as far as the server accepts it', async () => {
    const { agents } = gatewayOf(desk)
    const draft = { model: MODEL, contextWindow: null, system: '', blockIds: [], toolNames: [] }
    const names = { real: PLAIN, ours: NAME }
    const { name } = await agents.create({ ...draft, name: NAME })
    expect(name).to.equal(desk.differs('plain-names', names))
  })

  it('has the name in its file when it is imported, as far as the server accepts it', async () => {
    const { agents } = gatewayOf(desk)
    const other = (await openBackend('in process')).client
    const { id } = await other.agents.create({ ...AGENT, tools: [], name: NAME })
    const file = await other.agents.exportFile(id)
    const [made = ''] = await agents.importFile(JSON.stringify(file))
    expect((await agents.retrieve(made))?.name).to.equal(
      desk.differs('plain-names', { real: PLAIN, ours: NAME }),
    )
    const [again = ''] = await agents.importFile(JSON.stringify(file).replace(NAME, 'Ada'))
    expect((await agents.retrieve(again))?.name).to.equal('Ada')
  })
})

contract('A model', (desk) => {
  it('is listed with its context window', async () => {
    const models = await desk.client.models.list()
    const listed = models.filter((model) => model.handle?.includes('scripted'))
    expect(
      listed.map(({ handle, model_type, context_window, max_context_window }) => ({
        handle,
        model_type,
        context_window,
        max_context_window,
      })),
    ).to.deep.equal([
      {
        handle: desk.differs('proxy-handle', { real: MODEL, ours: 'openai/scripted' }),
        model_type: 'llm',
        ...desk.differs('unlisted-window', {
          real: { context_window: 30_000, max_context_window: 30_000 },
          ours: { context_window: 128_000, max_context_window: 128_000 },
        }),
      },
    ])
  })
})

const BASH_WAITS = { tool_name: 'Bash', type: 'requires_approval', prompt_template: null }

type Agents = Letta['agents']
type Include = NonNullable<NonNullable<Parameters<Agents['retrieve']>[1]>['include']>
type Query = NonNullable<Parameters<Agents['list']>[0]>

function pick(value: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)))
}
