import { expect } from 'chai'
import { serverBusy } from '../../lib/client/messages.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import type { RetryWait } from '../../lib/session/state/turn.ts'
import { openTurnSession } from '../../lib/session/turn-session.ts'
import { createStore } from '../../lib/store.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { type LettaOverHttp, lettaOverHttp } from '../support/letta-over-http.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'
import { transcript } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

/** The server asks for twenty seconds, which no test takes. */
describe('A request that is to be repeated later', () => {
  const desk = withSession()
  let letta: LettaOverHttp | null = null
  afterEach(async () => {
    await desk.close()
    await letta?.close()
    letta = null
  })

  const serve = async (busyPath: string): Promise<void> => {
    letta = await lettaOverHttp({ model: scriptedProvider([{ text: 'Hi.' }]), busyPath })
    const backend = { type: 'selfHosted', url: letta.url, password: null } as const
    await desk.start([], { options: { backend } })
  }
  const waiting = async (): Promise<RetryWait> => {
    const { store } = desk.session
    const wait = await store.when(({ retryWaits: [first] }) => first)
    expect(wait.until - Date.now()).to.be.within(15_000, 20_000)
    return wait
  }
  const hostOf = (): string => new URL(letta?.url ?? '').host
  const waits = ({ retryWaits }: SessionState): number => retryWaits.length

  for (const path of ['/v1/models/', '/v1/blocks/', '/v1/agents/']) {
    it(`is known with its server and time at the start, and is repeated at once when the user asks for that: ${path}`, async () => {
      await serve(path)
      expect((await waiting()).reason).to.equal(serverBusy(hostOf(), 429))
      desk.session.turns.retryNow()
      await desk.session.opened
      expect(waits(desk.session.store.state)).to.equal(0)
    })
  }

  it('fails with the answer of the server when the user gives it up', async () => {
    await serve('/v1/agents/')
    await waiting()
    expect(desk.session.turns.giveUpWaits()).to.equal(true)
    const thrown = await desk.session.opened.catch((reason: unknown) => reason)
    expect(thrown).to.be.instanceOf(UserError)
    expect(waits(desk.session.store.state)).to.equal(0)
  })

  it('is given up when a session for headless mode is closed', async () => {
    letta = await lettaOverHttp({ model: scriptedProvider([]), busyPath: '/v1/agents/' })
    await desk.start([])
    const store = createStore(emptySession(desk.options.directory, Date.now()), reduceSession)
    const backend = { type: 'selfHosted', url: letta.url, password: null } as const
    const session = openTurnSession({ ...desk.options, backend }, store)
    const opened = session.opened.catch((thrown: unknown) => thrown)
    await store.when(({ retryWaits: [first] }) => first)
    await session.close()
    expect(waits(store.state)).to.equal(0)
    expect(await opened).to.be.instanceOf(UserError)
  })

  it('is known when it is a message, which is sent once more at once', async () => {
    await serve('/messages/stream')
    await desk.session.opened
    const answered = desk.says('hello')
    expect((await waiting()).reason).to.equal(serverBusy(hostOf(), 429))
    desk.session.turns.retryNow()
    expect(transcript(await answered).at(-1)).to.equal('assistant: Hi.')
  })

  it('ends with the turn when that is cancelled', async () => {
    await serve('/messages/stream')
    await desk.session.opened
    const ended = desk.says('hello')
    await waiting()
    desk.session.turns.cancel()
    expect(waits(await ended)).to.equal(0)
  })

  it('is known when it is a model call of the embedded server, which is made at once', async () => {
    const headers = { 'retry-after': '20' }
    const body = { error: { message: 'Slow down' } }
    await desk.start([{ error: { status: 429, headers, body } }, { text: 'Hi.' }])
    const answered = desk.says('hello')
    const { reason, ofServer } = await waiting()
    expect(reason).to.include('Slow down')
    expect(ofServer).to.equal(true)
    desk.session.turns.retryNow()
    const state = await answered
    expect(transcript(state).at(-1)).to.equal('assistant: Hi.')
    expect(waits(state)).to.equal(0)
  })
})
