import { expect } from 'chai'
import type { Preview } from '../../../../lib/tools/tool.ts'
import { taskTexts } from '../../../../ui/view/messages/conversation.ts'
import { tasks } from '../../../../ui/view/panes/tasks.ts'
import { call, type Fact, given, NOON, OPENED, requested, rowsOf, screenOf } from './scene.ts'

type Todos = Extract<Preview, { type: 'todos' }>['todos']

const working = (id: string, todos: Todos): readonly Fact[] => [
  call(id, 'TodoWrite', '{}'),
  requested(id, 'a list', { type: 'todos', todos }, 'allow'),
  { type: 'tool.started', callId: id, at: NOON },
  { type: 'tool.finished', callId: id, status: 'success', text: 'ok', at: NOON },
]
const begun: Fact = { type: 'turn.started', turnId: 't', at: NOON }
const ended: Fact = {
  type: 'turn.finished',
  apiMs: 0,
  id: 'end',
  at: NOON,
  outcome: { type: 'done' },
}
const two = (second: Todos[number]['status']): Todos => [
  { content: 'Fix sum', status: 'completed' },
  { content: 'Add mean', status: second },
]
const state = (columns: number, ...facts: readonly Fact[]) =>
  given({ columns, rows: 30 }, ...OPENED, begun, ...facts)
const shown = (height: number, todos: Todos) =>
  rowsOf(tasks, state(140, ...working('1', todos)), 24, height)

describe('The list of tasks', () => {
  it('marks what is done, what is being done and what is open', () => {
    expect(
      shown(8, [...two('in_progress'), { content: 'Test all', status: 'pending' }]),
    ).to.deep.equal(['  ✔ Fix sum', '  ▸ Add mean', '  ○ Test all'])
  })

  it('are cut to one row, with one mark', () => {
    const [long] = shown(8, [{ content: `Write ${'long'.repeat(9)}`, status: 'pending' }])
    expect(long).to.equal('  ○ Write…')
  })

  it('counts what does not fit, first what is done', () => {
    const many: Todos = Array.from({ length: 9 }, (_, index) => ({
      content: `Step ${index + 1}`,
      status: index < 3 ? 'completed' : 'pending',
    }))
    expect(shown(4, many)).to.deep.equal([
      `  ${taskTexts.moreDone(3)}`,
      '  ○ Step 4',
      '  ○ Step 5',
      `  ${taskTexts.more(4)}`,
    ])
  })

  it('is in the side column while something is open, updated in place', () => {
    const first = working('1', two('pending'))
    const second = working('2', two('in_progress'))
    const screen = screenOf(state(140, ...first, ...second))
    expect(screen).to.include('Tasks').and.include('1/2')
    expect(screen.match(/Add mean/g)).to.have.length(1)
    expect(screen).to.include('▸ Add mean')
    const done = working('3', two('completed'))
    expect(screenOf(state(140, ...first, ...done))).to.include('2/2')
    expect(screenOf(state(140, ...first, ...done, ended))).to.not.include('2/2')
  })

  it('is a row above the conversation where there is no side column', () => {
    const [, , row] = screenOf(state(80, ...working('1', two('in_progress')))).split('\n')
    expect(row?.trimEnd()).to.match(/^ ▸ Add mean +1\/2$/)
  })
})
