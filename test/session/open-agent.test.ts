import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { connect } from '../../lib/client/connect.ts'
import { UnknownAgent } from '../../lib/client/gateway/known-agent.ts'
import { agentNotFound } from '../../lib/client/messages.ts'
import { blockDrafts } from '../../lib/prompts/index.ts'
import { probeLocalServers } from '../../lib/server/providers/local.ts'
import { accounts } from '../../lib/session/accounts.ts'
import {
  agentCreated,
  agentReplaced,
  blocksRecreated,
  DEMO_HINT,
  defaultModelUnavailable,
  modelChanged,
  modelNotFound,
  NO_AGENT_OPEN,
  NO_MODEL,
  nameIgnored,
  toolsDetached,
} from '../../lib/session/messages/agents.ts'
import { GITIGNORE_CHANGED } from '../../lib/session/messages/settings.ts'
import { defaultAgentName } from '../../lib/session/services.ts'
import { phaseOf } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { SETTINGS_SCHEMA } from '../../lib/settings/settings.ts'
import { TOOLS } from '../../lib/tools/index.ts'
import { messageOf, UserError } from '../../lib/util/user-error.ts'
import { conversation, type OpenedSession, transcript } from '../support/session.ts'
import { skipWhen } from '../support/skip.ts'
import { withSession } from '../support/with-session.ts'

describe('Opening a session', () => {
  const desk = withSession()

  const opened = async ({ session }: OpenedSession): Promise<SessionState> => {
    await session.opened
    return session.store.state
  }
  const blockIds = ({ memory }: SessionState): Readonly<Record<string, string>> =>
    Object.fromEntries(memory.map(({ block }) => [block.label, block.id]))
  const blocksOf = ({ memory }: SessionState): unknown => memory.map(({ block }) => block)
  const originsOf = ({ start }: SessionState): unknown =>
    start === null || typeof start === 'string'
      ? start
      : Object.fromEntries(start.memory.map(({ label, origin }) => [label, origin]))
  const problemOf = async ({ session }: OpenedSession): Promise<UserError> => {
    const thrown = await session.opened.catch((reason: unknown) => reason)
    if (thrown instanceof UserError) return thrown
    throw new Error('opened was not rejected with a Problem')
  }
  const signIn = async (): Promise<void> => {
    const endpoint = (await accounts()).find(({ id }) => id === 'endpoint')
    if (endpoint === undefined) throw new Error('endpoint')
    const given = { key: 'key-for-tests', address: desk.endpoint.url }
    await desk.session.accounts.signIn(endpoint, given)
  }

  it('creates an agent with four blocks, and stores each id in its file', async () => {
    await desk.start()
    const state = await opened(desk)
    const { persona, human, project, skills } = blockIds(state)
    const id = state.agent?.id
    expect(state.agent).to.deep.equal({
      id,
      name: defaultAgentName(desk.project),
      model: 'openai/scripted',
      contextWindow: 128_000,
      effort: null,
      tools: [
        ...TOOLS.map((tool) => tool.name),
        ...['memory_insert', 'memory_replace', 'memory_rethink', 'conversation_search'],
      ],
    })
    expect(state.memory.map(({ block }) => [block.label, block.description])).to.deep.equal(
      blockDrafts().map(({ label, description }) => [label, description]),
    )
    expect(desk.settings('home', 'settings.json')).to.deep.equal({
      $schema: SETTINGS_SCHEMA,
      lastAgent: id,
      lastAgentByServer: { embedded: id },
      globalSharedBlockIds: { persona, human },
      globalSharedBlockIdsByServer: { embedded: { persona, human } },
    })
    expect(desk.settings('project', 'settings.json')).to.deep.equal({
      localSharedBlockIds: { project, skills },
      localSharedBlockIdsByServer: { embedded: { project, skills } },
    })
    expect(desk.settings('project', 'settings.local.json')).to.deep.equal({
      lastAgent: id,
      lastAgentByServer: { embedded: id },
    })
    expect(state.start).to.deep.equal({
      agent: 'created',
      memory: ['persona', 'human', 'project', 'skills'].map((label) => ({
        label,
        origin: 'created',
      })),
    })
    expect(transcript(state)).to.deep.equal([
      `info: ${agentCreated(defaultAgentName(desk.project))}`,
    ])
  })

  it('sends nothing to the model', async () => {
    await desk.start()
    await opened(desk)
    expect(desk.endpoint.requests).to.deep.equal([])
  })

  it('creates no file in the project in plan mode, where a later session finds its agent', async () => {
    await desk.start([], { options: { mode: 'plan' } })
    execFileSync('git', ['init', '--quiet'], { cwd: desk.project })
    const before = await opened(desk)
    await desk.session.close()
    const planning = desk.again({ mode: 'plan' })
    expect((await opened(planning)).agent?.id).to.equal(before.agent?.id)
    await planning.session.close()
    expect(readdirSync(desk.project)).to.deep.equal(['.git'])
    const after = await opened(desk.again())
    expect(after.agent?.id).to.equal(before.agent?.id)
    expect(blockIds(after)).to.deep.equal(blockIds(before))
    expect(desk.settings('project', 'settings.local.json')).to.deep.include({
      lastAgent: before.agent?.id,
    })
  })

  it('keeps the file with the last agent out of git, without a change of the project', async () => {
    await desk.start([], { options: { agent: { id: 'none-yet' } } })
    await problemOf(desk)
    execFileSync('git', ['init', '--quiet'], { cwd: desk.project })
    desk.write('.gitignore', 'dist')
    await opened(desk.again())
    expect(desk.read('.gitignore')).to.equal('dist')
    const untracked = execFileSync('git', ['ls-files', '-o', '--exclude-standard'], {
      cwd: desk.project,
      encoding: 'utf8',
    })
    expect(untracked).to.equal('.gitignore\n.letta/settings.json\n')
  })

  it('reports a line that is added to .gitignore, where git does not answer', async () => {
    await desk.start([], { options: { agent: { id: 'none-yet' } } })
    await problemOf(desk)
    desk.write('.gitignore', 'dist')
    const again = desk.again()
    await opened(again)
    expect(transcript(again.session.store.state)).to.include(`info: ${GITIGNORE_CHANGED}`)
    expect(desk.read('.gitignore')).to.equal('dist\n.letta/settings.local.json\n')
  })

  it('opens the same agent again, with its conversation and memory', async () => {
    await desk.start([{ reasoning: 'A greeting.', text: 'Good day.' }])
    const before = await desk.says('Hello')
    await desk.session.close()
    const after = await opened(desk.again())
    expect(after.agent).to.deep.equal(before.agent)
    expect(blocksOf(after)).to.deep.equal(blocksOf(before))
    expect(transcript(after)).to.deep.equal([
      'user: Hello',
      'reasoning: A greeting.',
      'assistant: Good day.',
    ])
    expect(after.earlier).to.equal(false)
    expect(after.start).to.deep.equal({
      agent: 'opened',
      memory: after.memory.map(({ block: { label } }) => ({ label, origin: 'reused' })),
    })
    expect(after.resumedAfter).to.equal(after.settled.at(-1)?.id)
  })

  it('labels earlier calls as when they ran', async () => {
    const args = { file_path: 'a.txt' }
    await desk.start([{ calls: [{ id: 'c1', name: 'Read', args }] }, { text: 'I see.' }], {
      files: { 'a.txt': 'one\n' },
    })
    await desk.says('Look')
    await desk.session.close()
    const lines = transcript(await opened(desk.again()))
    expect(lines.find((line) => line.startsWith('Read'))).to.match(/^Read a\.txt: success: /)
  })

  it('continues the conversation', async () => {
    await desk.start([{ text: 'Good day.' }, { text: 'You said hello.' }])
    await desk.says('Hello')
    await desk.session.close()
    await desk.again().says('What did I say?')
    expect(desk.endpoint.requests.map(conversation)).to.deep.equal([
      ['user: Hello'],
      ['user: Hello', 'assistant: Good day.', 'user: What did I say?'],
    ])
  })

  it('lists agents also where none could be opened, so that another can be opened', async () => {
    await desk.start([], { options: { model: 'no-such-model' } })
    await problemOf(desk)
    expect(await desk.session.agents.list()).to.deep.equal([])
    await desk.session.close()
  })

  it('opens an agent on request although the --model of the start is unavailable', async () => {
    await desk.start([{ text: 'Hello.' }], { options: { model: 'no-such-model' } })
    expect((await problemOf(desk)).message).to.equal(modelNotFound('no-such-model', [], []).message)
    await desk.session.agents.open('new')
    expect(desk.session.store.state.agent?.model).to.equal('openai/scripted')
    expect(transcript(await desk.says('Hi')).at(-1)).to.equal('assistant: Hello.')
  })

  it('opens the agent after signing in, also when agents were listed before', async () => {
    await desk.start([{ text: 'Hello.' }], { options: { model: 'no-such-model' } })
    await problemOf(desk)
    await desk.session.agents.list()
    await signIn()
    expect(desk.session.store.state.agent?.model).to.equal('openai/scripted')
    expect(transcript(await desk.says('Hi')).at(-1)).to.equal('assistant: Hello.')
  })

  it('holds what waits for an agent after signing in, until one of several models is chosen', async () => {
    await desk.start([{ text: 'Hello.' }], {
      options: { model: 'no-such-model' },
    })
    await problemOf(desk)
    desk.session.turns.send('Hi')
    await signIn()
    const { agent, isQueuePaused, queue } = desk.session.store.state
    expect(agent?.model).to.equal('openai/scripted')
    expect({ isQueuePaused, queued: queue.map(({ text }) => text) }).to.deep.equal({
      isQueuePaused: true,
      queued: ['Hi'],
    })
    expect(desk.endpoint.requests).to.deep.equal([])
    await desk.session.models.set('openai/other')
    desk.session.turns.resume()
    expect(transcript(await desk.settled()).at(-1)).to.equal('assistant: Hello.')
    expect(desk.endpoint.requests.map(({ body }) => body.model)).to.deep.equal(['other'])
  })

  it('sends no request about an agent while none is open', async () => {
    await desk.start([], { options: { agent: { id: 'nope' } } })
    await problemOf(desk)
    const refused = await desk.session.conversations.summary().catch(messageOf)
    expect(refused).to.equal(NO_AGENT_OPEN.message)
  })

  it('redacts a key that is saved meanwhile where a command prints it', async () => {
    await desk.start([], {
      options: { mode: 'bypassPermissions' },
      variables: { OPENAI_API_KEY: '', OPENAI_BASE_URL: '' },
    })
    const command = `cat ${desk.home}/.letta/settings.json`
    desk.endpoint.setTurns([{ calls: [{ name: 'Bash', args: { command } }] }, { text: 'Done.' }])
    await desk.session.opened.catch(() => undefined)
    await signIn()
    desk.session.turns.resume()
    expect(JSON.stringify(desk.settings('home', 'settings.json'))).to.include('key-for-tests')
    await desk.says('Look')
    expect(JSON.stringify(desk.endpoint.requests.at(-1)?.body.messages))
      .to.include('[hidden]')
      .and.not.include('key-for-tests')
  })

  it('opens no agent after signing in while the user chooses one for a missing one', async () => {
    await desk.start([], { options: { agent: { id: 'nope' } } })
    await problemOf(desk)
    await signIn()
    expect(desk.session.store.state.agent).to.equal(null)
    expect(await desk.session.agents.list()).to.deep.equal([])
  })

  it('creates a new agent with new blocks for --new', async () => {
    await desk.start()
    const before = blockIds(await opened(desk))
    const state = await opened(desk.again({ agent: 'new' }))
    const after = blockIds(state)
    const ids = [...Object.values(before), ...Object.values(after)]
    expect(new Set(ids).size).to.equal(8)
    const { persona, human, project, skills } = after
    expect(desk.settings('home', 'settings.json')).to.deep.equal({
      $schema: SETTINGS_SCHEMA,
      lastAgent: state.agent?.id,
      lastAgentByServer: { embedded: state.agent?.id },
      globalSharedBlockIds: { persona, human },
      globalSharedBlockIdsByServer: { embedded: { persona, human } },
    })
    expect(desk.settings('project', 'settings.json')).to.deep.equal({
      localSharedBlockIds: { project, skills },
      localSharedBlockIdsByServer: { embedded: { project, skills } },
    })
  })

  it('shares the blocks about the user with the agents of other directories', async () => {
    await desk.start()
    const here = blockIds(await opened(desk))
    const directory = path.join(desk.home, 'elsewhere')
    mkdirSync(directory)
    const state = await opened(desk.again({ directory }))
    const there = blockIds(state)
    expect([there['persona'], there['human']]).to.deep.equal([here['persona'], here['human']])
    expect(there['project']).to.not.equal(here['project'])
    expect(state.start).to.deep.equal({
      agent: 'created',
      memory: [
        { label: 'persona', origin: 'reused' },
        { label: 'human', origin: 'reused' },
        { label: 'project', origin: 'created' },
        { label: 'skills', origin: 'created' },
      ],
    })
  })

  it('reports which shared blocks the server has lost, and recreates them', async () => {
    await desk.start([], { options: { agent: { id: 'none-yet' } } })
    await problemOf(desk)
    const file = path.join(desk.home, '.letta', 'settings.json')
    mkdirSync(path.dirname(file), { recursive: true })
    const lost = 'block-00000000-0000-4000-8000-000000000000'
    writeFileSync(file, JSON.stringify({ globalSharedBlockIds: { human: lost } }), { mode: 0o600 })
    const state = await opened(desk.again())
    expect(transcript(state)).to.deep.equal([
      `info: ${agentCreated(defaultAgentName(desk.project))}`,
      `warning: ${blocksRecreated(['human'])}`,
    ])
    expect(blockIds(state)['human']).to.not.equal(lost)
  })

  it('leaves a block detached that somebody has detached', async () => {
    await desk.start()
    const first = await opened(desk)
    await desk.session.close()
    const database = path.join(desk.home, '.letta', 'letta.db')
    const server = await connect({ type: 'embedded', database, environment: {}, demo: true })
    const detached = blockIds(first)['project'] ?? ''
    await server.client.agents.blocks.detach(detached, { agent_id: first.agent?.id ?? '' })
    await server.close()
    const state = await opened(desk.again())
    expect(transcript(state)).to.deep.equal([])
    expect(Object.keys(blockIds(state))).to.have.members(['persona', 'human', 'skills'])
  })

  it('recreates a block that the server lost although its agent exists', async () => {
    await desk.start()
    const first = await opened(desk)
    await desk.session.close()
    const lost = blockIds(first)['project'] ?? ''
    const database = path.join(desk.home, '.letta', 'letta.db')
    const server = await connect({ type: 'embedded', database, environment: {}, demo: true })
    await server.client.blocks.delete(lost)
    await server.close()
    const state = await opened(desk.again())
    expect(transcript(state)).to.deep.equal([`warning: ${blocksRecreated(['project'])}`])
    const { project, ...others } = blockIds(state)
    expect(project).to.be.a('string').and.not.equal(lost)
    expect(Object.keys(others)).to.have.members(['persona', 'human', 'skills'])
    expect(state.start).to.deep.include({ agent: 'opened' })
    expect(originsOf(state)).to.deep.equal({
      persona: 'reused',
      human: 'reused',
      skills: 'reused',
      project: 'recreated',
    })
    expect(JSON.stringify(desk.settings('project', 'settings.json'))).to.include(project)
    const again = desk.again()
    expect(transcript(await opened(again))).to.deep.equal([])
  })

  it('reports a stored agent that the server does not know, and creates nothing', async () => {
    await desk.start([], { options: { agent: { id: 'none-yet' } } })
    await problemOf(desk)
    const id = 'agent-00000000-0000-4000-8000-000000000000'
    desk.write('.letta/settings.local.json', JSON.stringify({ lastAgent: id }))
    const { message, hint } = await problemOf(desk.again())
    expect({ message, hint }).to.deep.equal(agentNotFound(id, 'stored', null))
    expect(desk.settings('home', 'settings.json')).to.equal(null)
    expect(desk.settings('project', 'settings.json')).to.equal(null)
    expect(desk.settings('project', 'settings.local.json')).to.deep.equal({ lastAgent: id })
    const next = desk.again({ agent: 'new' })
    const { agent } = await opened(next)
    const listed = await next.session.agents.list()
    expect(listed.map(({ id }) => id)).to.deep.equal([agent?.id])
  })

  it('allows another agent to be opened or created instead of a missing one', async () => {
    await desk.start([{ text: 'Here I am.' }])
    const first = await opened(desk)
    const lost = desk.again({ agent: { id: 'agent-00000000-0000-4000-8000-000000000000' } })
    expect(await problemOf(lost)).to.be.instanceOf(UnknownAgent)
    const { session } = lost
    expect([session.store.state.start, phaseOf(session.store.state)]).to.deep.equal([
      'failed',
      'unopened',
    ])
    session.turns.send('Are you there?')
    const listed = await session.agents.list()
    expect(listed.map(({ id }) => id)).to.deep.equal([first.agent?.id])
    await session.agents.open('sharing')
    expect(blockIds(session.store.state)).to.deep.equal(blockIds(first))
    expect(session.store.state.agent?.id).to.not.equal(first.agent?.id)
    expect(transcript(await lost.settled()).slice(1)).to.deep.equal([
      'user: Are you there?',
      'assistant: Here I am.',
    ])
  })

  it('lists all agents, also when they are more than one page', async () => {
    await desk.start()
    const { agent } = await opened(desk)
    const database = path.join(desk.home, '.letta', 'letta.db')
    const server = await connect({ type: 'embedded', database, environment: {}, demo: true })
    const made = await Promise.all(
      Array.from({ length: 230 }, (_, index) =>
        server.client.agents.create({
          name: `agent ${index}`,
          model: 'demo/tour',
          include_base_tools: false,
        }),
      ),
    )
    await server.close()
    const listed = await desk.session.agents.list()
    expect(listed.map(({ id }) => id)).to.have.members([agent?.id, ...made.map(({ id }) => id)])
  })

  it('reports an agent named by the user that the server does not know', async () => {
    await desk.start([], { options: { agent: { id: 'nope' } } })
    const { message } = await problemOf(desk)
    expect(message).to.equal(agentNotFound('nope', 'given', null).message)
  })

  it('shows three ways to a model when none is available', async function () {
    // A model server on this machine is detected automatically.
    const found = await probeLocalServers(new AbortController().signal)
    await desk.start([], { options: { environment: { PATH: process.env['PATH'] } } })
    skipWhen(this, found.length > 0, 'a model server answers on this machine')
    const { message, hint } = await problemOf(desk)
    expect(message).to.equal(NO_MODEL)
    expect(hint?.split('\n').map((line) => line.split(':')[0])).to.deep.equal([
      '1. Provider API key',
      '2. Model on this machine',
      '3. Letta server',
      DEMO_HINT,
    ])
    expect(desk.settings('project', 'settings.local.json')).to.equal(null)
  })

  it('takes a model as it is written when the endpoint does not list it', async () => {
    await desk.start([], { options: { model: 'openai/my/own:7b' } })
    expect((await opened(desk)).agent?.model).to.equal('openai/my/own:7b')
  })

  it('suggests similar models when the requested one is unknown', async () => {
    await desk.start([], { options: { model: 'anthropic/claude' } })
    const { message } = await problemOf(desk)
    expect(message).to.equal(modelNotFound('anthropic/claude', [], []).message)
  })

  it('gives new agents the usual model, and reports when the server lacks it', async () => {
    await desk.start()
    await opened(desk)
    const file = path.join(desk.home, '.letta', 'settings.json')
    const usual = async (model: string): Promise<SessionState> => {
      writeFileSync(file, JSON.stringify({ model }))
      return opened(desk.again({ agent: 'new' }))
    }
    expect((await usual('openai/other')).agent?.model).to.equal('openai/other')
    const elsewhere = await usual('anthropic/claude')
    expect(elsewhere.agent?.model).to.equal('openai/scripted')
    expect(transcript(elsewhere)[0]).to.equal(
      `warning: ${defaultModelUnavailable('anthropic/claude').message}`,
    )
  })

  it('changes the model of a resumed agent for --model, and reports it', async () => {
    await desk.start([{ text: 'Here I am.' }])
    const before = await opened(desk)
    await desk.session.close()
    const second = desk.again({ model: 'openai/other' })
    const state = await opened(second)
    expect(state.agent).to.deep.equal({ ...before.agent, model: 'openai/other' })
    expect(transcript(state)).to.deep.equal([
      `info: ${modelChanged('openai/scripted', 'openai/other')}`,
    ])
    await second.says('Which one are you?')
    expect(desk.endpoint.requests.map(({ body }) => body.model)).to.deep.equal(['other'])
  })

  it('applies its flags to the first agent, and to none that is opened afterwards', async () => {
    await desk.start()
    const other = await opened(desk)
    await desk.session.close()
    const options = { agent: 'new', name: 'Ada', model: 'openai/other', tools: [] } as const
    const second = desk.again(options)
    expect((await opened(second)).agent).to.include({ name: 'Ada', model: 'openai/other' })
    await second.session.agents.open({ id: other.agent?.id ?? '' })
    expect(second.session.store.state.agent).to.deep.equal(other.agent)
  })

  it('names the agent that a new one replaces in the directory, and gives them different names', async () => {
    await desk.start()
    const first = await opened(desk)
    await desk.session.close()
    const name = defaultAgentName(desk.project)
    const { settled } = await opened(desk.again({ agent: 'new' }))
    const notices = settled.flatMap((entry) =>
      entry.type === 'notice' ? [{ message: entry.text, hint: entry.hint }] : [],
    )
    expect(notices).to.deep.equal([
      { message: agentCreated(`${name} 2`), hint: null },
      agentReplaced(name, first.agent?.id ?? ''),
    ])
  })

  it('names a new agent after its directory', () => {
    expect(defaultAgentName('/home/ada/work/site')).to.equal('site')
    expect(defaultAgentName('/tmp/a\u001b[31mb')).to.equal('a[31mb')
    expect(defaultAgentName('/')).to.equal('letta-workbench')
  })

  it('reports that --name is for a new agent', async () => {
    await desk.start()
    await opened(desk)
    await desk.session.close()
    expect(transcript(await opened(desk.again({ name: 'Ada' })))).to.deep.equal([
      `warning: ${nameIgnored(defaultAgentName(desk.project)).message}`,
    ])
  })

  it('detaches the tools that --tools leaves out, and attaches them again for --link', async () => {
    await desk.start([], { options: { tools: ['Read', 'Bash'] } })
    const server = ['memory_insert', 'memory_replace', 'memory_rethink', 'conversation_search']
    const made = await opened(desk)
    expect(made.agent?.tools).to.deep.equal(['Read', 'Bash', ...server])
    await desk.session.close()
    const fewer = desk.again({ tools: [] })
    const without = await opened(fewer)
    expect(without.agent?.tools).to.deep.equal(server)
    expect(transcript(without)).to.deep.equal([`info: ${toolsDetached(['Read', 'Bash'])}`])
    await fewer.session.close()
    const linked = await opened(desk.again({ link: 'link' }))
    expect(transcript(linked)).to.deep.equal([
      `info: Attached: ${TOOLS.map((tool) => tool.name).join(', ')}.`,
    ])
    expect(new Set(linked.agent?.tools)).to.deep.equal(
      new Set([...server, ...TOOLS.map((tool) => tool.name)]),
    )
  })

  it('sends what was typed before the agent was open', async () => {
    await desk.start([{ text: 'Good day.' }])
    desk.session.turns.send('Hello')
    const { queue } = desk.session.store.state
    expect(queue.map(({ text }) => text)).to.deep.equal(['Hello'])
    expect(transcript(await desk.settled()).slice(1)).to.deep.equal([
      'user: Hello',
      'assistant: Good day.',
    ])
  })

  it('opens another agent of the directory, and remembers it', async () => {
    await desk.start([{ text: 'Good day.' }])
    const first = await desk.says('Hello')
    await desk.session.agents.open('new')
    const { state } = desk.session.store
    expect(state.agent?.id).to.not.equal(first.agent?.id)
    expect(state.settled.some((entry) => entry.type === 'user')).to.equal(false)
    await desk.session.agents.open({ id: first.agent?.id ?? '' })
    const back = desk.session.store.state
    expect(back.agent).to.deep.equal(first.agent)
    expect(transcript(back)).to.deep.equal(['user: Hello', 'assistant: Good day.'])
    expect(desk.settings('project', 'settings.local.json')).to.deep.equal({
      lastAgent: first.agent?.id,
      lastAgentByServer: { embedded: first.agent?.id },
    })
  })

  it('reports an unreadable settings file once, and does not change it', async () => {
    await desk.start([], { files: { '.letta/settings.local.json': '{ broken' } })
    const state = await opened(desk)
    const file = path.join(desk.project, '.letta/settings.local.json')
    expect(transcript(state).filter((line) => line.startsWith('warning'))).to.deep.equal([
      `warning: ${file}:1:3: expected a key or "}"`,
    ])
    expect(readFileSync(file, 'utf8')).to.equal('{ broken')
  })
})
