import { createServer, type Server } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import type { BackendChoice } from '../../lib/client/backend.ts'
import {
  cannotConnect,
  errorResponse,
  htmlPage,
  invalidResponse,
  KEY_REJECTED_HINT,
  NETWORK_REASONS,
  redirectRefused,
  retryAfterSeconds,
  STREAM_LOST,
} from '../../lib/client/messages.ts'
import { PATIENCE } from '../../lib/client/stream/stream.ts'
import { SELF_HOSTED } from '../../lib/session/accounts.ts'
import { CANCELLED, queuePaused, RECONNECTING } from '../../lib/session/messages/turns.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { messageOf, UserError } from '../../lib/util/user-error.ts'
import { type LettaOverHttp, lettaOverHttp } from '../support/letta-over-http.ts'
import { type ScriptedTurn, scriptedProvider } from '../support/scripted-provider.ts'
import { transcript } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

describe('A session on a self-hosted server', () => {
  const desk = withSession()
  let letta: LettaOverHttp | null = null
  const strangers: Server[] = []
  afterEach(async () => {
    await letta?.close()
    letta = null
    strangers.splice(0).forEach((server) => void server.close())
  })

  const own = (url: string, password: string | null = null): BackendChoice => ({
    type: 'selfHosted',
    url,
    password,
  })
  const serve = async (turns: readonly ScriptedTurn[], cuts: readonly number[] = []) => {
    letta = await lettaOverHttp({ model: scriptedProvider(turns), cuts })
    await desk.start([], { files: { 'a.txt': 'one' }, options: { backend: own(letta.url) } })
    return letta
  }
  const said = (state: SessionState): readonly string[] => transcript(state).slice(1)
  const refused = async (backend: BackendChoice) => {
    await desk.start([], { options: { backend } })
    const thrown = await desk.session.opened.catch((reason: unknown) => reason)
    if (!(thrown instanceof UserError)) throw new Error('opened was not rejected with a Problem')
    return { message: thrown.message, hint: thrown.hint }
  }
  const read = { callId: 'c1', name: 'Read', args: '{"file_path":"a.txt"}' }

  it('does the same as one with the embedded server', async () => {
    await serve([{ text: 'Let me see.', calls: [read] }, { text: 'It says one.' }])
    const state = await desk.says('Read a.txt')
    expect(state.server).to.deep.equal({ type: 'selfHosted', url: letta?.url })
    expect(said(state)).to.deep.equal([
      'user: Read a.txt',
      'assistant: Let me see.',
      'Read a.txt: success: 1→one',
      'assistant: It says one.',
    ])
  })

  it('is opened after signing in, with a separate agent, and is not when that fails', async () => {
    letta = await lettaOverHttp({ model: scriptedProvider([{ text: 'From the server.' }]) })
    await desk.start([{ text: 'From here.' }, { text: 'Still here.' }])
    const before = (await desk.says('Hello')).agent?.id
    const signIn = (address: string) =>
      desk.session.accounts.signIn(SELF_HOSTED, { key: '', address }).then(
        ({ isUsed }) => isUsed,
        (thrown: unknown) => messageOf(thrown),
      )
    expect(await signIn('http://127.0.0.1:9')).to.include('127.0.0.1:9')
    expect((await desk.says('Where are you?')).server).to.deep.equal({
      type: 'embedded',
      url: null,
    })
    expect(await signIn(letta.url)).to.equal(true)
    const state = await desk.says('Where are you?')
    expect(state.server).to.deep.equal({ type: 'selfHosted', url: letta.url })
    expect(state.agent?.id).to.not.equal(before)
    expect(transcript(state).slice(-2)).to.deep.equal([
      'user: Where are you?',
      'assistant: From the server.',
    ])
    expect(desk.settings('project', 'settings.local.json')).to.deep.include({
      lastAgentByServer: { embedded: before, [letta.url]: state.agent?.id },
    })
  })

  it('is remembered for the next start when the agent of the directory is missing', async () => {
    letta = await lettaOverHttp({ model: scriptedProvider([]) })
    await desk.start([{ text: 'From here.' }])
    await desk.session.opened
    const gone = `{"lastAgentByServer": {"${letta.url}": "agent-gone"}, "lastAgent": "agent-gone"}`
    desk.write('.letta/settings.local.json', gone)
    const next = desk.again({ agent: 'new' })
    await next.session.opened
    const before = next.session.store.state
    const { isUsed } = await next.session.accounts.signIn(SELF_HOSTED, {
      key: '',
      address: letta.url,
    })
    const { server, agent } = next.session.store.state
    expect([isUsed, server, agent]).to.deep.equal([false, before.server, before.agent])
    next.session.turns.send('Are you there?')
    expect(transcript(await next.settled()).at(-1)).to.equal('assistant: From here.')
  })

  it('shows one complete answer over connections that break', async () => {
    await serve(
      [{ reasoning: 'Let me look.', text: 'Let me see.', calls: [read] }, { text: 'It says one.' }],
      [700, 900, 500, 350],
    )
    const state = await desk.says('Read a.txt')
    expect(said(state)).to.deep.equal([
      'user: Read a.txt',
      'reasoning: Let me look.',
      'assistant: Let me see.',
      'Read a.txt: success: 1→one',
      'assistant: It says one.',
    ])
    expect(letta?.model.requests).to.have.lengthOf(2)
  })

  it('ends the run on the server when the turn is cancelled', async () => {
    const { model } = await serve([{ text: 'Once', hang: true }, { text: 'Here I am.' }])
    desk.session.turns.send('Tell me a story')
    await desk.session.store.when(
      (state) => transcript(state).includes('assistant: Once') || undefined,
    )
    desk.session.turns.cancel()
    desk.session.turns.cancel()
    expect(said(await desk.settled()).at(-1)).to.equal(`warning: ${CANCELLED.selfHosted}`)
    const state = await desk.says('Are you there?')
    const cancels = letta?.requests.filter((request) => request.endsWith('/cancel'))
    expect(cancels).to.have.lengthOf(1)
    expect(said(state).at(-1)).to.equal('assistant: Here I am.')
    expect(model.aborted).to.equal(1)
  })

  it('shows a message that waits until the server confirms a cancellation', async () => {
    const model = scriptedProvider([{ text: 'Once', hang: true }])
    letta = await lettaOverHttp({ model, unansweredPath: '/cancel' })
    await desk.start([], { options: { backend: own(letta.url) } })
    desk.session.turns.send('Tell me a story')
    await model.hanging()
    desk.session.turns.cancel()
    expect(said(await desk.settled())[0]).to.equal('user (cancelled): Tell me a story')
    await nextTurn()
    desk.session.turns.send('And then?')
    const { queue } = desk.session.store.state
    expect(queue.map(({ text }) => text)).to.deep.equal(['And then?'])
    await letta.close()
    letta = null
    const state = await desk.settled()
    expect(said(state).at(-2)).to.equal('user (failed): And then?')
  })

  it('reports in one line that the server is unreachable during a turn', async () => {
    const { url } = await serve([{ text: 'Good day.' }])
    await desk.session.opened
    await letta?.close()
    letta = null
    const state = await desk.says('Hello')
    const [user, error = '', ...more] = said(state)
    expect([user, ...more]).to.deep.equal(['user (failed): Hello'])
    // The request may first find that its keep-alive connection was closed.
    expect(error.split(': ').slice(0, -1)).to.deep.equal([
      'error',
      `Failed to connect to Letta server ${url}`,
    ])
    expect(state.settled.at(-1)).to.deep.include({
      hint: cannotConnect(url, null).hint,
    })
  })

  it('keeps the received text when the connection breaks permanently', async () => {
    await serve([{ text: 'Good day to you, and many more.' }], [1400, ...Array(200).fill(10)])
    const { outage } = PATIENCE
    Object.assign(PATIENCE, { outage: 3000 })
    const state = await desk.says('Hello')
    Object.assign(PATIENCE, { outage })
    const [user, assistant, warning, error, ...more] = said(state)
    expect(user).to.equal('user (failed): Hello')
    expect(assistant).to.match(/^assistant: Good /)
    expect(warning).to.equal(`warning: ${RECONNECTING}`)
    expect(error).to.equal(`error: ${STREAM_LOST.message}`)
    expect(more).to.deep.equal([])
  })

  it('shows the complete answer, and sends what was queued, after the next message', async () => {
    await serve(
      [{ text: 'Good day to you, and many more.' }, { text: 'I see.' }, { text: 'Yes.' }],
      [1400, ...Array(8).fill(10)],
    )
    const { outage } = PATIENCE
    Object.assign(PATIENCE, { outage: 2000 })
    desk.session.turns.send('Hello')
    desk.session.turns.send('Are you there?')
    const broken = await desk.settled()
    Object.assign(PATIENCE, { outage })
    expect(said(broken).at(-1)).to.equal(`warning: ${queuePaused(1)}`)
    expect(broken.queue.map(({ text }) => text)).to.deep.equal(['Are you there?'])
    desk.session.turns.send('And now?')
    const lines = said(await desk.settled(3))
    expect(lines).to.include('assistant: Good day to you, and many more.')
    expect(lines.slice(-4)).to.deep.equal([
      'user: Are you there?',
      'assistant: I see.',
      'user: And now?',
      'assistant: Yes.',
    ])
  })

  it('reports that a server cannot be reached at the start', async () => {
    const server = await listening((_, response) => response.end())
    const url = urlOf(server)
    server.close()
    const expected = cannotConnect(url, NETWORK_REASONS['ECONNREFUSED'] ?? '')
    expect(await refused(own(url))).to.deep.equal(expected)
  })

  it('reports that the key was rejected', async () => {
    letta = await lettaOverHttp({ token: 'right' })
    expect(await refused(own(letta.url, 'wrong'))).to.deep.equal({
      message: errorResponse(letta.url, 401, 'Unauthorized'),
      hint: KEY_REJECTED_HINT,
    })
  })

  it('opens with the right password', async () => {
    letta = await lettaOverHttp({ token: 'right' })
    await desk.start([], { options: { backend: own(letta.url, 'right') } })
    await desk.session.opened
    expect(desk.session.store.state.agent?.model).to.equal('scripted/model')
  })

  it('reports the error message of a failing server', async () => {
    const server = await listening((_, response) => {
      response.writeHead(500, { 'content-type': 'application/json', 'x-should-retry': 'false' })
      response.end('{"detail":"the database is on fire"}')
    })
    strangers.push(server)
    const url = urlOf(server)
    const { message } = await refused(own(url))
    expect(message).to.equal(`${url} answered 500: the database is on fire`)
  })

  it('reports that a server is not a Letta server', async () => {
    const server = await listening((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html>Welcome to nginx</html>')
    })
    strangers.push(server)
    const url = urlOf(server)
    const { message } = await refused(own(url))
    expect(message).to.equal(invalidResponse(url).message)
  })

  describe('reports in one line over a hostile network', () => {
    const page =
      '<!DOCTYPE html><html><head><title>Hotel\n  WiFi</title></head><body>Sign in</body>'
    const noticesAfter = async (status: number, headers: Record<string, string>, body: string) => {
      const server = await listening((_, response) => {
        response.writeHead(status, { 'x-should-retry': 'false', ...headers }).end(body)
      })
      strangers.push(server)
      const { message, hint } = await refused(own(urlOf(server), 'secret'))
      return [message.replace(urlOf(server), 'URL'), hint]
    }
    const html = { 'content-type': 'text/html' }
    const json = { 'content-type': 'application/json' }

    it('that a page came instead of an answer', async () => {
      expect(await noticesAfter(511, html, page)).to.deep.equal([
        errorResponse('URL', 511, htmlPage('Hotel WiFi')),
        undefined,
      ])
      await desk.close()
      expect(await noticesAfter(200, html, page)).to.deep.equal([
        invalidResponse('URL').message,
        invalidResponse('URL').hint,
      ])
    })

    it('that the answer is JSON of another kind', async () => {
      const [message] = await noticesAfter(200, json, '{}')
      expect(message).to.equal(invalidResponse('URL').message)
    })

    it('nothing when a retry completes a broken answer', async () => {
      let asked = 0
      const server = await listening((_, response) => {
        asked++
        response.writeHead(200, { ...json, 'content-length': asked === 1 ? 100 : 2 })
        if (asked > 1) response.end('{}')
        else response.write('{}', () => response.destroy())
      })
      strangers.push(server)
      const url = urlOf(server)
      expect((await refused(own(url))).message).to.equal(invalidResponse(url).message)
      // Once more because the body was cut off, and once more because it is not that of Letta.
      expect(asked).to.equal(3)
    })

    it('how long the server asks to wait, without waiting for an hour', async () => {
      const busy = '{"error":{"message":"slow down"}}'
      const headers = { ...json, 'retry-after': '3600', 'x-should-retry': 'true' }
      expect(await noticesAfter(429, headers, busy)).to.deep.equal([
        'URL answered 429: slow down',
        retryAfterSeconds(3600),
      ])
    })

    it('that it is redirected, and sends the key nowhere else', async () => {
      let seen = 0
      const other = await listening((_, response) => {
        seen++
        response.writeHead(200, html).end(page)
      })
      strangers.push(other)
      const [message] = await noticesAfter(307, { location: `${urlOf(other)}/portal` }, '')
      const { host } = new URL(urlOf(other))
      expect([message, seen]).to.deep.equal([errorResponse('URL', 502, redirectRefused(host)), 0])
    })
  })
})

function listening(answer: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer(answer)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

function urlOf(server: Server): string {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}
