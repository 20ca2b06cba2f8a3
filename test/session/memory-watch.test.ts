import { rmSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { connect } from '../../lib/client/connect.ts'
import { findAuthor } from '../../lib/session/memory-watch.ts'
import { authorName } from '../../lib/session/messages/memory.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import type { Services } from '../../lib/session/services.ts'
import type { ToolCall, ToolPhase } from '../../lib/session/state/entry.ts'
import type { MemoryBlock, MemoryItem } from '../../lib/session/state/memory.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { createStore } from '../../lib/store.ts'
import { diffHunks } from '../../lib/util/unified-diff.ts'
import { withSession } from '../support/with-session.ts'

type Client = Awaited<ReturnType<typeof connect>>['client']

describe('The memory of a session that watches', () => {
  const desk = withSession()

  const item = ({ memory }: SessionState, label: string): MemoryItem | undefined =>
    memory.find(({ block }) => block.label === label)
  const state = (): SessionState => desk.session.store.state
  const id = (label: string): string => item(state(), label)?.block.id ?? ''

  /** Another client of the same database. */
  async function otherClient(work: (client: Client) => Promise<unknown>): Promise<void> {
    const database = path.join(desk.home, '.letta', 'letta.db')
    const environment = { OPENAI_API_KEY: 'x', OPENAI_BASE_URL: desk.endpoint.url }
    const connection = await connect({ type: 'embedded', database, environment, demo: false })
    await work(connection.client)
    await connection.close()
  }
  const until = (select: (found: SessionState) => boolean): Promise<SessionState> =>
    desk.session.store.when((found) => (select(found) ? found : undefined))
  const open = async (): Promise<void> => {
    await desk.start([{ text: 'One.' }], { options: { watch: true } })
    await desk.session.opened
  }

  it('shows within two seconds what another program has changed, with its name', async () => {
    await open()
    const reported: string[] = []
    desk.session.store.subscribe((_, event) => {
      if (event.type === 'memory.changed') reported.push(event.block.label)
    })
    const began = performance.now()
    await otherClient((client) => client.blocks.update(id('human'), { value: 'Changed' }))
    const changed = await until((found) => item(found, 'human')?.block.value === 'Changed')
    expect(performance.now() - began).to.be.below(4000)
    await desk.session.memory.refresh()
    expect(reported).to.deep.equal(['human'])
    const { change } = item(changed, 'human') ?? {}
    expect([change?.by, change?.origin?.isOther]).to.deep.equal(['elsewhere', undefined])
    expect(change?.origin?.client).to.be.a('string')
    expect(change?.at).to.be.closeTo(Date.now(), 10_000)
  })

  it('shows that another session of the user has changed a block', async () => {
    await open()
    const other = desk.again()
    await other.session.opened
    await other.session.memory.edit('human', 'Mine', item(state(), 'human')?.block.value ?? '')
    const changed = await until((found) => item(found, 'human')?.block.value === 'Mine')
    const { change } = item(changed, 'human') ?? {}
    expect([change?.by, change?.origin]).to.deep.equal(['user', { isOther: true }])
  })

  it('names the user as the author of what an earlier session has changed', async () => {
    await open()
    const other = desk.again()
    await other.session.opened
    await other.session.memory.edit('human', 'Mine', item(state(), 'human')?.block.value ?? '')
    await until((found) => item(found, 'human')?.block.value === 'Mine')
    const [newest] = await desk.session.memory.versions('human', { limit: 1, before: null })
    const [line] = await desk.session.memory.blame('human')
    expect(
      [newest, line?.version].map((one) => one && authorName(one.by, one.origin)),
    ).to.deep.equal(['you', 'you'])
  })

  it('names another client where the same user works from another home directory', async () => {
    await open()
    rmSync(path.join(desk.home, '.letta', 'client-id'))
    const other = desk.again()
    await other.session.opened
    await other.session.memory.edit('human', 'Mine', item(state(), 'human')?.block.value ?? '')
    const [newest] = await desk.session.memory.versions('human', { limit: 1, before: null })
    expect(newest && authorName(newest.by, newest.origin)).to.equal('you in another client')
  })

  it('shows blocks that were attached, renamed, detached and deleted', async () => {
    await open()
    const agentId = state().agent?.id ?? ''
    await otherClient(async (client) => {
      const { id: blockId } = await client.blocks.create({ label: 'notes', value: 'n' })
      await client.agents.blocks.attach(blockId, { agent_id: agentId })
    })
    await until((found) => item(found, 'notes') !== undefined)
    await otherClient((client) => client.blocks.update(id('notes'), { label: 'remarks' }))
    const renamed = await until((found) => item(found, 'remarks') !== undefined)
    expect(item(renamed, 'notes')).to.equal(undefined)
    await otherClient((client) => client.agents.blocks.detach(id('remarks'), { agent_id: agentId }))
    await until((found) => item(found, 'remarks') === undefined)
    await otherClient((client) => client.blocks.delete(id('project')))
    await until((found) => item(found, 'project') === undefined)
  })

  it('is asked for again at the end of a turn, and on request', async () => {
    await desk.start([{ text: 'One.' }])
    await desk.session.opened
    await otherClient((client) => client.blocks.update(id('human'), { value: 'Changed' }))
    expect(item(state(), 'human')?.block.value).to.not.equal('Changed')
    await desk.session.memory.refresh()
    expect(item(state(), 'human')?.block.value).to.equal('Changed')
  })

  it('reports nothing when nothing has changed', async () => {
    await open()
    const events: string[] = []
    await desk.session.memory.refresh()
    desk.session.store.subscribe((_, event) => events.push(event.type))
    await desk.session.memory.refresh()
    await desk.session.memory.refresh()
    expect(events).to.deep.equal([])
  })

  it('attributes the change of a block that agents share to the other agent', async () => {
    await desk.start([
      {
        calls: [
          { id: 'c9', name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' } },
        ],
      },
      { text: 'Noted.' },
    ])
    await desk.session.opened
    const other = desk.again({ agent: 'last' })
    await other.session.opened
    await other.session.agents.open('sharing')
    await other.says('I like tea')
    await desk.session.memory.refresh()
    const { change } = item(state(), 'human') ?? {}
    expect([change?.by, change?.origin?.tool, change?.origin?.isOther]).to.deep.equal([
      'agent',
      'memory_insert',
      true,
    ])
  })

  it('attributes a change to the call that makes it before its result has come, where no versions are stored', async () => {
    const block: MemoryBlock = {
      id: 'b1',
      label: 'human',
      value: 'Likes tea.',
      limit: 100,
      description: null,
      readOnly: false,
    }
    const authorOf = async (phase: ToolPhase, value: string, text = 'Has a cat.') => {
      const args = JSON.stringify({ label: 'human', new_string: text })
      const call: ToolCall = {
        callId: 'c1',
        tool: 'memory_insert',
        args,
        label: '',
        host: 'server',
        phase,
      }
      const memory = [
        { block, change: null, markedRead: true },
      ] as unknown as SessionState['memory']
      const found = {
        ...emptySession('/project', 0),
        memory,
        current: [{ type: 'tool', id: 'c1', call } as const],
      }
      const gateway = { versions: { list: async () => null } } as unknown as Services['gateway']
      const store = createStore(found, reduceSession)
      const { by, origin } = await findAuthor({ gateway, store, now: () => 0 }, { ...block, value })
      return [by, origin?.callId]
    }
    const running = { type: 'running', preview: null, since: 0, output: '' } as const
    const added = 'Likes tea.\nHas a cat.'
    for (const phase of [{ type: 'arriving' }, running] as const) {
      expect(await authorOf(phase, added)).to.deep.equal(['agent', 'c1'])
      expect(await authorOf(phase, 'Likes tea.\nBy somebody else.')).to.deep.equal([
        'elsewhere',
        undefined,
      ])
    }
    // Of a call that adds more, this part was approved.
    const hunks = diffHunks('Likes tea.\n', `${added}\n`)
    const preview = { type: 'diff', path: 'human', created: false, ...hunks, remark: null } as const
    const inPart = { ...running, preview }
    expect(await authorOf(inPart, added, 'Has a cat.\nHas a dog.')).to.deep.equal(['agent', 'c1'])
    const other = await authorOf(inPart, 'Likes tea.\nHas a dog.', 'Has a cat.\nHas a dog.')
    expect(other).to.deep.equal(['elsewhere', undefined])
    const denied = { type: 'denied', preview: null, by: 'person', reason: 'No.' } as const
    expect(await authorOf(denied, added)).to.deep.equal(['elsewhere', undefined])
  })

  it('stores all versions only for the days of the setting, and always the newest', async () => {
    await desk.start([], { options: { memoryHistoryDays: 1 } })
    await desk.session.opened
    for (let count = 0; count < 3; count++) {
      await desk.session.memory.edit('human', `${count}`, item(state(), 'human')?.block.value ?? '')
    }
    const rows = await desk.session.memory.versions('human', { limit: 99, before: null })
    expect(rows.map(({ version }) => version)).to.deep.equal([3, 2, 1, 0])
  })
})
