import { expect } from 'chai'
import { COMPACTING, turnStopped } from '../../lib/session/messages/turns.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { conversation, systemOf, transcript } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

describe('A turn', () => {
  const desk = withSession()

  /** Without the notice that the agent was created. */
  const said = (state: SessionState): readonly string[] => transcript(state).slice(1)
  const asked = (): readonly (readonly string[])[] => desk.endpoint.requests.map(conversation)

  it('shows the reasoning and the answer of the agent', async () => {
    await desk.start([{ reasoning: 'A greeting.', text: '**Good** day.' }])
    const state = await desk.says('Hello')
    expect(said(state)).to.deep.equal([
      'user: Hello',
      'reasoning: A greeting.',
      'assistant: **Good** day.',
    ])
  })

  it('counts its usage, and that of all turns together', async () => {
    const usage = { prompt: 100, completion: 20, cached: 60, reasoning: 5 }
    await desk.start([
      { text: 'One.', usage },
      { text: 'Two.', usage: { prompt: 130, completion: 10 } },
    ])
    await desk.says('First')
    const state = await desk.says('Second')
    expect(state.usage).to.deep.equal({
      promptTokens: 130,
      completionTokens: 10,
      totalTokens: 140,
      cachedTokens: 0,
      reasoningTokens: 0,
      steps: 1,
      contextTokens: 140,
      dollars: null,
    })
    expect({ ...state.totals, apiMs: state.totals.apiMs > 0 }).to.deep.equal({
      usage: {
        promptTokens: 230,
        completionTokens: 30,
        totalTokens: 260,
        cachedTokens: 60,
        reasoningTokens: 5,
        steps: 2,
        contextTokens: 140,
        dollars: null,
      },
      turns: 2,
      apiMs: true,
    })
  })

  it('reports that the context window is full, and continues from a summary', async () => {
    await desk.start([
      { text: 'One.' },
      { text: 'Two.', usage: { prompt: 120_000, completion: 10 } },
      { text: 'They counted.' },
      { text: 'Three.' },
    ])
    await desk.says('First')
    expect(said(await desk.says('Second')).slice(-2)).to.deep.equal([
      'assistant: Two.',
      `info: ${COMPACTING}`,
    ])
    await desk.says('Third')
    const [summary, ...rest] = asked().at(-1)?.slice(-3) ?? []
    expect(summary).to.include('They counted.')
    expect(rest).to.deep.equal(['assistant: Two.', 'user: Third'])
  })

  it('makes only the model calls that the conversation needs', async () => {
    await desk.start(
      [
        { calls: [{ id: 'c1', name: 'Read', args: { file_path: 'a.txt' } }] },
        { text: 'It says one.' },
        { text: 'You are welcome.' },
      ],
      { files: { 'a.txt': 'one\n' } },
    )
    await desk.says('Read a.txt')
    await desk.says('Thanks')
    expect(asked()).to.deep.equal([
      ['user: Read a.txt'],
      ['user: Read a.txt', 'assistant: | c1 Read({"file_path":"a.txt"})', 'c1 OK: 1→one'],
      [
        'user: Read a.txt',
        'assistant: | c1 Read({"file_path":"a.txt"})',
        'c1 OK: 1→one',
        'assistant: It says one.',
        'user: Thanks',
      ],
    ])
  })

  it('runs a tool that only reads the project without asking', async () => {
    await desk.start(
      [
        { text: 'Let me see.', calls: [{ id: 'c1', name: 'Read', args: { file_path: 'a.txt' } }] },
        { text: 'It says one.' },
      ],
      { files: { 'a.txt': 'one\n' } },
    )
    expect(said(await desk.says('Read a.txt'))).to.deep.equal([
      'user: Read a.txt',
      'assistant: Let me see.',
      'Read a.txt: success: 1→one',
      'assistant: It says one.',
    ])
  })

  it('answers all calls of one answer in one request, in their order', async () => {
    await desk.start(
      [
        {
          interleave: true,
          calls: [
            { id: 'c1', name: 'Read', args: { file_path: 'a.txt' } },
            { id: 'c2', name: 'Glob', args: { pattern: '*.txt' } },
            { id: 'c3', name: 'Read', args: { file_path: 'b.txt' } },
          ],
        },
        { text: 'Done.' },
      ],
      { files: { 'a.txt': 'one', 'b.txt': 'two' } },
    )
    const state = await desk.says('Read all')
    expect(said(state)).to.deep.equal([
      'user: Read all',
      'Read a.txt: success: 1→one',
      `Glob *.txt: success: ${desk.project}/a.txt\n${desk.project}/b.txt`,
      'Read b.txt: success: 1→two',
      'assistant: Done.',
    ])
    expect(asked()[1]?.slice(1)).to.deep.equal([
      'assistant: | c1 Read({"file_path":"a.txt"}) | c2 Glob({"pattern":"*.txt"}) | c3 Read({"file_path":"b.txt"})',
      'c1 OK: 1→one',
      `c2 OK: ${desk.project}/a.txt\n${desk.project}/b.txt`,
      'c3 OK: 1→two',
    ])
  })

  it('keeps each of several edits of one file in one answer', async () => {
    const edit = (id: string, before: string, after: string) => {
      const args = { file_path: 'a.txt', old_string: before, new_string: after }
      return { id, name: 'Edit', args }
    }
    const edits = [
      edit('c1', 'one', 'ONE'),
      edit('c2', 'three', 'THREE'),
      edit('c3', 'ONE', 'First'),
    ]
    const read = { id: 'c0', name: 'Read', args: { file_path: 'a.txt' } }
    const answers = [{ calls: [read] }, { interleave: true, calls: edits }, { text: 'Done.' }]
    const files = { 'a.txt': 'one\ntwo\nthree\n' }
    await desk.start(answers, { files, options: { mode: 'acceptEdits' } })
    await desk.says('Change it')
    expect(desk.read('a.txt')).to.equal('First\ntwo\nTHREE\n')
  })

  it('continues for as many rounds as the agent needs', async () => {
    const read = (id: string, file: string) => ({
      calls: [{ id, name: 'Read', args: { file_path: file } }],
    })
    await desk.start([read('c1', 'a.txt'), read('c2', 'b.txt'), { text: 'Both read.' }], {
      files: { 'a.txt': 'one', 'b.txt': 'two' },
    })
    const state = await desk.says('Read both')
    expect(said(state)).to.deep.equal([
      'user: Read both',
      'Read a.txt: success: 1→one',
      'Read b.txt: success: 1→two',
      'assistant: Both read.',
    ])
    expect(state.totals.turns).to.equal(1)
  })

  it('distinguishes calls whose ids the model reuses in each answer', async () => {
    const read = (file: string) => ({
      calls: [{ id: 'call_0', name: 'Read', args: { file_path: file } }],
    })
    await desk.start([read('a.txt'), read('b.txt'), { text: 'Both read.' }], {
      files: { 'a.txt': 'one', 'b.txt': 'two' },
    })
    expect(said(await desk.says('Read both'))).to.deep.equal([
      'user: Read both',
      'Read a.txt: success: 1→one',
      'Read b.txt: success: 1→two',
      'assistant: Both read.',
    ])
  })

  it('answers a call of an unknown tool without asking', async () => {
    await desk.start([
      { calls: [{ id: 'c1', name: 'Teleport', args: { to: 'Mars' } }] },
      { text: 'I cannot.' },
    ])
    const state = await desk.says('Go to Mars')
    const [, call, answer] = said(state)
    expect(call).to.match(/^Teleport : error: /)
    expect(answer).to.equal('assistant: I cannot.')
    expect(asked()[1]?.[2]).to.match(/^c1 Failed: /)
  })

  it('answers arguments that are not JSON, or invalid for the tool', async () => {
    await desk.start([
      {
        calls: [
          { id: 'c1', name: 'Read', args: '{"file_path": "a.t' },
          { id: 'c2', name: 'Read', args: { path: 'a.txt' } },
          { id: 'c3', name: 'Edit', args: '[1, 2]' },
        ],
      },
      { text: 'I will do better.' },
    ])
    const state = await desk.says('Go')
    expect(said(state).map((line) => line.slice(0, 14))).to.deep.equal([
      'user: Go',
      'Read : error: ',
      'Read : error: ',
      'Edit : error: ',
      'assistant: I w',
    ])
    const answers = asked()[1]?.slice(2) ?? []
    expect(answers.map((line) => line.slice(0, 11))).to.deep.equal([
      'c1 Failed: ',
      'c2 Failed: ',
      'c3 Failed: ',
    ])
  })

  it('reports a failing provider in one line, and the next turn works', async () => {
    await desk.start([
      { error: { status: 401, body: { error: { message: 'Incorrect API key provided' } } } },
      { text: 'Now I am here.' },
    ])
    const failed = await desk.says('Hello')
    const notice = failed.settled.at(-1)
    expect(said(failed)[0]).to.equal('user (failed): Hello')
    expect(notice).to.deep.include({ type: 'notice', level: 'error' })
    expect(said(failed)[1]).to.contain('Incorrect API key provided')
    const state = await desk.says('Again')
    expect(said(state).slice(-2)).to.deep.equal(['user: Again', 'assistant: Now I am here.'])
  })

  it('keeps the text from before the model failed, and the next turn works', async () => {
    await desk.start([
      { text: 'Half an answer and', disconnectAfter: 2 },
      { text: 'Here is the rest.' },
    ])
    const broken = await desk.says('Tell me')
    expect(said(broken).slice(0, 2)).to.deep.equal(['user (failed): Tell me', 'assistant: Half an'])
    expect(broken.settled.at(-1)).to.deep.include({ type: 'notice', level: 'error' })
    await desk.says('Go on')
    expect(asked().at(-1)).to.deep.equal(['user: Tell me', 'assistant: Half an', 'user: Go on'])
  })

  it('keeps a call and its result when the connection breaks in the answer after them', async () => {
    const read = { id: 'c1', name: 'Read', args: { file_path: 'a.txt' } }
    const answers = [
      { calls: [read] },
      { text: 'It says this', disconnectAfter: 2 },
      { text: 'It says one.' },
    ]
    await desk.start(answers, { files: { 'a.txt': 'one' } })
    const broken = await desk.says('Read it')
    expect(broken.settled.at(-1)).to.deep.include({ type: 'notice', level: 'error' })
    await desk.says('Go on')
    expect(asked().at(-1)).to.deep.equal([
      'user: Read it',
      'assistant: | c1 Read({"file_path":"a.txt"})',
      'c1 OK: 1→one',
      'assistant: It says',
      'user: Go on',
    ])
  })

  it('reminds the agent of plan mode with each message, and shows only the text of the user', async () => {
    await desk.start([{ text: 'I plan.' }, { text: 'I do.' }], { options: { mode: 'plan' } })
    expect(said(await desk.says('Change it'))[0]).to.equal('user: Change it')
    const [asked] = conversation(desk.endpoint.requests[0])
    expect(asked).to.match(
      /^user: <system-reminder>\nPlan mode is on[\s\S]*<\/system-reminder>\n\nChange it$/,
    )
    desk.session.rules.setMode('default')
    await desk.says('Go on')
    expect(conversation(desk.endpoint.requests[1]).at(-1)).to.equal('user: Go on')
    const { session } = desk.again()
    await session.opened
    expect(transcript(session.store.state)).to.deep.equal([
      'user: Change it',
      'assistant: I plan.',
      'user: Go on',
      'assistant: I do.',
    ])
  })

  it('reports that it stopped at its limit of steps', async () => {
    await desk.start(
      [{ calls: [{ id: 'c1', name: 'memory_insert', args: { label: 'human', new_string: 'x' } }] }],
      { options: { maxSteps: 1 } },
    )
    const state = await desk.says('Remember x')
    expect(said(state).at(-1)).to.equal(`error: ${turnStopped('max_steps')}`)
    expect(desk.endpoint.requests).to.have.lengthOf(1)
  })

  it('counts its steps over all rounds, and leaves the agent ready', async () => {
    const look = (id: string) => ({ calls: [{ id, name: 'LS', args: { path: '.' } }] })
    await desk.start([look('c1'), look('c2'), { text: 'Here I am.' }], {
      options: { maxSteps: 2 },
    })
    const stopped = await desk.says('Look round')
    expect(said(stopped).slice(2)).to.deep.equal([
      'LS : dropped',
      `error: ${turnStopped('max_steps')}`,
    ])
    expect(desk.endpoint.requests).to.have.lengthOf(2)
    const state = await desk.says('Are you there?')
    expect(said(state).slice(4)).to.deep.equal(['user: Are you there?', 'assistant: Here I am.'])
  })

  it('is followed by the messages typed meanwhile, in order, each as a separate turn', async () => {
    await desk.start([{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }])
    for (const text of ['first', 'second', 'third']) desk.session.turns.send(text)
    const state = await desk.settled(3)
    expect(said(state)).to.deep.equal([
      'user: first',
      'assistant: One.',
      'user: second',
      'assistant: Two.',
      'user: third',
      'assistant: Three.',
    ])
    expect(state.queue).to.deep.equal([])
  })

  it('is not followed by a queued message that was withdrawn', async () => {
    await desk.start([{ text: 'One.' }, { text: 'Three.' }])
    for (const text of ['first', 'second', 'third']) desk.session.turns.send(text)
    const second = desk.session.store.state.queue.find(({ text }) => text === 'second')
    desk.session.turns.unqueue(second?.id ?? '')
    const state = await desk.settled(2)
    expect(said(state)).to.deep.equal([
      'user: first',
      'assistant: One.',
      'user: third',
      'assistant: Three.',
    ])
  })

  it('starts without messages after clear, here and on the server, but with the memory', async () => {
    await desk.start([{ text: 'One.' }, { text: 'Two.' }])
    const before = await desk.says('first')
    await desk.session.conversations.clear()
    expect(transcript(desk.session.store.state)).to.deep.equal([])
    expect(desk.session.store.state.memory).to.deep.equal(before.memory)
    await desk.says('second')
    expect(asked()[1]).to.deep.equal(['user: second'])
    await desk.session.close()
    const next = desk.again()
    await next.session.opened
    expect(transcript(next.session.store.state)).to.deep.equal(['user: second', 'assistant: Two.'])
  })

  it('uses the new name and the new model of the agent', async () => {
    await desk.start([{ text: 'One.' }])
    await desk.session.opened
    await desk.session.agents.rename('Ada')
    await desk.session.models.set('openai/other')
    const { agent } = await desk.says('Who are you?')
    expect([agent?.name, agent?.model]).to.deep.equal(['Ada', 'openai/other'])
    expect(desk.endpoint.requests.map(({ body }) => body.model)).to.deep.equal(['other'])
    const [listed] = await desk.session.agents.list()
    expect(listed).to.deep.include(agent)
  })

  it('asks the model for the effort of the agent, which is kept', async () => {
    await desk.start([{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }])
    await desk.session.opened
    await desk.session.models.setEffort('high')
    await desk.says('Think')
    await desk.session.close()
    const next = desk.again()
    await next.session.opened
    expect(next.session.store.state.agent?.effort).to.equal('high')
    await next.says('Think again')
    await next.session.models.setEffort(null)
    await next.says('As you like')
    const efforts = desk.endpoint.requests.map(({ body }) => body['reasoning_effort'])
    expect(efforts).to.deep.equal(['high', 'high', undefined])
  })

  it('searches any number of times at once without a warning of Node', async () => {
    const warnings: string[] = []
    const note = ({ message }: Error): number => warnings.push(message)
    process.on('warning', note)
    const calls = Array.from({ length: 12 }, (_, at) => ({
      name: 'Grep',
      args: { pattern: `x${at}` },
    }))
    await desk.start([{ calls }, { text: 'Nothing.' }])
    await desk.says('Search')
    process.off('warning', note)
    expect(warnings).to.deep.equal([])
  })

  it('has the same start of the prompt as the one before, for caches', async () => {
    await desk.start([{ text: 'One.' }, { text: 'Two.' }])
    await desk.says('first')
    await desk.says('second')
    const [first, second] = desk.endpoint.requests
    expect(systemOf(second)).to.equal(systemOf(first))
    expect(second?.body.tools).to.deep.equal(first?.body.tools)
  })
})
