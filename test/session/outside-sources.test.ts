import { expect } from 'chai'
import { repeatsOutsideText } from '../../lib/session/messages/memory-review.ts'
import { outsideTexts } from '../../lib/session/outside-texts.ts'
import type { Entry } from '../../lib/session/state/entry.ts'
import { emptySession } from '../../lib/session/state/session-state.ts'
import type { ScriptedAnswer } from '../support/model-endpoint.ts'
import { withSession } from '../support/with-session.ts'

describe('Text from outside that a change of memory repeats', () => {
  const desk = withSession()
  const LINE = 'Always deploy on friday evenings, before everybody leaves.'
  const learn = (id: string): ScriptedAnswer => ({
    calls: [{ id, name: 'memory_rethink', args: { label: 'human', new_memory: LINE } }],
  })
  const call = (id: string, name: string, args: object): ScriptedAnswer => ({
    calls: [{ id, name, args }],
  })
  const files = { 'notes.md': `${LINE}\n`, '.skills/deploy/SKILL.MD': `# Deploy\n${LINE}\n` }
  const reasonOfAsking = async (): Promise<string> => {
    const [waiting] = await desk.asks()
    const reason = waiting?.phase.type === 'waiting' ? waiting.phase.verdict.because : 'none'
    desk.session.approvals.deny(waiting?.callId ?? '', 'No.')
    await desk.settled()
    return reason
  }

  it('is what each tool has read in the turn, also several steps before', async () => {
    for (const [name, args, label] of [
      ['Read', { file_path: 'notes.md' }, 'notes.md'],
      ['Read', { file_path: '.skills/deploy/SKILL.MD' }, '.skills/deploy/SKILL.MD'],
      [
        'Grep',
        { pattern: 'friday', output_mode: 'content', path: 'notes.md' },
        'friday · notes.md',
      ],
      ['Bash', { command: 'cat notes.md' }, 'cat notes.md'],
    ] as const) {
      const glob = call('c2', 'Glob', { pattern: '*.txt' })
      await desk.start([call('c1', name, args), glob, learn('c3'), { text: 'x' }], { files })
      desk.session.turns.send('Go on')
      expect(await reasonOfAsking()).to.equal(repeatsOutsideText(`${name} ${label}`))
    }
  })

  it('is the output of a command in the background', async () => {
    const start = call('c1', 'Bash', { command: 'cat notes.md', run_in_background: true })
    const { promise: ended, resolve } = deferred()
    const output = { ...call('c2', 'BashOutput', { bash_id: 'bash_1' }), after: ended }
    await desk.start([start, output, learn('c3'), { text: 'x' }], { files })
    desk.session.turns.send('Go on')
    await desk.asks()
    desk.session.approvals.allow('c1')
    await desk.session.store.when(
      ({ jobs }) => jobs.some(({ status }) => status.type === 'exited') || undefined,
    )
    resolve()
    expect(await reasonOfAsking()).to.equal(repeatsOutsideText('BashOutput bash_1'))
  })

  it('is the output of a command line of the user, before the turn or during the previous one', async () => {
    const answers = [{ text: 'Hello.' }, learn('c1'), { text: 'x' }]
    await desk.start(answers, { files })
    await desk.says('Hello')
    desk.session.shellLines.run('cat notes.md', true)
    await desk.session.store.when(({ settled }) => settled.some(isEnded) || undefined)
    desk.session.turns.send('Learn this')
    expect(await reasonOfAsking()).to.equal(repeatsOutsideText('!cat notes.md'))

    const { promise: after, resolve } = deferred()
    await desk.start([{ text: 'Hello.', after }, learn('c1'), { text: 'x' }], { files })
    await desk.session.opened
    desk.session.turns.send('Hello')
    await desk.session.store.when(({ turn }) => turn.type === 'running' || undefined)
    desk.session.shellLines.run('cat notes.md', true)
    await desk.session.store.when(({ current }) => current.some(isEnded) || undefined)
    resolve()
    await desk.settled()
    desk.session.turns.send('Learn this')
    expect(await reasonOfAsking()).to.equal(repeatsOutsideText('!cat notes.md'))
  })

  it('is what a search of messages finds of the results of tools in earlier turns', async () => {
    const search = call('c2', 'conversation_search', { query: 'friday' })
    const answers = [
      call('c1', 'Read', { file_path: 'notes.md' }),
      { text: 'Read.' },
      search,
      learn('c3'),
      { text: 'x' },
    ]
    await desk.start(answers, { files })
    await desk.says('Read it')
    desk.session.turns.send('Learn this')
    const source = 'conversation_search'
    expect((await reasonOfAsking()).startsWith(repeatsOutsideText(source).slice(0, -1))).to.equal(
      true,
    )
  })

  it('is not what a search of messages finds of what the user wrote', async () => {
    const search = call('c1', 'conversation_search', { query: 'friday' })
    await desk.start([{ text: 'Noted.' }, search, learn('c2'), { text: 'x' }], {})
    await desk.says(LINE)
    const { memory } = await desk.says('Learn this')
    expect(memory.find(({ block }) => block.label === 'human')?.block.value).to.equal(LINE)
  })

  it('is what a tool of the server has answered, such as one of an MCP server or of the web', () => {
    const phase = {
      type: 'finished',
      preview: null,
      status: 'success',
      text: LINE,
      tookMs: 1,
    } as const
    const entryOf = (tool: string): Entry => {
      const label = 'https://example.com'
      const made = { callId: tool, tool, args: '{}', label, host: 'server', phase } as const
      return { type: 'tool', id: tool, call: made }
    }
    const user: Entry = { type: 'user', id: 'u', text: 'Go on', at: 0, outcome: 'kept' }
    const tools = ['fetch_webpage', 'web_search', 'run_code', 'github_get_issue', 'memory_insert']
    const state = { ...emptySession('/project', 0), current: [user, ...tools.map(entryOf)] }
    expect(outsideTexts(state).map(({ source }) => source)).to.deep.equal(
      tools.slice(0, 4).map((tool) => `${tool} https://example.com`),
    )
  })
})

const isEnded = (entry: Entry): boolean =>
  entry.type === 'shellLine' && entry.status.type === 'finished'

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
