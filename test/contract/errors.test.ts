import { expect } from 'chai'
import { NO_ANSWER } from '../../lib/server/messages/prompts.ts'
import { say } from '../support/letta-server.ts'
import type { ScriptedAnswer } from '../support/model-endpoint.ts'
import { contract, expectRejection } from './contract-suite.ts'
import { outlineStream } from './outline-stream.ts'

const NO_ANSWER_MESSAGE = { role: 'assistant', content: NO_ANSWER }

contract('The end', (desk) => {
  const turn = async (...turns: readonly ScriptedAnswer[]) => {
    const agent = await desk.agent({ tools: ['memory_insert'] })
    desk.plays(...turns)
    const { events, error } = await desk.send(agent, say('hi'), { max_steps: 2 })
    const stop = events.find((event) => event['message_type'] === 'stop_reason')
    return { agent, stop: stop?.['stop_reason'], error }
  }
  const note = (id: string): ScriptedAnswer => ({
    calls: [{ id, name: 'memory_insert', args: { label: 'human', new_string: id } }],
  })

  it('of a turn is end_turn', async () => {
    expect((await turn({ text: 'Hello' })).stop).to.equal('end_turn')
  })

  it('of an empty answer shows that there is no answer', async () => {
    expect((await turn({}, {})).stop).to.equal(
      desk.differs('empty-answer', { real: 'end_turn', ours: 'llm_api_error' }),
    )
  })

  it('by a content filter shows that there is no answer', async () => {
    expect((await turn({ text: 'I', finish: 'content_filter' })).stop).to.equal(
      desk.differs('filtered', { real: 'end_turn', ours: 'llm_api_error' }),
    )
  })

  it('by the limit of tokens shows that the answer is incomplete', async () => {
    expect((await turn({ text: 'I', finish: 'length' })).stop).to.equal(
      desk.differs('cut-short', { real: 'end_turn', ours: 'max_tokens_exceeded' }),
    )
  })

  it('by the limit of steps follows after that number of calls of the model', async () => {
    expect((await turn(note('1'), note('2'), note('3'))).stop).to.equal('max_steps')
    expect(desk.asked().length).to.equal(2)
  })

  for (const [status, type, tries] of [
    [400, 'llm_error', 1],
    [401, 'llm_authentication', 1],
    [402, 'llm_error', 1],
    [404, 'llm_error', 1],
    [429, 'llm_rate_limit', 3],
    [500, 'llm_error', 3],
    [503, 'llm_error', 3],
  ] as const) {
    it(`by a provider that answers ${status} is an ${type}, after ${tries} attempts`, async () => {
      const { stop, error } = await turn(...Array<ScriptedAnswer>(6).fill(saysNo(status)))
      const tried = desk.asked().length
      expect({ stop, type: error?.['error_type'], tried }).to.deep.equal({
        stop: 'llm_api_error',
        type,
        tried: tries,
      })
    })
  }

  it('by a key without permission is the same as by an invalid key', async () => {
    const { error } = await turn(...Array<ScriptedAnswer>(6).fill(saysNo(403)))
    expect(error?.['error_type']).to.equal(
      desk.differs('forbidden', { real: 'llm_error', ours: 'llm_authentication' }),
    )
  })

  it('is end_turn when a busy provider finally answers', async () => {
    expect((await turn(saysNo(500), { text: 'Hello' })).stop).to.equal('end_turn')
  })

  it('in the middle of an answer follows the received text with an error', async () => {
    const broken: ScriptedAnswer = { text: ['one ', 'two ', 'three'], disconnectAfter: 2 }
    const agent = await desk.agent()
    desk.plays(broken)
    expect(outlineStream(await desk.send(agent, say('count'))).slice(0, 3)).to.deep.equal([
      'ping',
      'assistant_message "one two "',
      desk.differs('ended-early', {
        real: 'stop_reason error',
        ours: 'stop_reason llm_api_error',
      }),
    ])
    expect(await desk.history(agent)).to.deep.equal(
      desk.differs('retained-turn', {
        real: [],
        ours: ['user_message "count"', 'assistant_message "one two "'],
      }),
    )
  })

  it('by an error retains the message of the user', async () => {
    const agent = await desk.agent()
    desk.plays(saysNo(400), { text: 'Hello' })
    await desk.send(agent, say('first'))
    await desk.send(agent, say('second'))
    expect(desk.said()).to.deep.equal([
      ...desk.differs('retained-turn', {
        real: [],
        ours: [{ role: 'user', content: 'first' }, NO_ANSWER_MESSAGE],
      }),
      { role: 'user', content: 'second' },
    ])
  })

  it('of a turn that was not streamed is an HTTP error', async () => {
    const status = async (code: number) => {
      const agent = await desk.agent()
      desk.plays(...Array<ScriptedAnswer>(6).fill(saysNo(code)))
      const created = desk.client.agents.messages.create(agent, { messages: say('hi') })
      return (await expectRejection(created)).status
    }
    expect([await status(400), await status(401), await status(500)]).to.deep.equal([400, 401, 500])
  })
})

contract('A request', (desk) => {
  const complaint = async (request: Promise<unknown>) => {
    const { status, body } = await expectRejection(request)
    const fields = Object.keys(Object(body)).filter((name) => name !== 'examples')
    return [status, ...fields.toSorted()]
  }
  const unfit = [422, 'detail', 'trace_id']

  it('with a malformed id is a 422', async () => {
    const { client } = desk
    expect(await complaint(client.agents.retrieve('nonsense'))).to.deep.equal(unfit)
    expect(await complaint(client.blocks.retrieve('nonsense'))).to.deep.equal(unfit)
    expect(await complaint(client.tools.retrieve('nonsense'))).to.deep.equal(unfit)
  })

  it('with an invalid body is a 422', async () => {
    const { client } = desk
    const post = (path: string, body: unknown) => complaint(client.post(path, { body }))
    expect(await post('/v1/agents/', { model: 'a/b', name: 5 })).to.deep.equal(unfit)
    expect(await post('/v1/agents/', { model: 'a/b', tags: 'one' })).to.deep.equal(unfit)
    expect(await post('/v1/agents/', [])).to.deep.equal(unfit)
    expect(await post('/v1/blocks/', { value: 'x' })).to.deep.equal(unfit)
    expect(await post('/v1/blocks/', { label: 'x', value: 5 })).to.deep.equal(unfit)
    expect(await complaint(client.put('/v1/tools/', { body: {} }))).to.deep.equal(unfit)
  })

  it('with an invalid message is a 422, and stores nothing', async () => {
    const agent = await desk.agent()
    const send = (body: unknown) =>
      complaint(desk.client.post(`/v1/agents/${agent}/messages/stream`, { body }))
    expect(await send({ messages: 'hi' })).to.deep.equal(unfit)
    expect(await send({ messages: [{ role: 'alien', content: 'hi' }] })).to.deep.equal(unfit)
    expect(await send({ messages: [{ role: 'user', content: 5 }] })).to.deep.equal(unfit)
    expect(await send({ messages: say('hi'), max_steps: 'many' })).to.deep.equal(unfit)
    expect(await desk.history(agent)).to.deep.equal([])
  })

  it('that is not JSON is a 422', async () => {
    const headers = { 'content-type': 'application/json' }
    const request = desk.client.post('/v1/agents/', { body: '{"model":', headers })
    expect(await complaint(request)).to.deep.equal(unfit)
  })

  it('for an unknown path is a 404, by another method a 405', async () => {
    const { client } = desk
    expect(await expectRejection(client.get('/v1/nothing'))).to.deep.equal({
      status: 404,
      body: { detail: 'Not Found' },
    })
    expect(await expectRejection(client.put('/v1/agents/'))).to.deep.equal({
      status: 405,
      body: { detail: 'Method Not Allowed' },
    })
  })

  it('with an invalid limit or order is a 422', async () => {
    const { client } = desk
    expect(await complaint(client.get('/v1/agents/?limit=many'))).to.deep.equal(unfit)
    expect(await complaint(client.get('/v1/agents/?order=up'))).to.deep.equal(unfit)
  })

  it('over the network requires the token', async () => {
    const { agents } = desk.client.withOptions({ apiKey: 'wrong' })
    const answer = await agents.list().then(
      () => 'a list',
      (thrown) => [thrown.status, thrown.error],
    )
    expect(answer).to.deep.equal(desk.isInProcess ? 'a list' : [401, { detail: 'Unauthorized' }])
  })

  it('for the health shows that the server is running', async () => {
    expect(await desk.client.health()).to.deep.equal({ version: '0.16.8', status: 'ok' })
  })
})

function saysNo(status: number): ScriptedAnswer {
  return { error: { status, body: { error: { message: 'The vendor says no', type: 'no' } } } }
}
