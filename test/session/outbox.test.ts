import { readdirSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import path from 'node:path'
import { expect } from 'chai'
import { type LettaServe, startLettaServe } from '../support/letta-serve.ts'
import { conversation, transcript } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

const CALL = { id: 'c1', name: 'Bash', args: { command: 'echo ran >> log; printf result' } }

/** Requests go to the server through this proxy, which can refuse the results of tools. */
interface Proxy {
  readonly url: string
  refusesResults: boolean
  close(): void
}

describe('The result of a tool that could not be delivered', () => {
  const desk = withSession()
  let letta: LettaServe
  let proxy: Proxy
  afterEach(async () => {
    proxy.close()
    await letta.stop()
  })

  const open = async (): Promise<void> => {
    await desk.start([{ calls: [CALL] }, { sticky: true, text: 'I see.' }])
    await desk.session.opened
    letta = await startLettaServe({ OPENAI_API_KEY: 'x', OPENAI_BASE_URL: desk.endpoint.url })
    proxy = await startProxy(letta.url)
  }
  const session = () =>
    desk.again({
      mode: 'bypassPermissions',
      backend: { type: 'selfHosted', url: proxy.url, password: letta.token },
    })
  const outbox = (): string => path.join(desk.home, '.letta', 'outbox')
  const isRefused = ({ settled }: { readonly settled: readonly { readonly type: string }[] }) =>
    settled.some((entry) => entry.type === 'notice' && JSON.stringify(entry).includes('refused'))

  it('is sent before the next message, and the tool does not run again', async () => {
    await open()
    const opened = session()
    await opened.session.opened
    proxy.refusesResults = true
    expect(isRefused(await opened.says('Run it'))).to.equal(true)
    proxy.refusesResults = false
    const state = await opened.says('And?')
    expect(transcript(state).slice(-3)).to.deep.equal([
      'user: And?',
      `Bash ${CALL.args.command}: success: result`,
      'assistant: I see.',
    ])
    const sent = conversation(desk.endpoint.requests.at(-1)).slice(-2)
    expect(sent).to.deep.equal(['c1 OK: result', 'user: And?'])
    expect([desk.read('log'), readdirSync(outbox())]).to.deep.equal(['ran\n', []])
  })

  it('is sent by the next session, without asking', async () => {
    await open()
    const opened = session()
    await opened.session.opened
    proxy.refusesResults = true
    await opened.says('Run it')
    const [file = ''] = readdirSync(outbox())
    expect(statSync(path.join(outbox(), file)).mode & 0o777).to.equal(0o600)
    proxy.refusesResults = false
    const state = await session().settled()
    expect(transcript(state).slice(-2)).to.deep.equal([
      `Bash ${CALL.args.command}: success: result`,
      'assistant: I see.',
    ])
    expect([desk.read('log'), readdirSync(outbox())]).to.deep.equal(['ran\n', []])
  })
})

async function startProxy(target: string): Promise<Proxy> {
  const proxy = { url: '', refusesResults: false, close: () => void server.close() }
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts).toString()
    if (proxy.refusesResults && body.includes('"tool_return"')) {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end('{"detail":"refused"}')
      return
    }
    const { host: _, ...headers } = request.headers
    const answer = await fetch(new URL(request.url ?? '/', target), {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body === '' ? {} : { body }),
    })
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/json',
    })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy.url = `http://127.0.0.1:${Object(server.address()).port}`
  return proxy
}
