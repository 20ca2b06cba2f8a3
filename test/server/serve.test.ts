import { connect as connectSocket } from 'node:net'
import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { addressInUse } from '../../lib/server/messages/serve.ts'
import { type ServedLetta, serve } from '../../lib/server/serve.ts'
import { loadCases } from '../support/cases.ts'
import { createAgent } from '../support/letta-server.ts'
import { type ScriptedProvider, scriptedProvider } from '../support/scripted-provider.ts'

const TOKEN = 'the-token'

interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

interface LoopbackCase {
  readonly id: string
  /** `raw` and `check` are not valid HTTP requests. Other tests cover the latter. */
  readonly request: HttpRequest | { readonly raw: string } | { readonly check: string }
  readonly expect: {
    readonly status_any?: readonly number[]
    readonly status_below?: number
    readonly body_excludes?: string
    readonly no_effect?: boolean
  }
}

describe('The server on a port', () => {
  let model: ScriptedProvider
  let served: ServedLetta
  let port: string

  beforeEach(async () => {
    model = scriptedProvider()
    served = await serve({
      database: ':memory:',
      providers: [model],
      host: '127.0.0.1',
      port: 0,
      token: TOKEN,
    })
    port = new URL(served.url).port
  })
  afterEach(() => served.close())

  const clientWith = (apiKey: string): Letta =>
    new Letta({ baseURL: served.url, apiKey, logLevel: 'off', maxRetries: 0 })

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${served.url}${path}`, { headers })

  it('imports the agent file that it has exported', async () => {
    const client = clientWith(TOKEN)
    const id = await createAgent(client)
    const content = JSON.stringify(await client.agents.exportFile(id))
    const file = new File([content], 'agent.af', { type: 'application/json' })
    const { agent_ids: made } = await client.agents.importFile({ file })
    expect(made).to.have.lengthOf(1)
    expect(made[0]).to.not.equal(id)
    const refused = await clientWith('wrong')
      .agents.importFile({ file })
      .catch((thrown: unknown) => Object(thrown).status)
    expect(refused).to.equal(401)
  })

  it('answers the official client with the token', async () => {
    const client = clientWith(TOKEN)
    const id = await createAgent(client)
    model.play({ text: 'Good morning.' })
    const stream = await client.agents.messages.stream(id, {
      messages: [{ role: 'user', content: 'Hi' }],
      stream_tokens: false,
    })
    const types: unknown[] = []
    for await (const event of stream) types.push(event.message_type)
    expect(types).to.deep.equal(['ping', 'assistant_message', 'stop_reason', 'usage_statistics'])
  })

  it('answers health checks without the token, and nothing else', async () => {
    expect((await get('/v1/health/')).status).to.equal(200)
    expect((await get('/v1/agents/')).status).to.equal(401)
    expect((await get('/v1/agents/', { authorization: 'Bearer other' })).status).to.equal(401)
    expect((await get('/nowhere')).status).to.equal(401)
  })

  it('requires a content type only for a request with a body', async () => {
    const id = await createAgent(clientWith(TOKEN))
    const headers = { authorization: `Bearer ${TOKEN}` }
    const cancel = `${served.url}/v1/agents/${id}/messages/cancel`
    const bare = await fetch(cancel, { method: 'POST', headers })
    const typed = await fetch(cancel, { method: 'POST', headers, body: '{}' })
    expect([bare.status, typed.status]).to.deep.equal([200, 415])
  })

  it('stops the model when the client leaves a foreground stream', async () => {
    const client = clientWith(TOKEN)
    const id = await createAgent(client)
    model.play({ text: 'One', hang: true })
    const left = new AbortController()
    const request = client.agents.messages.stream(
      id,
      { messages: [{ role: 'user', content: 'Hi' }], stream_tokens: true },
      { signal: left.signal },
    )
    const stream = await request
    const reading = (async () => {
      for await (const _ of stream) await model.hanging().then(() => left.abort())
    })()
    await reading.catch(() => null)
    model.play({ text: 'Two' })
    const answer = await untilFree(() =>
      client.agents.messages.create(id, { messages: [{ role: 'user', content: 'Still there?' }] }),
    )
    expect(answer.messages.map((one) => ('content' in one ? one.content : null))).to.deep.equal([
      'Two',
    ])
    expect(model.aborted).to.equal(1)
  })

  it('refuses requests that a web page could send', async function () {
    const { cases } = loadCases('hostile-loopback-http.json') as { cases: LoopbackCase[] }
    this.timeout(30_000)
    const before = await agentNames()
    const wrong: unknown[] = []
    for (const one of cases) {
      const { request } = one
      if ('check' in request) continue
      const got = 'raw' in request ? await sendGarbage(request.raw) : await send(request)
      const { status_any, status_below, body_excludes, no_effect } = one.expect
      if (status_any !== undefined && !status_any.includes(got.status)) wrong.push([one.id, got])
      if (status_below !== undefined && got.status >= status_below) wrong.push([one.id, got])
      if (body_excludes !== undefined && got.body.includes(body_excludes)) wrong.push([one.id, got])
      const after = await agentNames()
      if (no_effect === true && after.join() !== before.join()) wrong.push([one.id, after])
    }
    expect(wrong).to.deep.equal([])
  })

  it('reports an address that is already in use', async () => {
    const again = serve({
      database: ':memory:',
      providers: [],
      host: '127.0.0.1',
      port: Number(port),
      token: TOKEN,
    })
    const said = await again.then(
      () => null,
      (error: Error) => error.message,
    )
    expect(said).to.equal(addressInUse(`127.0.0.1:${port}`).message)
  })

  async function agentNames(): Promise<readonly string[]> {
    const response = await get('/v1/agents/', { authorization: `Bearer ${TOKEN}` })
    const agents: unknown = await response.json()
    return Array.isArray(agents) ? agents.map(({ name }) => String(name)) : []
  }

  /** Connects clients that are slow, old or send garbage. Returns the response that another client gets meanwhile. */
  async function sendGarbage(kind: string): Promise<Answer> {
    const said: Readonly<Record<string, string | Buffer>> = {
      slowloris: 'GET /v1/agents/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-',
      http10: 'GET /v1/health/ HTTP/1.0\r\n\r\n',
      garbage: Buffer.alloc(1_000_000, '\x00\x01\xff\r\n\x16'),
    }
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connectSocket(Number(port), '127.0.0.1')
      socket.on('error', () => null)
      socket.write(said[kind] ?? '')
      return socket
    })
    const { status } = await get('/v1/health/')
    for (const socket of sockets) socket.destroy()
    return { status, body: '' }
  }

  /** Sends the request unchanged: `fetch` would correct or refuse it. */
  async function send({ method, path, headers, body = '' }: HttpRequest): Promise<Answer> {
    const text = body === '(generate 100 MB)' ? `{"name":"${'x'.repeat(20_000_000)}"}` : body
    const lines = Object.entries(headers).map(
      ([name, value]) =>
        `${name}: ${value.replace('@PORT@', port).replace('@TOKEN@', `Bearer ${TOKEN}`)}`,
    )
    const socket = connectSocket(Number(port), '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => null)
    const length = `Content-Length: ${Buffer.byteLength(text)}`
    socket.write(
      [`${method} ${path} HTTP/1.1`, ...lines, length, 'Connection: close', '', text].join('\r\n'),
    )
    await new Promise((resolve) => socket.once('close', resolve))
    const answer = Buffer.concat(chunks).toString()
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 400), body: answer }
  }
})

interface Answer {
  readonly status: number
  readonly body: string
}

/** Repeats the request until the run that the client left has ended. */
async function untilFree<Given>(ask: () => Promise<Given>): Promise<Given> {
  for (;;) {
    try {
      return await ask()
    } catch (thrown) {
      if (!(thrown instanceof Letta.ConflictError)) throw thrown
    }
  }
}
