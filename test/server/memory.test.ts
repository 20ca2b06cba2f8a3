import { expect } from 'chai'
import { outline, say, send } from '../support/letta-server.ts'
import { withServer } from '../support/with-server.ts'

describe('Memory of an agent', () => {
  const opened = withServer()

  const systemOf = (request: number): string => {
    const message = opened.model.requests[request]?.messages[0]
    return message?.role === 'system' ? message.text : ''
  }
  const blockValue = async (): Promise<string> =>
    (await opened.client.agents.blocks.retrieve('human', { agent_id: opened.agentId })).value
  const callTools = async (...calls: readonly [name: string, args: object][]) => {
    for (const [index, [name, args]] of calls.entries()) {
      opened.model.play({
        calls: [{ callId: `c${index}`, name, args: JSON.stringify(args) }],
      })
    }
    opened.model.play({ text: 'Noted.' })
    const { events } = await send(opened.client, opened.agentId, say('remember'))
    return outline(events).filter((line) => line.startsWith('tool_return_message'))
  }

  it('is part of the system prompt as labelled blocks', async () => {
    opened.model.play({ text: 'Hi.' })
    await send(opened.client, opened.agentId, say('hi'))
    expect(systemOf(0)).to.match(
      new RegExp(
        [
          '^You are Ada\\.',
          '',
          '<memory_blocks>',
          'The following memory blocks are currently engaged in your core memory unit:',
          '',
          '<human>',
          '<description>',
          'Who the user is\\.',
          '</description>',
          '<metadata>',
          '- chars_current=13',
          '- chars_limit=100000',
          '</metadata>',
          '<value>',
          'Name: unknown',
          '</value>',
          '</human>',
          '',
          '</memory_blocks>',
          '',
          '<memory_metadata>',
          `- AGENT_ID: ${opened.agentId}`,
          '- CONVERSATION_ID: default',
          '- System prompt last recompiled: [-0-9]{10} [:0-9]{8} [AP]M UTC\\+0000',
          '- 0 previous messages between you and the user are stored in recall memory',
          '</memory_metadata>$',
        ].join('\\n'),
      ),
    )
  })

  it('can be edited by the agent: replaced, extended and rewritten', async () => {
    const returns = await callTools(
      ['memory_replace', { label: 'human', old_string: 'unknown', new_string: 'Ada' }],
      ['memory_insert', { label: 'human', new_string: 'Likes tea' }],
      ['memory_insert', { label: 'human', new_string: 'Top', insert_line: 0 }],
      ['memory_rethink', { label: 'human', new_memory: 'All new.' }],
    )
    expect(returns).to.deep.equal([
      'tool_return_message c0 success: Name: Ada',
      'tool_return_message c1 success: Name: Ada\nLikes tea',
      'tool_return_message c2 success: Top\nName: Ada\nLikes tea',
      'tool_return_message c3 success: All new.',
    ])
    expect(await blockValue()).to.equal('All new.')
  })

  it('that the agent edits is in the prompt from the next run on', async () => {
    await callTools(['memory_rethink', { label: 'human', new_memory: 'All new.' }])
    expect(systemOf(1)).to.equal(systemOf(0))
    opened.model.play({ text: 'Hi.' })
    await send(opened.client, opened.agentId, say('hi'))
    expect(systemOf(2)).to.include('<value>\nAll new.\n</value>')
  })

  it('is unchanged after an invalid edit, whose error the agent reads', async () => {
    const { id } = await opened.client.blocks.create({
      label: 'rules',
      value: 'Be kind.',
      read_only: true,
    })
    await opened.client.agents.blocks.attach(id, { agent_id: opened.agentId })
    const returns = await callTools(
      ['memory_replace', { label: 'human', old_string: 'nowhere', new_string: 'x' }],
      ['memory_rethink', { label: 'rules', new_memory: 'x' }],
      ['memory_rethink', { label: 'nothing', new_memory: 'x' }],
      ['memory_insert', { label: 'human', new_string: 'x', insert_line: 9 }],
      ['memory_rethink', { label: 'human' }],
    )
    expect(returns.slice(0, 4)).to.deep.equal([
      'tool_return_message c0 error: No replacement was performed, old_string `nowhere` did not appear verbatim in memory block with label `human`.',
      'tool_return_message c1 error: Error This block is read-only and cannot be edited.',
      "tool_return_message c2 error: 'Block field nothing does not exist (available sections = human, rules)'",
      'tool_return_message c3 error: Invalid `insert_line` parameter: 9. It should be within the range of lines of the memory block: [0, 1], or -1 to append to the end of the memory block.',
    ])
    expect(returns[4]).to.match(
      /error: memory_rethink\(\) missing 1 required positional argument: 'new_memory'$/,
    )
    expect(await blockValue()).to.equal('Name: unknown')
  })

  it('is shared by agents with the same block', async () => {
    const { id } = await opened.client.blocks.create({ label: 'project', value: 'Tea shop' })
    const second = await opened.client.agents.create({
      name: 'Bob',
      model: 'scripted/model',
      block_ids: [id],
    })
    await opened.client.agents.blocks.attach(id, { agent_id: opened.agentId })
    await callTools(['memory_rethink', { label: 'project', new_memory: 'Book shop' }])
    const { items } = await opened.client.agents.blocks.list(second.id)
    expect(items.map(({ label, value }) => [label, value])).to.deep.equal([
      ['project', 'Book shop'],
    ])
    await opened.client.agents.blocks.detach(id, { agent_id: opened.agentId })
    expect((await opened.client.blocks.retrieve(id)).value).to.equal('Book shop')
  })

  it('includes earlier messages, which conversation_search finds', async () => {
    opened.model.play({ text: 'I like tea, too.' })
    await send(opened.client, opened.agentId, say('I like "green" tea'))
    const [found] = await callTools(['conversation_search', { query: 'TEA', roles: ['user'] }])
    expect(found).to.match(
      /success: \{'message': 'Showing 1 results:', 'results': \[\{'timestamp': '[-0-9T:.]+\+00:00', 'time_ago': '\d+s ago', 'role': 'user', 'relevance': \{'search_mode': 'sql'\}, 'content': 'I like "green" tea'\}\]\}$/,
    )
    const [quoted] = await callTools(['conversation_search', { query: '"green"' }])
    expect(quoted).to.include('Showing 1 results:')
  })
})
