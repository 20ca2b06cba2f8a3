import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { fileLeases } from '../../lib/client/gateway/file-leases.ts'
import {
  chooseLeases,
  type Lease,
  type LeaseTable,
  serverLeases,
} from '../../lib/client/gateway/leases.ts'
import { identifyProcess, type ProcessIdentity } from '../../lib/fs/process-identity.ts'
import { awaitOtherClient, awaitOtherRun } from '../../lib/session/await-others.ts'
import { ANSWERED_ELSEWHERE, runningElsewhere } from '../../lib/session/messages/turns.ts'
import { openThread, phaseOf } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import type { TurnHolder } from '../../lib/session/state/turn.ts'
import { acquireLease, LEASE_TIMES, type LeasePorts } from '../../lib/session/turn-lease.ts'
import { watchChanges } from '../../lib/session/value-watch.ts'
import { defaultThread } from '../../lib/util/thread.ts'
import { createAgent, type OpenedServer, openedServer } from '../support/letta-server.ts'
import { openDesk, type SessionDesk, transcript } from '../support/session.ts'

const NEVER = new AbortController().signal
const NOT_SUPPORTED = { read: noRoute, hold: noRoute, release: noRoute }

async function noRoute(): Promise<null> {
  return null
}

for (const where of ['the embedded server', 'files'] as const) {
  describe(`A lease in ${where}`, () => {
    let directory: string
    let opened: OpenedServer
    let leases: LeaseTable
    let agentId: string
    let own: ProcessIdentity
    const usual = { ...LEASE_TIMES }
    beforeEach(async () => {
      directory = mkdtempSync(path.join(tmpdir(), 'letta-leases-'))
      opened = await openedServer()
      agentId = await createAgent(opened.client)
      const server = where === 'files' ? NOT_SUPPORTED : serverLeases(opened.client, (one) => one)
      leases = chooseLeases(server, fileLeases(directory, 'server'))
      own = await identifyProcess()
      Object.assign(LEASE_TIMES, { renewal: 20, poll: 5, silence: 300, foreign: 300 })
    })
    afterEach(async () => {
      Object.assign(LEASE_TIMES, usual)
      await opened.close()
      rmSync(directory, { recursive: true, force: true })
    })

    const portsOf = (owner: string, more: Partial<LeasePorts> = {}): LeasePorts => ({
      leases,
      thread: defaultThread(agentId),
      owner,
      waiting: () => undefined,
      lost: () => undefined,
      isTakeOverRequested: () => false,
      ...more,
    })
    const holdAs = (owner: string, process: ProcessIdentity | null): Promise<Lease | null> =>
      leases.hold(defaultThread(agentId), { owner, activity: 'tool', process }, null)
    const ownerNow = async () => (await leases.read(defaultThread(agentId))).lease?.owner ?? null

    it('is had by one session at a time, and then by the next', async () => {
      const first = await acquireLease(portsOf('one'), NEVER)
      const holders: (TurnHolder | null)[] = []
      const second = acquireLease(
        portsOf('two', { waiting: (holder) => holders.push(holder) }),
        NEVER,
      )
      while (holders.length === 0) await turn()
      expect(await ownerNow()).to.equal('one')
      expect(holders[0]).to.deep.equal({ activity: 'model', processId: process.pid })
      await first.release()
      expect((await second).hasWaited).to.equal(true)
      expect([await ownerNow(), holders.at(-1)]).to.deep.equal(['two', null])
      await (await second).release()
      expect(await ownerNow()).to.equal(null)
    })

    it('of a process that has ended is taken at once', async () => {
      await holdAs('gone', { ...own, processId: 2 ** 22 + 1 })
      const lease = await acquireLease(portsOf('one'), NEVER)
      expect([lease.hasWaited, await ownerNow()]).to.deep.equal([false, 'one'])
      await lease.release()
    })

    it('of another program that has got the process id since is taken at once', async () => {
      if (own.startedAt === null) return
      await holdAs('gone', { ...own, startedAt: '1' })
      const lease = await acquireLease(portsOf('one'), NEVER)
      expect(lease.hasWaited).to.equal(false)
      await lease.release()
    })

    it('of a process that exists is kept, however long it is not renewed', async () => {
      await holdAs('stopped', own)
      const abort = new AbortController()
      const waiting = acquireLease(portsOf('one'), abort.signal)
      await pause(LEASE_TIMES.silence * 2)
      expect(await ownerNow()).to.equal('stopped')
      abort.abort()
      await waiting.catch(() => undefined)
      expect(abort.signal.aborted).to.equal(true)
    })

    it('of a process elsewhere is taken when it was not renewed for long', async () => {
      const began = performance.now()
      await holdAs('elsewhere', { ...own, host: 'another' })
      const lease = await acquireLease(portsOf('one'), NEVER)
      expect(performance.now() - began).to.be.above(LEASE_TIMES.silence)
      expect([lease.hasWaited, await ownerNow()]).to.deep.equal([true, 'one'])
      await lease.release()
    })

    it('of a process elsewhere is kept while it is renewed', async () => {
      const elsewhere = { ...own, host: 'another' }
      await holdAs('elsewhere', elsewhere)
      const renewing = setInterval(() => void holdAs('elsewhere', elsewhere), 30)
      const abort = new AbortController()
      const waiting = acquireLease(portsOf('one'), abort.signal)
      await pause(LEASE_TIMES.silence * 2)
      clearInterval(renewing)
      expect(await ownerNow()).to.equal('elsewhere')
      abort.abort()
      await waiting.catch(() => undefined)
    })

    it('that is taken over is no longer that of its first owner', async () => {
      let isLost = false
      const first = await acquireLease(portsOf('one', { lost: () => (isLost = true) }), NEVER)
      const second = await acquireLease(portsOf('two', { isTakeOverRequested: () => true }), NEVER)
      while (!isLost) await turn()
      await first.release()
      expect(await ownerNow()).to.equal('two')
      await second.release()
    })

    it('is not replaced when it was renewed since', async () => {
      const stale = await holdAs('one', own)
      await holdAs('one', own)
      const after = await leases.hold(
        defaultThread(agentId),
        { owner: 'two', activity: 'model', process: own },
        stale,
      )
      expect(after?.owner).to.equal('one')
    })

    it('names what its owner does', async () => {
      const lease = await acquireLease(portsOf('one'), NEVER)
      lease.report('approval')
      while ((await leases.read(defaultThread(agentId))).lease?.activity !== 'approval')
        await turn()
      await lease.release()
    })
  })
}

describe('Calls of a client without a lease', () => {
  const usual = { ...LEASE_TIMES }
  beforeEach(() => void Object.assign(LEASE_TIMES, { poll: 5, foreign: 200 }))
  afterEach(() => void Object.assign(LEASE_TIMES, usual))

  const portsOf = (client: string | null) => ({
    leases: {
      read: async () => ({ lease: null, pending: { client } }),
      hold: async () => null,
      release: async () => undefined,
    },
    thread: defaultThread('a'),
    waiting: () => undefined,
    isTakeOverRequested: () => false,
  })

  it('are waited for until that client answers them', async () => {
    const began = performance.now()
    const ids = async () => (performance.now() - began < 100 ? ['c1'] : [])
    await awaitOtherClient(portsOf(null), ids, NEVER)
    expect(performance.now() - began).to.be.within(90, 190)
  })

  it('count as left pending after a while', async () => {
    const began = performance.now()
    await awaitOtherClient(portsOf(null), async () => ['c1'], NEVER)
    expect(performance.now() - began).to.be.above(190)
  })

  it('are not waited for when they are those of a session, which has no lease any more', async () => {
    const began = performance.now()
    await awaitOtherClient(portsOf('gone'), async () => ['c1'], NEVER)
    expect(performance.now() - began).to.be.below(150)
  })
})

describe('A run of a client without a lease', () => {
  const usual = { ...LEASE_TIMES }
  beforeEach(() => void Object.assign(LEASE_TIMES, { poll: 5, stuck: 100 }))
  afterEach(() => void Object.assign(LEASE_TIMES, usual))

  /** Looks at a run that has written `texts`, one at each look, and the last one from then on. */
  const look = async (texts: readonly (string | null)[], changes = watchChanges()) => {
    let looks = 0
    const run = {
      written: async () => texts[Math.min(looks++, texts.length - 1)] ?? null,
      cancel: async () => undefined,
    }
    const ports = { waiting: () => undefined, isTakeOverRequested: () => false }
    const hasEnded = await awaitOtherRun(ports, run, { changes, signal: NEVER })
    return { hasEnded, looks }
  }

  it('is waited for until it ends, or writes nothing more', async () => {
    expect(await look(['a', 'ab', null])).to.deep.equal({ hasEnded: true, looks: 3 })
    expect((await look(['a', 'ab'])).hasEnded).to.equal(false)
  })

  it('that writes nothing is waited for once, however often a turn is refused because of it', async () => {
    const changes = watchChanges()
    await look(['a'], changes)
    expect(await look(['a'], changes)).to.deep.equal({ hasEnded: false, looks: 1 })
  })
})

describe('A turn whose call another client answers', () => {
  it('does not send its message again', async () => {
    const call = { id: 'c1', name: 'Bash', args: { command: 'echo begun; sleep 1' } }
    const desk = await openDesk([{ calls: [call] }, { sticky: true, text: 'I see.' }], {
      options: { mode: 'bypassPermissions' },
    })
    try {
      desk.session.turns.send('Run it')
      await desk.session.store.when(({ current }) => {
        const last = current.at(-1)
        return (last?.type === 'tool' && last.call.phase.type === 'running') || undefined
      })
      const other = desk.again()
      await other.session.opened
      const agentId = other.session.store.state.agent?.id ?? ''
      await answerAs(desk, agentId)
      const lines = transcript(await desk.settled())
      expect(lines.at(-1)).to.equal(`error: ${ANSWERED_ELSEWHERE.message}`)
      expect(desk.session.store.state.failedTurn, 'what /retry sends').to.equal(null)
      const texts = desk.endpoint.requests.map(({ body }) => JSON.stringify(body.messages))
      expect(texts.map((text) => text.split('Run it').length - 1)).to.deep.equal([1, 1])
    } finally {
      await desk.close()
    }
  })
})

describe('A message that is sent while another program is answered in the conversation', () => {
  const THEIRS = { text: 'The first words', hang: true }
  const mine = ({ settled, current }: SessionState): string =>
    JSON.stringify([...settled, ...current])

  async function whileAnswered(
    work: (desk: SessionDesk, end: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const desk = await openDesk([{ text: 'Ready.' }, THEIRS, { text: 'My answer.', sticky: true }])
    const abort = new AbortController()
    try {
      await desk.says('Begin')
      const agentId = desk.session.store.state.agent?.id ?? ''
      await asProgram(desk, async (client) => {
        const messages = [{ role: 'user' as const, content: 'Theirs' }]
        const request = { messages, stream_tokens: true }
        const { signal } = abort
        const stream = await client.agents.messages.stream(agentId, request, { signal })
        const read = (async () => {
          for await (const _ of stream);
        })().catch(() => undefined)
        await desk.session.opened
        await work(desk, async () => {
          abort.abort()
          await read
        })
        abort.abort()
        await read
      })
    } finally {
      abort.abort()
      await desk.close()
    }
  }

  it('names what it waits for, shows what is written there, and is answered then', () =>
    whileAnswered(async (desk, end) => {
      desk.session.turns.send('Mine')
      const waiting = await desk.session.store.when((state) =>
        phaseOf(state) === 'runningElsewhere' && mine(state).includes(THEIRS.text)
          ? state
          : undefined,
      )
      expect(mine(waiting)).to.include(runningElsewhere('model', null))
      await end()
      const lines = transcript(await desk.settled())
      expect(lines.slice(1, 5)).to.deep.equal([
        'user: Begin',
        'assistant: Ready.',
        'user: Theirs',
        `assistant: ${THEIRS.text}`,
      ])
      expect(lines.at(-1)).to.equal('assistant: My answer.')
    }))

  it('leaves no line about the wait for other sessions and later starts', () =>
    whileAnswered(async (desk, end) => {
      desk.session.turns.send('Mine')
      await desk.session.store.when((state) => mine(state).includes(THEIRS.text) || undefined)
      await end()
      const waited = `info: ${runningElsewhere('model', null)}`
      expect(transcript(await desk.settled())).to.include(waited)
      const again = desk.again()
      await again.session.opened
      const lines = transcript(again.session.store.state)
      expect(lines).to.include('assistant: My answer.').and.not.to.include(waited)
    }))

  it('can be cancelled without ending the turn of that program', () =>
    whileAnswered(async (desk) => {
      desk.session.turns.send('Mine')
      await desk.session.store.when((state) => phaseOf(state) === 'runningElsewhere' || undefined)
      desk.session.turns.cancel()
      await desk.settled()
      const { agentId, conversationId } = openThread(desk.session.store.state)
      await asProgram(desk, async (client) => {
        const { items } = await client.runs.list({ active: true, agent_id: agentId })
        expect([conversationId, items.length]).to.deep.equal(['default', 1])
      })
    }))

  it('is answered at once when it takes the turn over', () =>
    whileAnswered(async (desk) => {
      desk.session.turns.send('Mine')
      await desk.session.store.when((state) => phaseOf(state) === 'runningElsewhere' || undefined)
      desk.session.turns.takeOver()
      expect(transcript(await desk.settled()).at(-1)).to.equal('assistant: My answer.')
    }))
})

describe('A message that is sent while another program runs a call of the agent', () => {
  const CALL = { id: 'c1', name: 'Bash', args: { command: 'touch made' } }
  const client_tools = [{ name: 'Bash', parameters: { type: 'object' } }]

  /** The program has got the call, and answers it when `answer` is called. */
  async function whileCalled(
    work: (desk: SessionDesk, answer: () => Promise<unknown>) => Promise<void>,
  ): Promise<void> {
    const desk = await openDesk([
      { text: 'Ready.' },
      { calls: [CALL] },
      { text: 'I see.', sticky: true },
    ])
    try {
      await desk.says('Begin')
      const agentId = desk.session.store.state.agent?.id ?? ''
      await asProgram(desk, async (client) => {
        const sends = (message: unknown) =>
          client.agents.messages.create(agentId, { messages: [Object(message)], client_tools })
        await sends({ role: 'user', content: 'Theirs' })
        const result = { type: 'tool', tool_call_id: 'c1', tool_return: 'It is made.' }
        const approvals = [{ ...result, status: 'success' }]
        desk.session.turns.send('Mine')
        await desk.session.store.when(
          (state) => phaseOf(state) === 'approvalElsewhere' || undefined,
        )
        await work(desk, () => sends({ type: 'approval', approvals }))
      })
    } finally {
      await desk.close()
    }
  }

  it('denies nothing, shows what was said there, and is answered when that program has the result', () =>
    whileCalled(async (desk, answer) => {
      await answer()
      const lines = transcript(await desk.settled())
      expect(lines.filter((line) => !line.startsWith('info: '))).to.deep.equal([
        'user: Begin',
        'assistant: Ready.',
        'user: Theirs',
        'Bash touch made: success: It is made.',
        'assistant: I see.',
        'user: Mine',
        'assistant: I see.',
      ])
      expect(JSON.stringify(desk.endpoint.requests.at(-1)?.body.messages)).to.include('It is made.')
    }))

  it('can be cancelled without denying the call', () =>
    whileCalled(async (desk, answer) => {
      desk.session.turns.cancel()
      await desk.settled()
      await answer()
      const sent = JSON.stringify(desk.endpoint.requests.at(-1)?.body.messages)
      expect(sent).to.include('It is made.')
    }))

  it('asks about the call once it takes the turn over', () =>
    whileCalled(async (desk) => {
      desk.session.turns.takeOver()
      await desk.asks()
      desk.session.approvals.deny('c1', 'mine now')
      const lines = transcript(await desk.settled())
      expect(lines).to.include('Bash touch made: denied by person: mine now')
      expect(lines.at(-1)).to.equal('assistant: I see.')
    }))
})

/** Denies the call of the agent. */
async function answerAs(desk: SessionDesk, agentId: string): Promise<void> {
  const denial = { type: 'approval' as const, tool_call_id: 'c1', approve: false, reason: 'no' }
  await asProgram(desk, async (client) => {
    await client.agents.messages
      .create(agentId, { messages: [{ type: 'approval', approvals: [denial] }] })
      .catch(() => undefined)
  })
}

/** As a program with the official client that opens the same database. */
async function asProgram(
  { home, endpoint }: SessionDesk,
  work: (client: Letta) => Promise<void>,
): Promise<void> {
  const { openServer } = await import('../../lib/server/app.ts')
  const { findProviders } = await import('../../lib/server/providers/index.ts')
  const environment = { OPENAI_API_KEY: 'key-for-tests', OPENAI_BASE_URL: endpoint.url }
  const providers = await findProviders({ environment, demo: false, probeLocal: false })
  const server = await openServer({ database: path.join(home, '.letta', 'letta.db'), providers })
  const client = new Letta({
    baseURL: 'http://embedded.letta',
    apiKey: '',
    maxRetries: 0,
    fetch: async (input, init) => server.fetch(new Request(input, init)),
  })
  try {
    await work(client)
  } finally {
    await server.close()
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
