import path from 'node:path'
import { expect } from 'chai'
import { CALLBACK_NOT_SUPPORTED, IMAGE_NOT_LOADED } from '../../lib/server/messages/api.ts'
import { SERVER_CLOSED } from '../../lib/server/messages/serve.ts'
import {
  clientOf,
  createAgent,
  openedServer,
  say,
  send,
  storedOutline,
  temporaryDirectory,
} from '../support/letta-server.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'
import { withServer } from '../support/with-server.ts'

const UNKNOWN_AGENT = 'agent-00000000-0000-4000-8000-000000000000'

describe('A request that cannot be fulfilled', () => {
  const opened = withServer()

  const ask = opened.request

  it('gets a 404 for an agent, block, tool or run that does not exist', async () => {
    const uuid = UNKNOWN_AGENT.slice(6)
    expect([
      await ask('GET', `/v1/agents/${UNKNOWN_AGENT}`),
      await ask('PATCH', `/v1/agents/${UNKNOWN_AGENT}`, { name: 'x' }),
      await ask('DELETE', `/v1/agents/${UNKNOWN_AGENT}`),
      await ask('POST', `/v1/agents/${UNKNOWN_AGENT}/messages/stream`, { messages: say('hi') }),
      await ask('GET', `/v1/blocks/block-${uuid}`),
      await ask('GET', `/v1/tools/tool-${uuid}`),
      await ask('GET', `/v1/runs/run-${uuid}`),
    ]).to.deep.equal([
      ...Array(4).fill({
        status: 404,
        body: { detail: `Agent with ID ${UNKNOWN_AGENT} not found` },
      }),
      { status: 404, body: { detail: `Block with id 'block-${uuid}' not found` } },
      { status: 404, body: { detail: `Tool with ID tool-${uuid} not found` } },
      { status: 404, body: { detail: `Run with ID run-${uuid} not found` } },
    ])
  })

  it('gets a 422 for an invalid id', async () => {
    const { status, body } = await ask('GET', '/v1/agents/nope')
    expect(status).to.equal(422)
    expect({ ...body, detail: JSON.parse(body.detail) }).to.deep.equal({
      trace_id: '',
      detail: [
        {
          type: 'string_pattern_mismatch',
          loc: ['path', 'agent_id'],
          msg: "String should match pattern 'agent-{uuid4}'",
          input: 'nope',
        },
      ],
    })
  })

  it('gets a 422 with the location of what is invalid in its body', async () => {
    const locs = async (method: string, url: string, body: unknown) => {
      const answer = await ask(method, url, body)
      const detail = JSON.parse(answer.body.detail)
      return [answer.status, detail.map((one: { loc: unknown }) => one.loc)]
    }
    const { id } = await opened.client.agents.create({ name: 'Ada', model: 'scripted/model' })
    expect(await locs('POST', '/v1/agents/', { name: 7 })).to.deep.equal([422, [['body', 'name']]])
    expect(await locs('POST', '/v1/blocks/', { value: 'x' })).to.deep.equal([
      422,
      [['body', 'label']],
    ])
    const messages = [{ role: 'robot', content: 'x' }]
    expect(await locs('POST', `/v1/agents/${id}/messages`, { messages })).to.deep.equal([
      422,
      [['body', 'messages', 0]],
    ])
    const stream = `/v1/agents/${id}/messages/stream`
    expect(await locs('POST', stream, {})).to.deep.equal([422, [['body']]])
    expect((await ask('POST', stream, { messages: [] })).body).to.deep.equal({
      detail: 'Messages must not be empty',
    })
  })

  it('gets a 422 for an invalid image, which does not enter the history', async () => {
    const { id } = await opened.client.agents.create({ name: 'Ada', model: 'scripted/model' })
    const withImage = (media_type: string, data: string) => [
      { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type, data } }] },
    ]
    for (const [type, data] of [
      ['', 'aGk='],
      ['text/html', 'aGk='],
      ['image/png', ''],
      ['image/png', '<svg>'],
    ] as const) {
      const url = `/v1/agents/${id}/messages`
      const { status } = await ask('POST', url, { messages: withImage(type, data) })
      expect(status, `${type} ${data}`).to.equal(422)
    }
    expect(await storedOutline(opened.client, id)).to.deep.equal([])
  })

  it('gets the reason for what this server does not do: images by address, and callbacks', async () => {
    const source = { type: 'url', url: 'https://example.com/a.png' }
    const withImage = [{ role: 'user', content: [{ type: 'image', source }] }]
    const url = `/v1/agents/${opened.agentId}/messages`
    const image = await ask('POST', url, { messages: withImage })
    const callback = { messages: say('hi'), callback_url: 'https://example.com/done' }
    const called = await ask('POST', `${url}/async`, callback)
    const reasons = [image, called].map(({ status, body }) => [
      status,
      JSON.parse(body.detail)[0].msg,
    ])
    expect(reasons).to.deep.equal([
      [422, IMAGE_NOT_LOADED],
      [422, CALLBACK_NOT_SUPPORTED],
    ])
    expect(await storedOutline(opened.client, opened.agentId)).to.deep.equal([])
  })

  it('gets a 422 for a body that is not JSON', async () => {
    const request = new Request('http://embedded.letta/v1/agents', { method: 'POST', body: '{' })
    expect((await opened.server.fetch(request)).status).to.equal(422)
  })

  it('gets an error with the name of an unknown tool or model', async () => {
    expect(
      await ask('POST', '/v1/agents', { name: 'x', model: 'scripted/model', tools: ['Fly'] }),
    ).to.deep.equal({ status: 400, body: { detail: "Tools not found by name: {'Fly'}" } })
    expect(await ask('POST', '/v1/agents', { name: 'x', model: 'scripted/nope' })).to.deep.equal({
      status: 404,
      body: {
        detail: "NOT_FOUND: Handle scripted/nope not found, must be one of ['scripted/model']",
      },
    })
    expect((await ask('POST', '/v1/agents', { name: 'x', model: 'openai/x' })).status).to.equal(404)
  })

  it('gets a 404 for an unknown route', async () => {
    expect(await ask('GET', '/v1/nowhere')).to.deep.equal({
      status: 404,
      body: { detail: 'Not Found' },
    })
  })
})

describe('An agent whose provider no longer exists', () => {
  it('fails in the stream, retains the message, and continues with another model', async () => {
    const { directory, remove } = await temporaryDirectory()
    const database = path.join(directory, 'letta.db')
    const before = await openedServer({ database })
    const agentId = await createAgent(before.client)
    await before.close()

    const facts = { name: 'Other', contextWindow: 1000, maxOutputTokens: null }
    const other = scriptedProvider([{ text: 'Hello.' }])
    const listModels = async () => [{ ...facts, handle: 'other/model' }]
    const { client, close } = await openedServer({
      database,
      model: { ...other, id: 'other', listModels },
    })
    const { error } = await send(client, agentId, say('hi'))
    expect(error).to.deep.include({
      error_type: 'internal_error',
      message: "NOT_FOUND: Handle scripted/model not found, must be one of ['other/…']",
    })
    await client.agents.update(agentId, { model: 'other/model' })
    await send(client, agentId, say('again'))
    expect(await storedOutline(client, agentId)).to.deep.equal([
      'user_message "hi"',
      'user_message "again"',
      'assistant_message "Hello."',
    ])
    await close()
    await remove()
  })
})

describe('A server that is closed', () => {
  it('answers a request with 503 instead of using the closed database', async () => {
    const { server, close } = await openedServer()
    await close()
    const response = await server.fetch(new Request('http://embedded.letta/v1/agents/'))
    expect([response.status, await response.json()]).to.deep.equal([503, { detail: SERVER_CLOSED }])
  })
})

describe('A server with a token', () => {
  it('answers requests with the token, and health checks without it', async () => {
    const { server, close } = await openedServer({ token: 'secret' })
    const status = async (headers: Record<string, string>, url = '/v1/agents/') =>
      (await server.fetch(new Request(`http://embedded.letta${url}`, { headers }))).status
    expect([
      await status({}),
      await status({ authorization: 'Bearer wrong!' }),
      await status({ authorization: 'Bearer secret' }),
      await status({}, '/v1/health/'),
    ]).to.deep.equal([401, 401, 200, 200])
    expect((await clientOf(server, 'secret').agents.list()).items).to.deep.equal([])
    await close()
  })
})
