import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { builtInTool } from '../../lib/server/messages/api.ts'
import { pythonToolNotRun } from '../../lib/server/messages/tools.ts'
import { BASH, outline, say, send } from '../support/letta-server.ts'
import { withServer } from '../support/with-server.ts'

describe('The built-in tools of the server', () => {
  const opened = withServer()

  it('are listed by add-base-tools without being changed', async () => {
    const { client } = opened
    await client.tools.upsert(BASH)
    const listed = await client.post<{ name: string }[]>('/v1/tools/add-base-tools')
    expect(listed.map(({ name }) => name)).to.deep.equal([
      'memory_insert',
      'memory_replace',
      'memory_rethink',
      'memory',
      'archival_memory_insert',
      'archival_memory_search',
      'conversation_search',
    ])
  })

  it('can be neither replaced nor deleted', async () => {
    const { client } = opened
    const { items } = await client.tools.list({ name: 'memory_insert' })
    const id = items[0]?.id ?? ''
    const replaced = client.tools.upsert({
      source_code: '',
      json_schema: { name: 'memory_insert', parameters: {} },
    })
    for (const refused of [replaced, client.tools.delete(id)]) {
      const thrown: unknown = await refused.then(null, (error: unknown) => error)
      expect(thrown).to.be.instanceOf(Letta.ConflictError)
      expect(Object(thrown).error).to.deep.equal({
        detail: builtInTool('memory_insert'),
      })
    }
    expect((await client.tools.retrieve(id)).name).to.equal('memory_insert')
  })

  it('do not include Python tools, whose calls get an error that the model reads', async () => {
    const { id } = await opened.client.tools.upsert({
      source_code: 'def roll_dice() -> int:\n    return 4\n',
    })
    await opened.client.agents.tools.attach(id, { agent_id: opened.agentId })
    const call = { callId: 'call_1', name: 'roll_dice', args: '{}' }
    opened.model.play({ calls: [call] }, { text: 'I cannot roll.' })
    const { events, error } = await send(opened.client, opened.agentId, say('roll'))
    expect(error).to.equal(null)
    expect(outline(events)).to.include.members([
      `tool_return_message call_1 error: ${pythonToolNotRun('roll_dice')}`,
      'stop_reason end_turn',
    ])
  })
})

describe('A tool that is created from its source', () => {
  const opened = withServer()

  it('has the name of the last function, whose helpers are before it', async () => {
    const source =
      'def helper():\n    def inner():\n        pass\n\nasync def roll(sides: int):\n    pass\n'
    const { name } = await opened.client.tools.create({ source_code: source })
    expect(name).to.equal('roll')
  })
})
