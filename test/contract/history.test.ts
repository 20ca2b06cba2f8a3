import { expect } from 'chai'
import { say } from '../support/letta-server.ts'
import { contract, MODEL } from './contract-suite.ts'
import { outlineStream } from './outline-stream.ts'

contract('The history of an agent', (desk) => {
  const threeTurns = async () => {
    const agent = await desk.agent({ tools: [] })
    desk.plays({ text: 'A' }, { text: 'B' }, { text: 'C' })
    for (const text of ['1', '2', '3']) await desk.send(agent, say(text))
    return agent
  }

  it('is listed page by page, each in chronological order', async () => {
    const agent = await threeTurns()
    const list = async (query: object) => {
      const { items } = await desk.client.agents.messages.list(agent, query)
      return items.filter((item) => item.message_type !== 'system_message')
    }
    const texts = async (query: object) =>
      (await list(query)).map((item) => Object(item).content).join('')
    const ids = (await list({ order: 'asc' })).map(({ id }) => id)
    expect({
      all: await texts({}),
      newest: await texts({ limit: 2 }),
      newestToo: await texts({ limit: 2, order: 'desc' }),
      before: await texts({ before: ids[2] }),
      after: await texts({ order: 'asc', after: ids[2] }),
      oneBefore: await texts({ before: ids[4], limit: 1 }),
      oneAfter: await texts({ order: 'asc', after: ids[2], limit: 1 }),
    }).to.deep.equal({
      all: '1A2B3C',
      newest: '3C',
      newestToo: '3C',
      before: '1A',
      after: 'B3C',
      oneBefore: 'B',
      oneAfter: 'B',
    })
  })

  it('retains the ids that the client gave its messages', async () => {
    const agent = await desk.agent({ tools: [] })
    const otid = '11111111-1111-4111-8111-111111111111'
    desk.plays({ text: 'Hello' })
    await desk.send(agent, [{ role: 'user', content: 'hi', otid }])
    const { items } = await desk.client.agents.messages.list(agent)
    const said = items.find((item) => item.message_type === 'user_message')
    expect(Object(said).otid).to.equal(otid)
  })

  it('is retained when it is reset, but not sent to the model', async () => {
    const agent = await desk.agent()
    desk.plays({ calls: [{ id: 'call_1', name: 'Bash', args: {} }] }, { text: 'Fresh' })
    await desk.send(agent, say('old'))
    await desk.client.patch(`/v1/agents/${agent}/reset-messages`, { body: {} })
    const { message_ids } = await desk.client.agents.retrieve(agent)
    expect(message_ids?.length).to.equal(1)
    expect(outlineStream(await desk.send(agent, say('new')))).to.include(
      'assistant_message "Fresh"',
    )
    expect(desk.said()).to.deep.equal([{ role: 'user', content: 'new' }])
    const history = await desk.history(agent)
    expect(history[0]).to.equal('user_message "old"')
    expect(history.slice(-2)).to.deep.equal(['user_message "new"', 'assistant_message "Fresh"'])
  })

  it('is compacted on request to a summary', async () => {
    const agent = await threeTurns()
    desk.plays(...Array(3).fill({ text: 'They counted to three.' }), { text: 'Four' })
    await desk.client.agents.messages.compact(agent, {
      compaction_settings: { mode: 'all', model: MODEL },
    })
    desk.plays({ text: 'Four' })
    await desk.send(agent, say('go on'))
    const [first, ...rest] = desk.said()
    expect(first?.['role']).to.equal('user')
    expect(JSON.stringify(first)).to.include('They counted to three.')
    desk.differs('joined-users', {
      real: () => expect(rest.at(-1)).to.deep.equal({ role: 'user', content: 'go on' }),
      ours: () => expect(first?.['content']).to.match(/\n\ngo on$/),
    })()
    expect(JSON.stringify(desk.prompt()[0])).to.include('Name: unknown')
    expect((await desk.history(agent)).slice(0, 2)).to.deep.equal([
      'user_message "1"',
      'assistant_message "A"',
    ])
  })

  it('is compacted automatically when the window is nearly full, which the client may see', async () => {
    const agent = await threeTurns()
    await desk.client.agents.update(agent, { compaction_settings: { mode: 'all', model: MODEL } })
    const nearlyFull = { text: 'D', usage: { prompt: 95_000 } }
    desk.plays(nearlyFull, ...Array(3).fill({ text: 'They counted to four.' }))
    const more = { include_compaction_messages: true }
    const turn = await desk.send(agent, say('4'), more)
    expect(outlineStream(turn)).to.deep.equal([
      'ping',
      'assistant_message "D"',
      'event_message',
      'summary_message',
      'stop_reason end_turn',
      'usage_statistics',
    ])
    const [full, done] = turn.events.filter(({ message_type }) =>
      ['event_message', 'summary_message'].includes(String(message_type)),
    )
    expect(full?.['event_data']).to.deep.equal({
      context_token_estimate: 95_001,
      context_window: 100_000,
      trigger: 'post_step_context_check',
    })
    expect(done?.['summary']).to.equal('They counted to four.')
    expect(done?.['compaction_stats']).to.deep.include({
      context_tokens_before: 95_001,
      context_window: 100_000,
      messages_count_after: 2,
      messages_count_before: 9,
      trigger: 'post_step_context_check',
    })
    desk.plays({ text: 'Five' })
    await desk.send(agent, say('5'))
    const said = desk.said().map(({ content }) => String(content))
    const [summary = '', message] = desk.differs('joined-users', {
      real: said,
      ours: said.flatMap((content) => content.split(/\n\n(?=5$)/)),
    })
    expect(JSON.parse(summary).message).to.equal(
      'Note: prior messages have been hidden from view due to conversation memory constraints.\nThe following is a summary of the previous messages:\n They counted to four.',
    )
    expect(message).to.equal('5')
  })
})
