import { expect } from 'chai'
import { say } from '../support/letta-server.ts'
import {
  BASH,
  contract,
  expectRejection,
  retrieveCompleteAgent,
  UNKNOWN_UUID,
} from './contract-suite.ts'
import { outlineStream } from './outline-stream.ts'

contract('A tool', (desk) => {
  const named = (name: string) => ({ ...BASH, json_schema: { ...BASH.json_schema, name } })

  it('of the client is stored with its schema and its need of approval', async () => {
    const { name, description, json_schema, source_type, tool_type, default_requires_approval } =
      await desk.client.tools.upsert(BASH)
    expect({ name, description, json_schema, source_type, tool_type }).to.deep.equal({
      name: 'Bash',
      description: 'Runs a command',
      json_schema: BASH.json_schema,
      source_type: 'json',
      tool_type: 'custom',
    })
    expect(default_requires_approval).to.equal(true)
  })

  it('keeps its id when it is created again, and is found by its name', async () => {
    const first = await desk.client.tools.upsert(named('Look'))
    const again = await desk.client.tools.upsert(named('Look'))
    const { items } = await desk.client.tools.list({ name: 'Look' })
    expect([again.id, items.map(({ id }) => id)]).to.deep.equal([first.id, [first.id]])
    expect((await desk.client.tools.list({ name: 'Nobody' })).items).to.deep.equal([])
  })

  it('can be changed and deleted', async () => {
    const { id } = await desk.client.tools.upsert(named('Peek'))
    const changes = { description: 'Peeks', default_requires_approval: false }
    expect(await desk.client.tools.update(id, changes)).to.deep.include(changes)
    await desk.client.tools.delete(id)
    expect((await expectRejection(desk.client.tools.retrieve(id))).status).to.equal(404)
  })

  it('brings its approval rule when it is attached', async () => {
    const agent = await desk.agent({ tools: [] })
    const { id } = await desk.client.tools.upsert(BASH)
    await desk.client.agents.tools.attach(id, { agent_id: agent })
    const attached = await retrieveCompleteAgent(desk, agent)
    expect([attached.tools?.map(({ name }) => name), attached.tool_rules]).to.deep.equal([
      ['Bash'],
      [WAITS],
    ])
    await desk.client.agents.tools.detach(id, { agent_id: agent })
    const detached = await retrieveCompleteAgent(desk, agent)
    expect([detached.tools, detached.tool_rules]).to.deep.equal([
      [],
      desk.differs('orphan-rules', { real: [WAITS], ours: [] }),
    ])
  })

  it('can require approval in one agent and not in others', async () => {
    const agent = await desk.agent()
    // The method of the client uses the wrong name for the field.
    const wait = (requires_approval: boolean) =>
      desk.client.patch(`/v1/agents/${agent}/tools/approval/Bash`, { body: { requires_approval } })
    await wait(false)
    expect((await retrieveCompleteAgent(desk, agent)).tool_rules).to.deep.equal([])
    await wait(true)
    expect((await retrieveCompleteAgent(desk, agent)).tool_rules).to.deep.equal([WAITS])
  })

  it('of the server has a type that shows its purpose', async () => {
    const types: Record<string, unknown> = {}
    for (const name of SERVER_TOOLS) {
      const { items } = await desk.client.tools.list({ name })
      types[name] = items[0]?.tool_type
    }
    expect(types).to.deep.equal({
      memory: 'letta_memory_core',
      memory_insert: 'letta_sleeptime_core',
      memory_replace: 'letta_sleeptime_core',
      memory_rethink: 'letta_sleeptime_core',
      conversation_search: 'letta_core',
      archival_memory_insert: 'letta_core',
      archival_memory_search: 'letta_core',
    })
  })

  it('that does not exist cannot be retrieved or attached', async () => {
    const agent = await desk.agent()
    const id = `tool-${UNKNOWN_UUID}`
    const statuses = [
      await expectRejection(desk.client.tools.retrieve(id)),
      await expectRejection(desk.client.agents.tools.attach(id, { agent_id: agent })),
    ].map(({ status }) => status)
    expect(statuses).to.deep.equal([404, 404])
  })

  it('with Python source never leaves the agent waiting for an approval', async () => {
    const { id } = await desk.client.tools.upsert({
      source_code: 'def roll_dice() -> int:\n    """Rolls a die."""\n    return 4\n',
    })
    const agent = await desk.agent({ tools: [], tool_ids: [id] })
    const call = { id: 'call_1', name: 'roll_dice', args: {} }
    desk.plays({ calls: [call] }, { text: 'Done' }, { text: 'Again' })
    const { events } = await desk.send(agent, say('roll'))
    expect(outlineStream({ events, error: null })).to.include('stop_reason end_turn')
    expect(outlineStream(await desk.send(agent, say('more')))).to.include(
      'assistant_message "Again"',
    )
  })
})

const WAITS = { tool_name: 'Bash', type: 'requires_approval', prompt_template: null }
const SERVER_TOOLS = [
  'memory',
  'memory_insert',
  'memory_replace',
  'memory_rethink',
  'conversation_search',
  'archival_memory_insert',
  'archival_memory_search',
]
