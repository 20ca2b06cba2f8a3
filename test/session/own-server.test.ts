import { createServer, type Server } from 'node:http'
import { expect } from 'chai'
import type { BackendChoice } from '../../lib/letta/backend.ts'
import { messageOf, Problem } from '../../lib/problem.ts'
import { OWN_SERVER } from '../../lib/session/accounts.ts'
import type { SessionState } from '../../lib/session/state.ts'
import { type LettaOverHttp, lettaOverHttp } from '../support/letta-over-http.ts'
import { type ScriptedTurn, scriptedProvider } from '../support/scripted-provider.ts'
import { openDesk, type SessionDesk, transcript } from '../support/session.ts'

describe('a session with a server of the user', () => {
  let desk: SessionDesk
  let letta: LettaOverHttp | null = null
  const strangers: Server[] = []
  afterEach(async () => {
    await desk.close()
    await letta?.close()
    letta = null
    strangers.splice(0).forEach((server) => void server.close())
  })

  const own = (url: string, password: string | null = null): BackendChoice => ({
    kind: 'selfHosted',
    url,
    password,
  })
  const serve = async (turns: readonly ScriptedTurn[], cuts: readonly number[] = []) => {
    letta = await lettaOverHttp({ model: scriptedProvider(turns), cuts })
    desk = await openDesk([], { files: { 'a.txt': 'one' }, options: { backend: own(letta.url) } })
    return letta
  }
  const said = (state: SessionState): readonly string[] => transcript(state).slice(1)
  const refused = async (backend: BackendChoice) => {
    desk = await openDesk([], { options: { backend } })
    const thrown = await desk.session.opened.catch((reason: unknown) => reason)
    if (!(thrown instanceof Problem)) throw new Error('opened was not rejected with a Problem')
    return { message: thrown.message, hint: thrown.hint }
  }
  const read = { callId: 'c1', name: 'Read', args: '{"file_path":"a.txt"}' }

  it('does all that one with the embedded server does', async () => {
    await serve([{ text: 'Let me see.', calls: [read] }, { text: 'It says one.' }])
    const state = await desk.says('Read a.txt')
    expect(state.server).to.deep.equal({ kind: 'selfHosted', url: letta?.url })
    expect(said(state)).to.deep.equal([
      'user: Read a.txt',
      'assistant: Let me see.',
      'Read a.txt: success: 1→one',
      'assistant: It says one.',
    ])
  })

  it('is moved to when it is signed in to, with an agent of its own, and stays where it is when it cannot', async () => {
    letta = await lettaOverHttp({ model: scriptedProvider([{ text: 'From the server.' }]) })
    desk = await openDesk([{ text: 'From here.' }, { text: 'Still here.' }])
    const before = (await desk.says('Hello')).agent?.id
    const signIn = (address: string) =>
      desk.session.signIn(OWN_SERVER, { key: '', address }).then(
        ({ isUsed }) => isUsed,
        (thrown: unknown) => messageOf(thrown),
      )
    expect(await signIn('http://127.0.0.1:9')).to.include('127.0.0.1:9')
    expect((await desk.says('Where are you?')).server).to.deep.equal({
      kind: 'embedded',
      url: null,
    })
    expect(await signIn(letta.url)).to.equal(true)
    const state = await desk.says('Where are you?')
    expect(state.server).to.deep.equal({ kind: 'selfHosted', url: letta.url })
    expect(state.agent?.id).to.not.equal(before)
    expect(transcript(state).slice(-2)).to.deep.equal([
      'user: Where are you?',
      'assistant: From the server.',
    ])
    expect(desk.settings('project', 'settings.local.json')).to.deep.include({
      lastAgentByServer: { embedded: before, [letta.url]: state.agent?.id },
    })
  })

  it('is kept for the next start when the agent of this folder is not there', async () => {
    letta = await lettaOverHttp({ model: scriptedProvider([]) })
    desk = await openDesk([{ text: 'From here.' }])
    await desk.session.opened
    const gone = `{"lastAgentByServer": {"${letta.url}": "agent-gone"}, "lastAgent": "agent-gone"}`
    desk.write('.letta/settings.local.json', gone)
    const next = desk.again({ agent: 'new' })
    await next.session.opened
    const before = next.session.store.state
    const { isUsed } = await next.session.signIn(OWN_SERVER, { key: '', address: letta.url })
    const { server, agent } = next.session.store.state
    expect([isUsed, server, agent]).to.deep.equal([false, before.server, before.agent])
    next.session.send('Are you there?')
    expect(transcript(await next.settled()).at(-1)).to.equal('assistant: From here.')
  })

  it('shows one whole answer over connections that break', async () => {
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
    desk.session.send('Tell me a story')
    await desk.session.store.when(
      (state) => transcript(state).includes('assistant: Once') || undefined,
    )
    desk.session.cancel()
    expect(said(await desk.settled()).at(-1)).to.equal(
      'warning: Cancelled. The server takes this turn out of the agent’s history.',
    )
    const state = await desk.says('Are you there?')
    expect(said(state).at(-1)).to.equal('assistant: Here I am.')
    expect(model.aborted).to.equal(1)
  })

  it('tells in one line that the server has gone', async () => {
    const { url } = await serve([{ text: 'Good day.' }])
    await desk.session.opened
    await letta?.close()
    letta = null
    const state = await desk.says('Hello')
    expect(said(state)).to.deep.equal([
      'user (failed): Hello',
      `error: Failed to connect to Letta server ${url}`,
    ])
    expect(state.settled.at(-1)).to.deep.include({
      hint: 'Is it running? Check LETTA_BASE_URL and the network.',
    })
  })

  it('keeps what was said when the connection breaks for good', async () => {
    await serve([{ text: 'Good day to you, and many more.' }], [1400, ...Array(20).fill(10)])
    const state = await desk.says('Hello')
    const [user, assistant, error, ...more] = said(state)
    expect(user).to.equal('user (failed): Hello')
    expect(assistant).to.match(/^assistant: Good /)
    expect(error).to.equal('error: The connection broke before the answer was complete.')
    expect(more).to.deep.equal([])
  })

  it('says that a server cannot be reached', async () => {
    const server = await listening((_, response) => response.end())
    const url = urlOf(server)
    server.close()
    expect(await refused(own(url))).to.deep.equal({
      message: `Failed to connect to Letta server ${url}`,
      hint: 'Is it running? Check LETTA_BASE_URL and the network.',
    })
  })

  it('says that the key was refused', async () => {
    letta = await lettaOverHttp({ token: 'right' })
    expect(await refused(own(letta.url, 'wrong'))).to.deep.equal({
      message: `${letta.url} answered 401: Unauthorized`,
      hint: 'Give another key: letta login, or /connect. LETTA_API_KEY of the environment wins over it.',
    })
  })

  it('opens with the right password', async () => {
    letta = await lettaOverHttp({ token: 'right' })
    desk = await openDesk([], { options: { backend: own(letta.url, 'right') } })
    await desk.session.opened
    expect(desk.session.store.state.agent?.model).to.equal('scripted/model')
  })

  it('passes on what a server in trouble says', async () => {
    const server = await listening((_, response) => {
      response.writeHead(500, { 'content-type': 'application/json', 'x-should-retry': 'false' })
      response.end('{"detail":"the database is on fire"}')
    })
    strangers.push(server)
    const url = urlOf(server)
    const { message } = await refused(own(url))
    expect(message).to.equal(`${url} answered 500: the database is on fire`)
  })

  it('is not led astray by a server that is no Letta server', async () => {
    const server = await listening((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html>Welcome to nginx</html>')
    })
    strangers.push(server)
    const url = urlOf(server)
    const { message } = await refused(own(url))
    expect(message).to.equal(`${url} does not answer like a Letta server`)
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
