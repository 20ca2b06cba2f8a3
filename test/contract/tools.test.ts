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

  it('from Python source has the schema of its signature and docstring', async () => {
    const { name, description, json_schema } = await desk.client.tools.upsert({
      source_code: ROLL,
    })
    expect({ name, description, json_schema }).to.deep.equal({
      name: 'roll_many',
      description: 'Rolls dice.\n\nSeveral at once, if you like.',
      json_schema: {
        name: 'roll_many',
        description: 'Rolls dice.\n\nSeveral at once, if you like.',
        parameters: {
          type: 'object',
          properties: {
            sides: { type: 'integer', description: 'How many sides, (at least) two.' },
            weight: { type: 'number', description: 'The weight.' },
            names: { type: 'array', items: { type: 'string' }, description: 'Whose they are.' },
            is_fair: { type: 'boolean', description: 'Whether they are fair.' },
            more: { type: 'object', description: 'More.' },
          },
          required: ['sides', 'names'],
        },
      },
    })
  })

  it('that is the last one by a rule ends the turn', async () => {
    const rule = { type: 'exit_loop', tool_name: 'conversation_search' } as const
    const agent = await desk.agent({ tools: ['conversation_search'], tool_rules: [rule] })
    const call = { id: 'call_1', name: 'conversation_search', args: { query: 'tea' } }
    desk.plays({ calls: [call] }, { text: 'Never asked for' })
    const { events } = await desk.send(agent, say('search'))
    expect(outlineStream({ events, error: null })).to.include('stop_reason tool_rule')
    expect(desk.asked()).to.have.lengthOf(1)
  })
})

const ROLL = `
from typing import List, Optional

def helper(x):
    return x

def roll_many(sides: int, names: List[str], weight: float = 1.5, is_fair: Optional[bool] = None,
              more: dict = {}) -> str:
    """
    Rolls dice.

    Several at once, if you like.

    Args:
        sides (int): How many sides, (at least) two.
        weight (float): The weight.
        names (List[str]): Whose they are.
        is_fair (Optional[bool]): Whether they are fair.
        more (dict): More.

    Returns:
        str: The numbers.
    """
    return str(helper(sides))
`

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
