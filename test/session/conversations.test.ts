import { expect } from 'chai'
import { connect } from '../../lib/client/connect.ts'
import { createGateway } from '../../lib/client/gateway/gateway.ts'
import { identifyProcess } from '../../lib/fs/process-identity.ts'
import {
  CONVERSATION_GONE,
  conversationAtWork,
  conversationNotFound,
  MESSAGE_NOT_STORED,
} from '../../lib/session/messages/conversations.ts'
import { DEFAULT_CONVERSATION } from '../../lib/util/thread.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { rejection } from '../support/rejection.ts'
import { conversation, transcript } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

describe('The conversations of an agent', () => {
  const desk = withSession()
  beforeEach(async () => {
    const touch = { name: 'Bash', args: { command: 'touch made' } }
    await desk.start([
      { match: { last: 'Touch it' }, calls: [touch] },
      { sticky: true, text: 'Noted.' },
    ])
    await desk.session.opened
  })

  const state = () => desk.session.store.state
  const port = () => desk.session.conversations
  const lastRequest = () => conversation(desk.endpoint.requests.at(-1))
  /** Another client of the embedded server. */
  const embedded = async () => {
    const database = `${desk.home}/.letta/letta.db`
    return createGateway(
      await connect({ type: 'embedded', database, environment: {}, demo: false }),
    )
  }
  const entryOf = (text: string): string =>
    state().settled.find((entry) => entry.type === 'user' && entry.text === text)?.id ?? ''

  it('share its memory, and have a separate history each', async () => {
    await desk.says('one')
    await port().start()
    expect(transcript(state())).to.deep.equal([])
    await desk.says('two')
    expect(lastRequest()).to.deep.equal(['user: two'])
    expect(state().memory.map(({ block }) => block.label)).to.include('human')
    await port().open(DEFAULT_CONVERSATION)
    expect(transcript(state())).to.deep.equal(['user: one', 'assistant: Noted.'])
  })

  it('are not shown as running once the process that ran them has ended', async () => {
    const gateway = await embedded()
    const thread = { agentId: state().agent?.id ?? '', conversationId: DEFAULT_CONVERSATION }
    const own = await identifyProcess()
    const draft = { owner: 'another', activity: 'model', process: own } as const
    const before = (await gateway.leases.hold(thread, draft, null))?.lease ?? null
    expect((await port().preview(thread)).holder).to.equal('model')
    const gone = { ...draft, owner: 'gone', process: { ...own, processId: 2 ** 22 + 1 } }
    await gateway.leases.hold(thread, gone, before)
    expect((await port().preview(thread)).holder).to.equal(null)
    await gateway.close()
  })

  it('are previewed with what became of each call, and with the files that one has changed', async () => {
    const write = (file: string) => ({ name: 'Write', args: { file_path: file, content: 'x' } })
    desk.endpoint.setTurns([
      { calls: [write('kept.txt'), write('denied.txt')] },
      { text: 'Noted.' },
    ])
    desk.session.turns.send('Write both')
    const [kept, denied] = await desk.asks(2)
    desk.session.approvals.allow(kept?.callId ?? '')
    desk.session.approvals.deny(denied?.callId ?? '', 'no')
    await desk.settled()
    const thread = { agentId: state().agent?.id ?? '', conversationId: DEFAULT_CONVERSATION }
    const { files, entries } = await port().preview(thread)
    expect(files).to.deep.equal(['kept.txt'])
    expect(
      entries.flatMap((entry) =>
        entry.type === 'tool' ? [[entry.call.label, entry.call.phase.type]] : [],
      ),
    ).to.deep.equal([
      ['kept.txt', 'finished'],
      ['denied.txt', 'denied'],
    ])
  })

  it('are marked in the list of another session while a call awaits approval or runs, and after that session was killed', async () => {
    await port().start()
    await desk.says('Hello')
    const { id } = state().conversation
    const other = desk.again({ conversation: id })
    await other.session.opened
    other.session.turns.send('Touch it')
    await other.asks()
    const status = async () => (await port().listAll()).find((row) => row.id === id)?.status
    expect(await status()).to.equal('approval')
    const own = await identifyProcess()
    const thread = { agentId: state().agent?.id ?? '', conversationId: id }
    const gateway = await embedded()
    const holds = async (process: typeof own) => {
      const lease = (await gateway.leases.read(thread))?.lease ?? null
      await gateway.leases.hold(thread, { owner: 'another', activity: 'tool', process }, lease)
    }
    await holds(own)
    expect(await status()).to.equal('running')
    await holds({ ...own, processId: 2 ** 22 + 1 })
    expect(await status()).to.equal('approval')
    await gateway.close()
  })

  it('are listed by their last message, also the first one, whose agent has answered in another since', async () => {
    await desk.says('one')
    await port().start()
    await desk.says('two')
    await desk.session.models.setEffort('high')
    const [newest, first] = await port().listAll()
    expect([newest?.id, first?.id]).to.deep.equal([state().conversation.id, DEFAULT_CONVERSATION])
    expect(first?.lastMessageAt).to.be.lessThan(newest?.lastMessageAt ?? 0)
  })

  it('are named after their first message', async () => {
    await port().start()
    await desk.says('Make the layout pure\nand add a test')
    const { id } = state().conversation
    await desk.session.store.when(({ conversation: open }) => open.title !== null || undefined)
    expect((await port().list())?.map((one) => [one.id, one.title])).to.deep.equal([
      [id, 'Make the layout pure'],
    ])
    await port().setTitle('Layout')
    await desk.says('and more')
    expect(state().conversation).to.deep.equal({ id, title: 'Layout' })
    expect((await port().list())?.map(({ title }) => title)).to.deep.equal(['Layout'])
  })

  it('that are the first of an agent of another client take their title from its first message in the list', async () => {
    const database = `${desk.home}/.letta/letta.db`
    const environment = { OPENAI_API_KEY: 'x', OPENAI_BASE_URL: desk.endpoint.url }
    const { client } = await connect({ type: 'embedded', database, environment, demo: false })
    const { id } = await client.agents.create({ name: 'theirs', model: 'openai/scripted' })
    await client.agents.messages.create(id, { input: 'Where is the layout?' })
    const listed = await port().listAll()
    expect(listed.find(({ agentId }) => agentId === id)?.title).to.equal('Where is the layout?')
    await client.agents.delete(id)
  })

  it('that another client began without a title take it from their first message, in the list and when they are opened', async () => {
    const agentId = state().agent?.id ?? ''
    const database = `${desk.home}/.letta/letta.db`
    const environment = { OPENAI_API_KEY: 'x', OPENAI_BASE_URL: desk.endpoint.url }
    const { client } = await connect({ type: 'embedded', database, environment, demo: false })
    const made = await client.conversations.create({ agent_id: agentId })
    const question = { input: 'Where is the layout?', streaming: false }
    await client.conversations.messages.create(made.id, question)
    const listed = await port().listAll()
    expect(listed.map(({ id, title }) => [id, title])).to.deep.equal([
      [made.id, 'Where is the layout?'],
      [DEFAULT_CONVERSATION, null],
    ])
    expect((await port().list())?.map(({ title }) => title)).to.deep.equal([null])
    await port().open(made.id)
    await desk.session.store.when(({ conversation: open }) => open.title !== null || undefined)
    expect((await port().list())?.map(({ title }) => title)).to.deep.equal(['Where is the layout?'])
    await client.conversations.update(made.id, { summary: '' })
    const next = desk.again({ conversation: made.id })
    await next.session.store.when(({ conversation: open }) => open.title !== null || undefined)
    expect(next.session.store.state.conversation.title).to.equal('Where is the layout?')
  })

  it('that another client has deleted are reported as such when they are named, copied or archived', async () => {
    await port().start()
    await desk.says('one')
    const { id } = state().conversation
    const other = desk.again()
    await other.session.opened
    await other.session.conversations.delete(id)
    const isGone = CONVERSATION_GONE.message
    expect(messageOf(await rejection(port().setTitle('Layout')))).to.equal(isGone)
    expect(messageOf(await rejection(port().fork()))).to.equal(isGone)
    const before = entryOf('one')
    expect(messageOf(await rejection(port().fork({ before })))).to.equal(isGone)
    expect(messageOf(await rejection(port().archive(id, true)))).to.equal(isGone)
  })

  it('have a title also when they are the first of their agent', async () => {
    await desk.says('Where is the layout?')
    await desk.session.store.when(({ conversation: open }) => open.title !== null || undefined)
    const titles = async () =>
      (await port().listAll()).map(({ id, title }) => [id === DEFAULT_CONVERSATION, title])
    expect(await titles()).to.deep.equal([[true, 'Where is the layout?']])
    await port().setTitle('Layout')
    await port().start()
    await port().open(DEFAULT_CONVERSATION)
    expect(state().conversation.title).to.equal('Layout')
    const again = desk.again()
    await again.session.opened
    expect(again.session.store.state.conversation.title).to.equal('Layout')
    await desk.session.conversations.clear()
    expect(state().conversation.title).to.equal(null)
    await desk.says('Another subject')
    await desk.session.store.when(({ conversation: open }) => open.title !== null || undefined)
    expect(await titles()).to.deep.equal([[true, 'Another subject']])
  })

  it('are not listed while they are empty and the agent has others', async () => {
    await port().start()
    await desk.says('one')
    await port().start()
    expect((await port().listAll()).map(({ title }) => title)).to.deep.equal([null, 'one'])
    await desk.says('two')
    await desk.session.store.when(({ conversation: open }) => open.title !== null || undefined)
    const titles = (await port().listAll()).map(({ title }) => title)
    expect(titles).to.deep.equal(['two', 'one'])
  })

  it('are resumed in the directory in which they were open', async () => {
    await desk.says('one')
    await port().start()
    await desk.says('two')
    const { id } = state().conversation
    const next = desk.again()
    await next.session.opened
    expect(next.session.store.state.conversation.id).to.equal(id)
    expect(transcript(next.session.store.state)).to.deep.equal(['user: two', 'assistant: Noted.'])
    await next.says('three')
    expect(lastRequest()).to.deep.equal(['user: two', 'assistant: Noted.', 'user: three'])
  })

  it('are opened by their id', async () => {
    await port().start()
    await desk.says('two')
    const { id } = state().conversation
    await port().open(DEFAULT_CONVERSATION)
    const next = desk.again({ conversation: id })
    await next.session.opened
    expect(transcript(next.session.store.state)).to.deep.equal(['user: two', 'assistant: Noted.'])
  })

  it('that do not exist are reported, and nothing is opened in their place', async () => {
    const id = 'conv-11111111-1111-4111-8111-111111111111'
    const next = desk.again({ conversation: id })
    const thrown = await rejection(next.session.opened)
    expect(messageOf(thrown)).to.equal(conversationNotFound(id).message)
    expect(next.session.store.state.agent).to.equal(null)
  })

  it('that were deleted elsewhere are not resumed', async () => {
    await desk.says('one')
    await port().start()
    const { id } = state().conversation
    const other = desk.again()
    await other.session.opened
    await other.session.conversations.delete(id)
    const next = desk.again()
    await next.session.opened
    expect(transcript(next.session.store.state)).to.deep.equal(['user: one', 'assistant: Noted.'])
  })

  it('are deleted with their messages, and the first one is continued', async () => {
    await desk.says('one')
    await port().start()
    await desk.says('two')
    await port().delete(state().conversation.id)
    expect(state().conversation.id).to.equal(DEFAULT_CONVERSATION)
    expect(transcript(state())).to.deep.equal(['user: one', 'assistant: Noted.'])
    expect(await port().list()).to.deep.equal([])
  })

  it('are deleted only when no other session is at work in them', async () => {
    await port().start()
    await desk.says('two')
    const { id } = state().conversation
    const thread = { agentId: state().agent?.id ?? '', conversationId: id }
    const environment = {}
    const database = `${desk.home}/.letta/letta.db`
    const gateway = createGateway(
      await connect({ type: 'embedded', database, environment, demo: false }),
    )
    const own = await identifyProcess()
    await gateway.leases.hold(thread, { owner: 'another', activity: 'model', process: own }, null)
    const thrown = await rejection(port().delete(id))
    expect(messageOf(thrown)).to.equal(conversationAtWork(process.pid).message)
    expect(state().conversation.id).to.equal(id)
    await gateway.leases.release(thread, 'another')
    await gateway.close()
    await port().delete(id)
    expect(await port().list()).to.deep.equal([])
  })

  it('are archived, and no longer', async () => {
    await port().start()
    const { id } = state().conversation
    const archived = async () => (await port().list())?.map(({ isArchived }) => isArchived)
    await port().archive(id, true)
    expect(await archived()).to.deep.equal([true])
    await port().archive(id, false)
    expect(await archived()).to.deep.equal([false])
  })

  it('are cleared without a trace in the others', async () => {
    await desk.says('one')
    await port().start()
    await desk.says('two')
    await port().clear()
    expect(transcript(state())).to.deep.equal([])
    expect((await port().list())?.map(({ title }) => title)).to.deep.equal([null])
    await desk.says('three')
    expect(lastRequest()).to.deep.equal(['user: three'])
  })

  it('are forked, and the original stays as it is', async () => {
    await port().start()
    await desk.says('one')
    await desk.session.store.when(({ conversation: open }) => open.title !== null || undefined)
    const original = state().conversation.id
    await port().fork()
    expect(state().conversation.title).to.equal('one (fork)')
    await desk.says('two')
    expect(lastRequest()).to.deep.equal(['user: one', 'assistant: Noted.', 'user: two'])
    await port().open(original)
    expect(transcript(state())).to.deep.equal(['user: one', 'assistant: Noted.'])
  })

  it('are forked before any message of the user, that of the first conversation as well', async () => {
    for (const text of ['one', 'two', 'three']) await desk.says(text)
    await port().fork({ before: entryOf('two') })
    expect(transcript(state())).to.deep.equal(['user: one', 'assistant: Noted.'])
    expect(state().conversation.title).to.equal('one (fork)')
    await port().fork({ before: entryOf('one') })
    expect(transcript(state())).to.deep.equal([])
    await port().open(DEFAULT_CONVERSATION)
    expect(transcript(state()).length).to.equal(6)
  })

  it('belong to the directory also as a copy in which no message was sent', async () => {
    await desk.says('one')
    await desk.says('two')
    await port().fork({ before: entryOf('two') })
    const copy = (await port().listAll()).find(({ id }) => id === state().conversation.id)
    expect(copy?.directory).to.equal(desk.project)
  })

  it('are not forked at a message that the server has not stored', async () => {
    await desk.says('one')
    const thrown = await rejection(port().fork({ before: 'unknown' }))
    expect(messageOf(thrown)).to.equal(MESSAGE_NOT_STORED.message)
    expect(state().conversation.id).to.equal(DEFAULT_CONVERSATION)
  })
})

const BASH = { id: 'c1', name: 'Bash', args: { command: 'touch made.txt' } }

describe('A conversation other than the first', () => {
  const desk = withSession()

  it('runs tools after approval, and continues with calls left pending', async () => {
    await desk.start([{ calls: [BASH] }, { text: 'Done.' }])
    await desk.session.opened
    await desk.session.conversations.start()
    desk.session.turns.send('Run it')
    await desk.asks()
    const { id } = desk.session.store.state.conversation
    const next = desk.again({ conversation: id })
    await next.session.opened
    await next.session.store.when(
      ({ turn }) => (turn.type === 'running' && turn.waitsFor) || undefined,
    )
    desk.session.approvals.allow('c1')
    await desk.settled()
    expect(transcript(desk.session.store.state).at(-1)).to.equal('assistant: Done.')
  })

  it('is cancelled while a call awaits approval, and is free for the next message', async () => {
    await desk.start([{ calls: [BASH] }, { text: 'Fine.' }])
    await desk.session.opened
    await desk.session.conversations.start()
    desk.session.turns.send('Run it')
    await desk.asks()
    desk.session.turns.cancel()
    await desk.settled()
    await desk.says('Leave it')
    expect(transcript(desk.session.store.state).at(-1)).to.equal('assistant: Fine.')
  })

  it('does not wait for a turn in another conversation of the agent', async () => {
    await desk.start([{ calls: [BASH] }, { text: 'Beside it.' }])
    await desk.session.opened
    desk.session.turns.send('Run it')
    await desk.asks()
    const next = desk.again()
    await next.session.opened
    next.session.turns.cancel()
    await next.session.store.when(({ turn }) => turn.type === 'idle' || undefined)
    await next.session.conversations.start()
    next.session.turns.send('Something else')
    await next.settled(2)
    expect(transcript(next.session.store.state).at(-1)).to.equal('assistant: Beside it.')
  })
})
