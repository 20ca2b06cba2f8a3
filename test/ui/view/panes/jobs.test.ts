import { expect } from 'chai'
import { jobs } from '../../../../ui/view/panes/jobs.ts'
import { type Fact, given, NOON, OPENED, rowsOf } from './scene.ts'

const started = (jobId: string, command: string): Fact => ({
  type: 'job.started',
  jobId,
  command,
  at: NOON,
})
const printed = (jobId: string, text: string): Fact => ({ type: 'job.output', jobId, text })
const TWO: readonly Fact[] = [
  ...OPENED,
  started('a', 'npm run dev'),
  started('b', 'npm test'),
  printed('a', 'ready\n'),
  printed('b', '1 passing\n\u001b[31m1 failing\u001b[0m\n'),
  { type: 'job.exited', jobId: 'b', code: 1, signal: null },
  { type: 'tick', at: NOON + 75_000 },
  { type: 'page.opened', page: 'jobs' },
]
const rows = (columns: number, height: number, ...facts: readonly Fact[]) =>
  rowsOf(jobs, given({ columns, rows: height }, ...TWO, ...facts), columns, height)

describe('The jobs page', () => {
  it('has the output of the selected job next to the list where there is room', () => {
    expect(rows(90, 3)).to.deep.equal([
      '  ● npm run dev       1 min 15 s │ 1 passing',
      '▸ ✗ npm test         exit code 1 │ 1 failing',
      '                                 │',
    ])
    const first: Fact = { type: 'job.selected', id: 'a' }
    expect(rows(90, 1, first)).to.deep.equal(['▸ ● npm run dev       1 min 15 s │ ready'])
  })

  it('has the output below the list where there is less room', () => {
    expect(rows(40, 6)).to.deep.equal([
      '  ● npm run dev               1 min 15 s',
      '▸ ✗ npm test                 exit code 1',
      '─'.repeat(40),
      '1 passing',
      '1 failing',
    ])
  })

  it('stays at the end of the output while it grows', () => {
    const many = printed('b', Array.from({ length: 90 }, (_, index) => `line ${index}\n`).join(''))
    expect(rows(40, 6, many).slice(-3)).to.deep.equal(['line 87', 'line 88', 'line 89'])
    const up: Fact = {
      type: 'scroll.moved',
      pane: 'jobs',
      scroll: { type: 'item', item: '2', row: 0 },
    }
    expect(rows(40, 6, many, up).slice(-3)).to.deep.equal(['line 0', 'line 1', 'line 2'])
  })
})
