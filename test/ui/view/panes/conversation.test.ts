import { expect } from 'chai'
import type { SessionEvent } from '../../../../lib/session/events.ts'
import { NO_MODEL } from '../../../../lib/session/messages/agents.ts'
import { bytesOmitted } from '../../../../lib/tools/messages/shell.ts'
import type { Preview } from '../../../../lib/tools/tool.ts'
import { diffHunks } from '../../../../lib/util/unified-diff.ts'
import { DENIED_BY_USER } from '../../../../ui/messages/approvals.ts'
import type { RootState } from '../../../../ui/state/state.ts'
import { conversationTexts, toolTexts } from '../../../../ui/view/messages/conversation.ts'
import { conversation } from '../../../../ui/view/panes/conversation.ts'
import {
  ASKED,
  call,
  EDIT,
  type Fact,
  formatScenes,
  given,
  NOON,
  OPENED,
  requested,
  rowsOf,
} from './scene.ts'

const MARGIN = 2
const SIZE = { columns: 60 + MARGIN + 1, rows: 40 }
const TURN: readonly Fact[] = [
  ...OPENED,
  { type: 'turn.started', turnId: 't', at: NOON },
  { type: 'message.sent', id: 'm', text: 'go', at: NOON },
]

/** The rows of the conversation after their margin. What is at the right end follows a dash. */
const contentOf = (state: RootState, columns: number): readonly string[] =>
  rowsOf(conversation, state, columns).map((row) =>
    row
      .slice(MARGIN)
      .replace(/^([●✗○◐?⊘◌] \w+) +/, '$1 ')
      .replace(/^([●✗○◐?⊘◌▌].*\S) {2,}(?=\S)/, '$1 — '),
  )

/** The rows below the user's message. */
const shown = (...facts: readonly Fact[]): readonly string[] => {
  const rows = contentOf(given(SIZE, ...TURN, ...facts), SIZE.columns)
  const from = rows.findIndex((row) => row.startsWith('▌')) + 2
  return rows.slice(from).filter((row, index, all) => row !== '' || all[index + 1] !== undefined)
}
const command = (text: string): Preview => ({
  type: 'command',
  command: text,
  description: null,
  background: false,
  timeoutMs: 1000,
})
const started: Fact = { type: 'tool.started', callId: 'c', at: NOON }
const finished = (text: string, status: 'success' | 'error' = 'success', took = 10): Fact => ({
  type: 'tool.finished',
  callId: 'c',
  status,
  text,
  at: NOON + took,
})
const run = (preview: Preview, tool = 'Bash', label = 'npm test'): readonly Fact[] => [
  call('c', tool, '{}'),
  requested('c', label, preview, 'allow'),
  started,
]
const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}`).join('\n')
const ended = (outcome: Extract<Fact, { type: 'turn.finished' }>['outcome'], took = 10): Fact => ({
  type: 'turn.finished',
  outcome,
  apiMs: 1,
  at: NOON + took,
  id: 'end',
})
const done = ended({ type: 'done' })
const opened: Fact = { type: 'entry.toggled', id: 'c' }

describe('The conversation', () => {
  before(formatScenes)

  it('shows how a command ended, and its complete output when it is expanded', () => {
    const ran = [...run(command('npm test')), finished(lines(9), 'success', 3200), done]
    expect(shown(...ran)).to.deep.equal([
      '● Bash npm test — 9 lines · 3.2 s',
      '│ … 5 more lines',
      '│ line 6',
      '│ line 7',
      '│ line 8',
      '│ line 9',
    ])
    expect(shown(...ran, opened)).to.deep.equal([
      '● Bash npm test — 9 lines · 3.2 s',
      ...lines(9)
        .split('\n')
        .map((line) => `│ ${line}`),
    ])
  })

  it('begins a collapsed diff with its changes, and an expanded one with the lines before them', () => {
    const context = ['const a = 1', 'const b = 2', `const long = "${'x'.repeat(400)}"`]
    const before = [...context, ...[1, 2, 3].map((n) => `old(${n})`), ''].join('\n')
    const after = [...context, ...[1, 2, 3].map((n) => `new(${n})`), ''].join('\n')
    const diff: Preview = {
      type: 'diff',
      path: 'a.js',
      created: false,
      remark: null,
      ...diffHunks(before, after),
    }
    const ran = [...run(diff, 'Edit', 'a.js'), finished('Edited.'), done]
    expect(shown(...ran)).to.deep.equal([
      '● Edit a.js — +3 −3',
      '│ @@ -4,3 +4,3 @@',
      '│ 4 - old(1)',
      '│ 5 - old(2)',
      '│ 6 - old(3)',
      '│ 4 + new(1)',
      '│ 5 + new(2)',
      '│ 6 + new(3)',
      '│ … 10 more lines',
    ])
    expect(shown(...ran, opened).slice(0, 3)).to.deep.equal([
      '● Edit a.js — +3 −3',
      '│ @@ -1,6 +1,6 @@',
      '│ 1   const a = 1',
    ])
  })

  it('shows the end of the output of a failed command, which contains the reason', () => {
    const ran = [...run(command('npm test')), finished(lines(20), 'error', 3200), done]
    expect(shown(...ran)).to.deep.equal([
      '✗ Bash npm test — failed · 3.2 s',
      '│ … 12 more lines',
      ...lines(20)
        .split('\n')
        .slice(12)
        .map((line) => `│ ${line}`),
    ])
  })

  it('shows the last line instead of a count of one more line', () => {
    const ran = [...run(command('npm test')), finished(lines(5)), done]
    expect(shown(...ran)).to.deep.equal([
      '● Bash npm test — 5 lines',
      ...lines(5)
        .split('\n')
        .map((line) => `│ ${line}`),
    ])
  })

  it('shows the to-do list', () => {
    const todos: Preview = {
      type: 'todos',
      todos: [
        { content: 'Fix sum', status: 'completed' },
        { content: 'Add mean', status: 'in_progress' },
        { content: 'Test\u001b[31m all', status: 'pending' },
      ],
    }
    const wrote = run(todos, 'TodoWrite', '1 of 3 done')
    expect(shown(...wrote, finished('Todos have been modified.'), done)).to.deep.equal([
      '● TodoWrite 1 of 3 done',
      '│ ✔ Fix sum',
      '│ ▸ Add mean',
      '│ ○ Test all',
    ])
  })

  it('counts the lines of a file like an editor', () => {
    const read = run({ type: 'arguments', text: '' }, 'Read', 'a.ts')
    expect(shown(...read, finished('1→one\n2→two\n3→'), done)).to.deep.equal([
      '● Read a.ts — 2 lines',
    ])
  })

  it('does not count the kept lines of a longer output as all of it', () => {
    const text = `1\n2\n3\n\n${bytesOmitted(9000, '/tmp/output')}\n\n998\n999\n`
    const [first] = shown(
      ...run({ type: 'arguments', text: '' }, 'Bash', 'seq 1 999'),
      finished(text),
      done,
    )
    expect(first).to.include(toolTexts.moreThanLines(4))
  })

  it('shows a call that only read in one line', () => {
    const read = run({ type: 'arguments', text: '' }, 'Read', 'src/app.ts')
    expect(shown(...read, finished(lines(120)), done)).to.deep.equal([
      '● Read src/app.ts — 120 lines',
    ])
  })

  it('states the exit code of a failed command once', () => {
    const ran = (text: string) =>
      shown(...run(command('npm test')), finished(text, 'error', 3200), done)
    expect(ran('out\nExit code: 3\nerr')).to.deep.equal([
      '✗ Bash npm test — exit code 3 · 3.2 s',
      '│ out',
      '│ err',
    ])
    // The command has printed one of both.
    expect(ran('Exit code: 4\nExit code: 3')).to.deep.equal([
      '✗ Bash npm test — failed · 3.2 s',
      '│ Exit code: 4',
      '│ Exit code: 3',
    ])
  })

  it('shows every kind of failure', () => {
    const read = run({ type: 'arguments', text: '' }, 'Read', 'src/app.ts')
    expect(shown(...read, finished('No such file.', 'error'), done)).to.deep.equal([
      '✗ Read src/app.ts — failed',
      '│ No such file.',
    ])
  })

  it('names the key that copies the code of the answer at the cursor', () => {
    const focused: Fact = { type: 'focus.moved', to: 'conversation' }
    const headers = (...facts: readonly Fact[]) =>
      rowsOf(conversation, given({ columns: 120, rows: 40 }, ...facts), 40, 60).filter((line) =>
        line.includes('┌ ts'),
      )
    const answered = OPENED.concat(ASKED.slice(-1))
    expect(headers(...answered)).to.deep.equal(['  ┌ ts'])
    expect(headers(...answered, focused)).to.deep.equal(['▎ ┌ ts ─────────────────────── y copies'])
  })

  it('shows the changes of an edit', () => {
    expect(shown(...run(EDIT, 'Edit', 'src/add.ts'), finished('ok'), done)).to.deep.equal([
      '● Edit src/add.ts — +2 −2',
      '│ @@ -1,3 +1,3 @@',
      '│ 1 - export function add(a: number, b: number): number {',
      '│ 2 -   return a + b',
      '│ 1 + export function add(...all: readonly number[]):',
      '│   + number {',
      '│ 2 +   return all.reduce((sum, one) => sum + one, 0)',
      '│ 3   }',
    ])
  })

  it('shows the newest output of a running command', () => {
    const output: Fact = { type: 'tool.output', callId: 'c', text: lines(9), at: NOON }
    expect(shown(...run(command('npm test')), output)).to.deep.equal([
      '◐ Bash npm test — running',
      '│ line 6',
      '│ line 7',
      '│ line 8',
      '│ line 9',
      '',
      '⠋ working 0.0 s',
    ])
  })

  it('shows the reason of a denial', () => {
    const denied: Fact = {
      type: 'approval.decided',
      callId: 'c',
      allow: false,
      by: 'person',
      reason: 'Use the script.',
    }
    const asked = [
      call('c', 'Bash', '{}'),
      requested('c', 'rm x', command('rm x'), 'ask'),
      denied,
      done,
    ]
    expect(shown(...asked)).to.deep.equal(['⊘ Bash rm x — denied', '│ Use the script.'])
  })

  it('cuts a long label rather than the outcome', () => {
    const rows = shown(...run(command('x'), 'Bash', 'x'.repeat(99)), finished('ok'), done)
    expect(rows[0]).to.equal(`● Bash ${'x'.repeat(43)}… — 1 line`)
    expect(rows[0]).to.have.length(60)
  })

  it('marks a cancelled turn with its outcome', () => {
    const rows = contentOf(
      given(SIZE, ...TURN, ended({ type: 'cancelled', text: 'The server keeps it.' })),
      SIZE.columns,
    )
    expect(rows.filter(Boolean)).to.deep.equal([
      '▌ go — cancelled · 12:00',
      '! The server keeps it.',
    ])
  })

  it('shows the end of reasoning while it is streamed, and its beginning afterwards', () => {
    const text = 'one two three four five six seven eight nine ten. '.repeat(9).trim()
    const thought: Fact = { type: 'message.delta', role: 'reasoning', id: 'r', text, at: NOON }
    const live = shown(thought)
    expect(live).to.have.length(6)
    expect(live[0]).to.match(/^∴ /)
    expect(live[3]).to.match(/ten\.$/)
    expect(shown(thought, done)).to.deep.equal([
      '∴ one two three four five six seven eight nine ten. one …',
    ])
    const all = shown(thought, done, { type: 'entry.toggled', id: 'r' })
    expect(all.join(' ').replace(/\s+/g, ' ')).to.equal(`∴ ${text}`)
  })

  it('has no blank row between an answer and the notices after it', () => {
    const notice = (id: string): Fact => ({
      type: 'notice.posted',
      id,
      level: 'info',
      text: `Notice ${id}.`,
      hint: null,
    })
    const answer: Fact = {
      type: 'message.delta',
      role: 'assistant',
      id: 'a',
      text: 'Yes.',
      at: NOON,
    }
    expect(shown(answer, notice('one'), notice('two')).slice(0, 3)).to.deep.equal([
      'Yes.',
      '· Notice one.',
      '· Notice two.',
    ])
  })

  it('shows the welcome page until the first message, also below notices', () => {
    const notice: Fact = {
      type: 'notice.posted',
      id: 'n',
      level: 'warning',
      text: NO_MODEL,
      hint: '1. Set a key\n2. Start Ollama',
    }
    const rows = contentOf(given(SIZE, ...OPENED, notice), SIZE.columns)
    expect(rows.slice(0, 7)).to.deep.equal([
      'Letta Workbench',
      conversationTexts.tagline,
      '',
      'directory  /home/ada/engine',
      'server     embedded server on this machine',
      'agent      Ada',
      'model      anthropic/claude-sonnet-4-5',
    ])
    expect(rows.slice(-4).filter(Boolean)).to.deep.equal([
      `! ${NO_MODEL}`,
      '  1. Set a key',
      '  2. Start Ollama',
    ])
    expect(shown(notice, done)[0]).to.equal(`! ${NO_MODEL}`)
  })

  it('explains the demo, whose model is scripted', () => {
    const opened = OPENED.map((fact) =>
      fact.type === 'agent.opened'
        ? { ...fact, agent: { ...fact.agent, model: 'demo/tour' } }
        : fact,
    )
    expect(contentOf(given(SIZE, ...opened), 200)[1]).to.equal(conversationTexts.demo)
  })

  it('shows at the start what was created and what existed', () => {
    const card = (start: Extract<Fact, { type: 'agent.reached' }>['start']) =>
      contentOf(given(SIZE, { type: 'agent.reached', start }, ...OPENED), 93).filter((row) =>
        /^(agent|memory) /.test(row),
      )
    const memory = [
      { label: 'persona', origin: 'reused' },
      { label: 'human', origin: 'recreated' },
      { label: 'project', origin: 'created' },
      { label: 'skills', origin: 'created' },
    ] as const
    expect(card({ agent: 'created', memory })).to.deep.equal([
      'agent      Ada, created',
      'memory     new: project, skills · shared: persona · recreated: human',
    ])
    expect(card({ agent: 'opened', memory: memory.slice(0, 1) })).to.deep.equal([
      'agent      Ada, resumed',
      'memory     persona',
    ])
  })

  it('shows below earlier messages which agent was resumed', () => {
    const memory = [
      { label: 'persona', origin: 'reused' },
      { label: 'human', origin: 'recreated' },
      { label: 'project', origin: 'created' },
    ] as const
    const entries = [
      { type: 'user', id: 'u', text: 'old', at: NOON, outcome: 'kept' },
      { type: 'assistant', id: 'a', text: 'Before.' },
    ] as const
    const rows = (...more: readonly Fact[]): readonly string[] => {
      const start: Fact = { type: 'agent.reached', start: { agent: 'opened', memory } }
      const loaded: Fact = { type: 'history.loaded', entries, earlier: false }
      const facts = [start, ...OPENED, loaded, ...more]
      return contentOf(given(SIZE, ...facts), 93).filter(Boolean)
    }
    const notice = { level: 'info', text: 'The model is gpt-5 now.', hint: null } as const
    expect(rows({ type: 'notice.posted', id: 'n', ...notice })).to.deep.equal([
      '▌ old — 12:00',
      'Before.',
      '── Resumed with memory: persona, human (recreated), project',
      '· The model is gpt-5 now.',
    ])
    expect(rows({ type: 'history.cleared' }).join()).to.include('Ada, resumed')
  })

  it('shows what to do when no agent could be opened', () => {
    const rows = contentOf(given(SIZE, { type: 'opening.failed' }), SIZE.columns)
    expect(rows).to.include('agent      none (/agents to open, /new-agent to create)')
  })

  it('shows that the server has earlier messages', () => {
    const loaded: Fact = {
      type: 'history.loaded',
      entries: [{ type: 'user', id: 'u', text: 'old', at: NOON, outcome: 'kept' }],
      earlier: true,
    }
    const rows = contentOf(given(SIZE, ...OPENED, loaded), SIZE.columns)
    expect(rows.filter(Boolean)).to.deep.equal([
      'Older messages are on the server',
      '▌ old — 12:00',
    ])
  })

  it('shows what a call that is arriving is about, and how it grows', () => {
    const args = '{"file_path":"README.md","content":"# Title\\n\\nFirst line\\nSecond li'
    expect(shown(call('c', 'Write', args))).to.deep.equal([
      '○ Write README.md — … 4 lines',
      '│ Second li',
      '',
      '⠋ working 0.0 s',
    ])
  })

  it('shows what a call that was broken off was about, never its incomplete arguments', () => {
    const args = '{"file_path":"README.md","content":"# Title\\n\\nFirst line\\nSecond li'
    const rows = shown(call('c', 'Write', args), ended({ type: 'cancelled', text: 'Saved.' }))
    expect(rows[0]).to.equal(`◌ Write README.md — … 4 lines · ${toolTexts.unfinished}`)
    expect(rows.join('\n')).to.not.include('file_path')
  })

  it('groups calls that follow each other, and shows only the newest to-do list in full', () => {
    const todos = (status: 'pending' | 'completed'): Preview => ({
      type: 'todos',
      todos: [{ content: 'Fix sum', status }],
    })
    const wrote = (id: string, preview: Preview): readonly Fact[] => [
      call(id, 'TodoWrite', '{}'),
      requested(id, 'list', preview, 'allow'),
      { type: 'tool.started', callId: id, at: NOON },
      { type: 'tool.finished', callId: id, status: 'success', text: 'ok', at: NOON },
    ]
    expect(
      shown(...wrote('1', todos('pending')), ...wrote('2', todos('completed')), done),
    ).to.deep.equal(['● TodoWrite list', '● TodoWrite list', '│ ✔ Fix sum'])
  })

  it('summarizes three calls or more above the first of them', () => {
    const ran = (id: string, tool: string): readonly Fact[] => [
      call(id, tool, '{}'),
      requested(id, `${tool} it`, { type: 'arguments', text: '' }, 'allow'),
      { type: 'tool.started', callId: id, at: NOON },
      { type: 'tool.finished', callId: id, status: 'success', text: 'ok', at: NOON },
    ]
    const summary = toolTexts.group({ looked: 2, ran: 1, changed: 0, memory: 0, other: 0 })
    const calls = [...ran('1', 'Read'), ...ran('2', 'Grep')]
    expect(shown(...calls, ...ran('3', 'Bash'), done)[0]).to.equal(`┌ ${summary}`)
    expect(shown(...calls, done)[0]).to.match(/^● Read/)
  })

  it('does not count calls in the summary before they have run', () => {
    const asked = (id: string): readonly Fact[] => [
      call(id, 'Bash', '{}'),
      requested(id, 'Bash it', { type: 'arguments', text: '' }, 'ask'),
    ]
    const rows = shown(...asked('1'), ...asked('2'), ...asked('3'))
    expect(rows.filter((text) => text.startsWith('┌'))).to.deep.equal([])
  })

  it('leaves out the reason of a denial that the user has not given', () => {
    const denied = (reason: string): readonly string[] =>
      shown(
        call('c', 'Bash', '{}'),
        requested('c', 'npm test', command('npm test'), 'ask'),
        { type: 'approval.decided', callId: 'c', allow: false, by: 'person', reason },
        done,
      )
    expect(denied(DENIED_BY_USER)).to.have.length(1)
    expect(denied('Use yarn.')[1]).to.equal('│ Use yarn.')
  })

  it('collapses a long message', () => {
    const state = (...more: readonly Fact[]): readonly string[] =>
      contentOf(
        given(
          SIZE,
          ...OPENED,
          { type: 'message.sent', id: 'm', text: lines(200), at: NOON },
          ...more,
        ),
        SIZE.columns,
      ).filter(Boolean)
    expect(state()).to.have.length(13)
    expect(state().at(-1)).to.equal(`▌ ${toolTexts.moreLines(188)}`)
    expect(state({ type: 'entry.toggled', id: 'm' }).at(-1)).to.equal('▌ line 200')
  })

  it('shows at the end of an answer what the turn has cost', () => {
    const rows = shown(
      { type: 'message.delta', role: 'assistant', id: 'a', text: 'Done.', at: NOON },
      ended({ type: 'done' }, 61_000),
    )
    expect(rows).to.have.length(1)
    expect(rows[0]).to.match(/^Done\. {9,}claude-sonnet-4-5 · 1 min 1 s$/)
  })

  it('counts down the time that the server asks to wait before a message is sent again', () => {
    const fails = ended({ type: 'failed', message: 'Try again in 20s.', hint: null, stop: 'error' })
    const at = (milliseconds: number): string =>
      shown(fails, { type: 'tick', at: NOON + milliseconds }).at(-1) ?? ''
    expect(at(2500)).to.include(conversationTexts.retry + conversationTexts.retryIn('18 s'))
    expect(at(60_000)).to.match(new RegExp(`${conversationTexts.retry}$`))
  })

  it('counts down the time until a request is repeated, with the keys that end the wait, however long the reason is', () => {
    const waits = (reason: string): SessionEvent => {
      return { type: 'retry.waiting', id: 'w', reason, until: NOON + 20_000 }
    }
    const at = (reason: string, milliseconds: number, ...more: SessionEvent[]): string =>
      shown(waits(reason), { type: 'tick', at: NOON + milliseconds }, ...more).join(' ')
    const busy = 'api.letta.com is busy (429)'
    expect(at(busy, 2500)).to.include(conversationTexts.retryingIn('18 s', ''))
    const keys = `  ${conversationTexts.retryCommand} ${conversationTexts.retryNow}  escape ${conversationTexts.giveUp}`
    const long = at('busy '.repeat(40), 2500)
    expect(long).to.satisfy((text: string) => text.endsWith(keys))
    expect(long.match(/busy/g)).to.have.length(40)
    expect(at(busy, 60_000)).not.to.include(busy)
    expect(at(busy, 2500, { type: 'retry.ended', id: 'w' })).not.to.include(busy)
  })
})
