import { expect } from 'chai'
import { timeAgo } from '../../../../lib/util/time-ago.ts'
import { EMPTY_EDITOR } from '../../../../ui/state/editor.ts'
import type { PageId } from '../../../../ui/state/pages.ts'
import type { Focus } from '../../../../ui/state/state.ts'
import { phaseLabels } from '../../../../ui/view/messages/panes.ts'
import { composer } from '../../../../ui/view/panes/composer.ts'
import { seconds, shortCount } from '../../../../ui/view/panes/format.ts'
import { status } from '../../../../ui/view/panes/status.ts'
import {
  ASKED,
  call,
  EDIT,
  type Fact,
  FINISHED,
  given,
  NOON,
  OPENED,
  requested,
  rowsOf,
  WAITING,
} from './scene.ts'

const SIZE = { columns: 120, rows: 40 }
const row = (columns: number, ...facts: readonly Fact[]) =>
  rowsOf(status, given(SIZE, ...facts), columns, 1)[0]

describe('The status line', () => {
  const plan: Fact = { type: 'mode.changed', mode: 'plan' }
  const to = (pane: Focus): Fact => ({ type: 'focus.moved', to: pane })

  it('shows what happens, and what the keys of the focused pane do', () => {
    expect(row(120, ...FINISHED, plan)).to.match(
      /^ ready · plan: read-only {3,}ctrl\+r history .* ctrl\+p commands {2}f1 keys$/,
    )
    expect(row(120, ...FINISHED, to('memory'))).to.match(
      /^ ready {3,}e edit {2}enter open .*\? keys$/,
    )
    expect(row(120, ...FINISHED, to('skills'))).to.match(
      / {3,}enter insert {2}e edit {2}n new .*z zoom .*\? keys$/,
    )
  })

  it('names the way back on a page at 80 columns, and no keys for what the page does not list', () => {
    const page = (id: PageId): Fact => ({ type: 'page.opened', page: id })
    expect(row(80, ...FINISHED, page('jobs'))).to.match(/ {3,}x end .*escape chat .*\? keys$/)
    expect(row(80, ...FINISHED, page('skills'))).to.match(/enter insert .*escape chat .*\? keys$/)
    expect(row(80, ...FINISHED, page('skills'))).to.not.include('zoom')
    expect(row(80, ...FINISHED, page('chat'))).to.not.include('escape chat')
    expect(row(80, ...FINISHED, page('jobs'))).to.match(/^ ready · Ada {3,}/)
    expect(row(80, ...FINISHED, page('memory'))).to.match(
      / {3,}escape chat {2}ctrl\+p commands {2}\? keys$/,
    )
  })

  it('names the help, memory and skills on every page of the smallest screens', () => {
    const small = { columns: 60, rows: 15 }
    for (const id of ['chat', 'memory', 'changes', 'skills', 'jobs', 'conversations'] as const) {
      const facts: readonly Fact[] = [
        ...FINISHED,
        { type: 'mode.changed', mode: 'acceptEdits' },
        { type: 'page.opened', page: id },
      ]
      const [line = ''] = rowsOf(status, given(small, ...facts), 60, 1)
      expect(line, id).to.match(/ready · accept edits · alt\+[24] .* keys$/)
      expect(line.includes('memory'), id).to.equal(id !== 'memory')
      expect(line.includes('skills'), id).to.equal(id !== 'skills')
    }
  })

  it('names the help while an approval awaits on another page of the smallest screen with panes', () => {
    const small = { columns: 60, rows: 15 }
    for (const mode of ['default', 'acceptEdits'] as const) {
      const facts: readonly Fact[] = [
        ...WAITING,
        { type: 'mode.changed', mode },
        { type: 'page.opened', page: 'memory' },
        { type: 'tick', at: NOON + 80_000 },
      ]
      expect(rowsOf(status, given(small, ...facts), 60, 1)[0], mode).to.match(
        /^ \? awaiting approval.* · f4 approve .*\? keys$/,
      )
    }
  })

  it('shows the keys of a dialog while it is open', () => {
    const help: Fact = {
      type: 'overlay.opened',
      overlay: { type: 'help', query: EMPTY_EDITOR, scroll: 0 },
    }
    expect(row(120, ...FINISHED, help)).to.match(/^ ready {3,}pagedown page down {2}escape close$/)
  })

  it('names the key of the next page only where the facts have one', () => {
    const page = (count: number): Fact => ({
      type: 'overlay.opened',
      overlay: {
        type: 'page',
        title: 'Facts',
        lines: Array.from({ length: count }, () => ({ type: 'text', text: 'A fact.' })),
        scroll: 0,
        question: { text: 'Trust it?', action: { type: 'directory.trust', grants: [] } },
      },
    })
    expect(row(120, ...FINISHED, page(3))).to.match(/^ ready {3,}y yes {2}n no$/)
    expect(row(120, ...FINISHED, page(90))).to.match(/ {3,}y yes {2}n no {2}pagedown page down$/)
    // Nor are other pages, which the question is in front of.
    const small = given({ columns: 60, rows: 15 }, ...FINISHED, page(3))
    expect(rowsOf(status, small, 60, 1)[0]).to.match(/^ ready {3,}y yes {2}n no$/)
  })

  it('names the keys of an approval that do something for its call', () => {
    const command = [
      call('c9', 'Bash', '{"command":"make"}'),
      requested('c9', 'make', { type: 'arguments', text: 'make' }, 'ask'),
    ]
    expect(row(140, ...WAITING)).to.match(/ {3,}space select {2}s divide {2}x stop turn/)
    expect(row(140, ...ASKED, ...command)).to.match(/ {3,}x stop turn {2}z zoom/)
    // The answers above name this one.
    expect(row(200, ...WAITING, ...command)).to.not.include('next call')
  })

  it('names the keys from match to match first, as long as there is a search', () => {
    const focus: Fact = { type: 'focus.moved', to: 'conversation' }
    const start: Fact = { type: 'find.started', query: 'pager', from: null }
    const search: Fact = {
      type: 'find.progressed',
      search: { query: 'pager', match: null, position: 0, count: 0, isRunning: false },
    }
    const stay: Fact = { type: 'find.ended', isKept: true }
    expect(row(140, ...OPENED, focus)).to.not.include('match')
    expect(row(140, ...OPENED, focus, start, search, stay)).to.match(
      / {3,}n next match {2}N previous match {2}/,
    )
    expect(row(140, ...OPENED, focus, start, search)).to.match(/↑ next match {2}↓ previous match/)
  })

  it('names the keys that do something for the entry at the cursor', () => {
    const at = (id: string | null): Fact => ({
      type: 'entry.selected',
      id,
      scroll: { type: 'end' },
    })
    const keys = (id: string | null) => row(240, ...FINISHED, to('conversation'), at(id))
    expect(keys('m1'))
      .to.include('R again')
      .and.not.match(/e edit file|u undo|enter open/)
    expect(keys('c1'))
      .to.include('enter open  ')
      .and.include('e edit file')
      .and.not.match(/u undo/)
    expect(keys('c2')).to.include('u undo').and.not.include('R again')
    expect(keys(null)).to.not.match(/e edit file|u undo|R again/)
  })

  it('drops the least important parts first when it is narrow', () => {
    const at = (columns: number) => row(columns, ...FINISHED, plan)
    expect(at(60)).to.match(/^ ready · plan: read-only {3,}ctrl\+r history .*f1 keys$/)
    expect(at(50)).to.match(/^ ready · plan: read-only {2,}ctrl\+r history {2}f1 keys$/)
    expect(at(36)).to.match(/^ ready · plan: read-only +f1 keys$/)
    expect(at(29)).to.equal(' ready · plan: read-only')
    expect(at(10)).to.equal(' ready')
    expect(at(4)).to.equal(' re…')
  })

  it('names the other pages, the model and the tokens where there is no header', () => {
    const at = (columns: number) =>
      rowsOf(status, given({ columns, rows: 15 }, ...FINISHED), columns, 1)[0]
    expect(at(240)).to.match(
      /^ ready · anthropic\/claude-sonnet-4-5 · 12\.3k\/200k tokens · alt\+2 memory 4 skills · alt\+.*jobs 6 agents {3,}/,
    )
    expect(at(60)).to.match(/^ ready · alt\+2 memory 4 skills {3,}.*f1 keys$/)
    expect(at(40)).to.match(/^ ready · alt\+2 memory 4 skills +f1 keys$/)
  })

  it('shows the duration of a turn, and a long silence', () => {
    const started: Fact = { type: 'turn.started', turnId: 't', at: NOON }
    const tick = (at: number): Fact => ({ type: 'tick', at: NOON + at })
    expect(row(60, ...OPENED, started, tick(2300))).to.match(/^ ⠸ thinking 2\.3 s · /)
    expect(row(90, ...OPENED, started, tick(75_000))).to.match(
      /^ ⠋ thinking 1 min 15 s, no response for 1 min 15 s · /,
    )
  })

  it('shows the key of a pending approval when another pane has the focus', () => {
    const away: Fact = { type: 'focus.moved', to: 'composer' }
    expect(row(80, ...WAITING, away)).to.match(
      /^ \? awaiting approval .* · f4 approve · escape cancel/,
    )
    expect(row(80, ...WAITING)).not.to.match(/f4|cancel/)
  })

  it('says that a question of the agent awaits an answer, not approval', () => {
    const question = { question: 'Which one?', header: 'One', multiSelect: false, options: [] }
    const preview = { type: 'questions', questions: [question] } as const
    const asked = [
      ...ASKED,
      call('q1', 'AskUserQuestion', '{}'),
      requested('q1', '', preview, 'ask'),
    ]
    expect(row(120, ...asked)).to.include(phaseLabels.question)
    expect(row(120, ...asked)).not.to.include(phaseLabels.approval)
    const both = [...asked, call('c9', 'Edit', '{}'), requested('c9', 'a.ts', EDIT, 'ask')]
    expect(row(120, ...both)).to.include(phaseLabels.approval)
  })

  it('says that a command line of the user runs, for how long, and which key ends it', () => {
    const line: Fact = {
      type: 'shellLine.started',
      id: 's1',
      command: 'sleep 30',
      isShared: true,
      at: NOON + 20_000,
    }
    const tick: Fact = { type: 'tick', at: NOON + 24_000 }
    expect(row(120, ...FINISHED, line, tick)).to.match(
      /^ \S running a shell line 4\.0 s · escape cancel {3,}/,
    )
    const ended: Fact = { type: 'shellLine.finished', id: 's1', code: 0, text: '', at: NOON }
    expect(row(120, ...FINISHED, line, ended, tick)).to.match(/^ ready {3,}/)
  })

  it('counts the running background jobs where there is no header', () => {
    const start = (jobId: string): Fact => ({
      type: 'job.started',
      jobId,
      command: 'serve',
      at: NOON,
    })
    const exit: Fact = { type: 'job.exited', jobId: 'a', code: 0, signal: null }
    const line = (...facts: readonly Fact[]) =>
      rowsOf(status, given({ columns: 120, rows: 15 }, ...OPENED, ...facts), 120, 1)[0]
    expect(line(start('a'), start('b'))).to.include(' · 2 jobs · ')
    expect(line(start('a'), exit)).to.not.match(/· \d jobs? ·/)
  })

  it('is replaced by a message', () => {
    const flash: Fact = { type: 'flash.shown', level: 'warning', text: 'There is no command /x.' }
    expect(row(60, ...OPENED, flash)).to.equal(' There is no command /x.')
    expect(row(60, ...OPENED, flash, { type: 'flash.cleared' })).to.match(/^ ready/)
  })
})

describe('The composer', () => {
  it('shows the mode next to its text', () => {
    const prompt = (mode: 'default' | 'acceptEdits' | 'plan' | 'bypassPermissions') =>
      rowsOf(composer, given(SIZE, { type: 'mode.changed', mode }), 40, 2)[0]?.slice(0, 2)
    expect([prompt('default'), prompt('acceptEdits')]).to.deep.equal(['› ', '» '])
    expect([prompt('plan'), prompt('bypassPermissions')]).to.deep.equal(['? ', '! '])
  })

  it('shows the queued messages above its text', () => {
    const queued = ['one', 'two', 'three', 'four', 'five'].map(
      (text): Fact => ({ type: 'message.queued', id: text, text }),
    )
    expect(rowsOf(composer, given(SIZE, ...queued.slice(0, 2)), 60, 4)).to.deep.equal([
      '⋯ when open: one                        ↑ edit · alt+o list',
      '⋯ when open: two',
      '› Type the next message; ↑ edits the queued message',
    ])
    expect(rowsOf(composer, given(SIZE, ...queued), 60, 5)).to.deep.equal([
      '⋯ when open: one                        ↑ edit · alt+o list',
      '⋯ when open: two',
      '⋯ 3 more messages, sent in order',
      '› Type the next message; ↑ edits the queued message',
    ])
  })
})

describe('The composer without an agent', () => {
  it('shows that messages wait, and for what', () => {
    const failed: Fact = { type: 'opening.failed' }
    const hello: Fact = { type: 'message.queued', id: 'q', text: 'Hello' }
    expect(rowsOf(composer, given(SIZE, failed), 76, 4)).to.deep.equal([
      '› Queued until an agent is open: /connect or /agents',
    ])
    expect(rowsOf(composer, given(SIZE, failed, hello), 76, 4)).to.deep.equal([
      '⋯ when open: Hello                                      ↑ edit · alt+o list',
      '› Queued until an agent is open (/connect); ↑ edits the queued message',
    ])
  })

  it('shows that it is being opened as long as it was reached and is not open yet', () => {
    const start = { agent: 'opened', memory: [] } as const
    const opening = given(SIZE)
    const reached = given(SIZE, { type: 'agent.reached', start })
    expect(rowsOf(composer, reached, 76, 4)).to.deep.equal(rowsOf(composer, opening, 76, 4))
    expect(rowsOf(status, reached, 76, 1)).to.deep.equal(rowsOf(status, opening, 76, 1))
  })
})

describe('The words of the status line', () => {
  it('are short and consistent', () => {
    expect(
      [0, 999, 1000, 12_345, 20_000, 99_990, 250_000, 999_600, 1_250_000].map(shortCount),
    ).to.deep.equal(['0', '999', '1k', '12.3k', '20k', '100k', '250k', '1M', '1.3M'])
    expect([400, 12_300, 75_000].map(seconds)).to.deep.equal(['0.4 s', '12 s', '1 min 15 s'])
    expect([0, 12_000, 300_000, 7_200_000].map(timeAgo)).to.deep.equal([
      'just now',
      '12 s ago',
      '5 min ago',
      '2 h ago',
    ])
  })
})
