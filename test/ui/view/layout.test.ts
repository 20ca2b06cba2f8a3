import { expect } from 'chai'
import { createEditor } from '../../../ui/state/editor.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { GAP, layout } from '../../../ui/view/layout.ts'
import type { Rect, Size } from '../../../ui/view/types.ts'
import {
  ASKED,
  call,
  type Fact,
  FINISHED,
  given,
  NOON,
  OPENED,
  requested,
  WAITING,
} from './panes/scene.ts'

const placed = (columns: number, rows: number, ...facts: readonly Fact[]) =>
  layout(given({ columns, rows }, ...facts))
const panes = (columns: number, rows: number, ...facts: readonly Fact[]) =>
  placed(columns, rows, ...facts).map(({ pane }) => pane)
const rectOf = (pane: string, state: RootState): Rect | undefined =>
  layout(state).find((one) => one.pane === pane)?.rect

const focus = (to: 'conversation' | 'memory' | 'skills' | 'composer'): Fact => ({
  type: 'focus.moved',
  to,
})

const TODOS: readonly Fact[] = [
  { type: 'turn.started', turnId: 't', at: NOON },
  call('todo', 'TodoWrite', '{}'),
  requested(
    'todo',
    '1 of 3 done',
    {
      type: 'todos',
      todos: [
        { content: 'Fix sum', status: 'completed' },
        { content: 'Add mean', status: 'in_progress' },
        { content: 'Test all', status: 'pending' },
      ],
    },
    'allow',
  ),
  { type: 'tool.started', callId: 'todo', at: NOON },
  { type: 'tool.finished', callId: 'todo', status: 'success', text: 'ok', at: NOON },
]
const changedFile = (label: string) =>
  ({
    path: `/home/ada/engine/${label}`,
    label,
    status: 'modified',
    before: 'v1',
    after: 'v2',
    mode: null,
    diff: { type: 'text', added: 3, removed: 1 },
    sources: ['tool'],
    commands: [],
    ids: ['c1'],
    turnIds: ['t1'],
    at: NOON,
  }) as const
const CHANGED_FILES: readonly Fact[] = [
  {
    type: 'changes.found',
    summary: { files: [changedFile('a.ts'), changedFile('b.ts')], turns: [], added: 6, removed: 2 },
  },
]
const STARTED_JOB: Fact = { type: 'job.started', jobId: 'a', command: 'npm run dev', at: NOON }

describe('The layout', () => {
  it('has memory and skills next to the conversation from 100 columns on', () => {
    expect(placed(140, 45, ...OPENED)).to.deep.equal([
      { pane: 'header', rect: { x: 0, y: 0, columns: 140, rows: 1 } },
      { pane: 'conversation', rect: { x: 0, y: 1, columns: 98, rows: 40 } },
      { pane: 'memory', rect: { x: 101, y: 1, columns: 39, rows: 5 } },
      { pane: 'skills', rect: { x: 101, y: 6, columns: 39, rows: 35 } },
      { pane: 'composer', rect: { x: 0, y: 41, columns: 140, rows: 3 } },
      { pane: 'status', rect: { x: 0, y: 44, columns: 140, rows: 1 } },
    ])
    expect(panes(99, 45)).to.deep.equal(['header', 'conversation', 'composer', 'status'])
  })

  it('gives the part of the side column that is read what the other leaves', () => {
    const rowsOf = (pane: 'memory' | 'skills', ...facts: readonly Fact[]) =>
      rectOf(pane, given({ columns: 140, rows: 45 }, ...OPENED, ...facts))?.rows
    expect(rowsOf('memory', focus('memory'))).to.equal(33)
    expect(rowsOf('skills', focus('memory'))).to.equal(7)
    expect(rowsOf('skills', focus('skills'))).to.equal(35)
  })

  it('has the width of the side column that the user has set', () => {
    const wide: Fact = { type: 'pane.resized', share: 'side', by: 0.06 }
    const state = given({ columns: 140, rows: 45 }, ...OPENED, wide)
    expect(rectOf('memory', state)?.columns).to.equal(56)
  })

  it('has all four panes in sight from 120 columns on', () => {
    for (const columns of [120, 140, 200]) {
      expect(panes(columns, 36, ...WAITING)).to.deep.equal([
        'header',
        'conversation',
        'memory',
        'skills',
        'approval',
        'composer',
        'status',
      ])
      expect(rectOf('approval', given({ columns, rows: 36 }, ...WAITING))?.columns).to.equal(
        columns,
      )
    }
    expect(panes(119, 36, ...WAITING)).to.not.include('memory')
  })

  it('gives the main area to a zoomed approval while it is read', () => {
    const zoomed: Fact = { type: 'approval.zoomed' }
    expect(panes(140, 45, ...WAITING, zoomed)).to.deep.equal([
      'header',
      'approval',
      'composer',
      'status',
    ])
    expect(panes(140, 45, ...WAITING, zoomed, focus('conversation'))).to.include('conversation')
    expect(panes(140, 45, ...WAITING, zoomed, zoomed)).to.include('conversation')
  })

  it('lists tasks, changed files and jobs in the side column as far as there are some', () => {
    const side = (rows: number, ...facts: readonly Fact[]) =>
      placed(140, rows, ...OPENED, ...facts).flatMap(({ pane, rect }) =>
        rect.x > 0 ? [`${pane} ${rect.rows}`] : [],
      )
    const facts = [...TODOS, ...CHANGED_FILES, STARTED_JOB]
    expect(side(45, ...facts)).to.deep.equal([
      'tasks 4',
      'memory 5',
      'changes 3',
      'skills 26',
      'jobs 2',
    ])
    expect(side(20, ...facts)).to.deep.equal(['tasks 4', 'memory 5', 'changes 3', 'skills 3'])
    expect(side(45, STARTED_JOB)).to.deep.equal(['memory 5', 'skills 33', 'jobs 2'])
    expect(panes(99, 45, ...OPENED, ...facts)).to.deep.equal([
      'header',
      'conversation',
      'composer',
      'status',
    ])
  })

  it('uses the space of a hidden pane for the others', () => {
    const hidden: Fact = { type: 'pane.toggled', pane: 'memory' }
    const both: Fact = { type: 'pane.toggled', pane: 'skills' }
    expect(rectOf('skills', given({ columns: 140, rows: 45 }, hidden))?.rows).to.equal(40)
    const alone = given({ columns: 140, rows: 45 }, hidden, both)
    expect(rectOf('conversation', alone)?.columns).to.equal(140)
  })

  it('shows a focused side pane instead of the conversation where space is scarce', () => {
    expect(panes(80, 24, focus('memory'))).to.deep.equal(['header', 'memory', 'composer', 'status'])
    expect(panes(80, 24, focus('conversation'))).to.deep.equal([
      'header',
      'conversation',
      'composer',
      'status',
    ])
  })

  it('keeps the end of the conversation visible above an approval, unless it is read and needs all', () => {
    for (const [columns, rows] of [
      [60, 15],
      [80, 24],
      [140, 45],
      [250, 80],
    ] as const) {
      const state = given({ columns, rows }, ...WAITING, focus('composer'))
      expect(rectOf('conversation', state)?.rows).to.be.at.least(4)
      expect(rectOf('approval', state)?.rows).to.be.at.least(8)
    }
    expect(panes(60, 15, ...WAITING)).to.deep.equal(['approval', 'composer', 'status'])
  })

  it('fills the main area with an approval that is read below 120 columns, and returns it afterwards', () => {
    for (const [columns, rows] of [
      [60, 20],
      [80, 24],
      [119, 40],
    ] as const) {
      expect(panes(columns, rows, ...WAITING)).to.deep.equal([
        'header',
        'approval',
        'composer',
        'status',
      ])
      expect(panes(columns, rows, ...WAITING, focus('composer'))).to.include('conversation')
    }
    const chat = ['header', 'conversation', 'memory', 'skills', 'composer', 'status']
    expect(panes(119, 40)).to.deep.equal(chat)
    expect(panes(119, 40, ...FINISHED)).to.deep.equal(chat)
    expect(panes(120, 40, ...WAITING)).to.include.members(['conversation', 'memory', 'skills'])
  })

  it('gives an approval the rows that its calls require, up to its share, where all panes are in sight', () => {
    const asked = (text: string, callId = 'c8'): readonly Fact[] => [
      call(callId, 'Tool', '{}'),
      requested(callId, 'x', { type: 'arguments', text }, 'ask'),
    ]
    const height = (...facts: readonly Fact[]) =>
      rectOf('approval', given({ columns: 120, rows: 44 }, ...ASKED, ...facts))?.rows
    expect(height(...asked('one'))).to.equal(10)
    expect(height(...asked('line\n'.repeat(9)))).to.equal(16)
    expect(height(...asked('w'.repeat(1150)))).to.equal(16)
    expect(height(...asked('line\n'.repeat(999)))).to.equal(23)
    expect(height(...asked('line\n'.repeat(9)), ...asked('one', 'c9'))).to.equal(19)
    const higher: Fact = { type: 'pane.resized', share: 'approval', by: 0.1 }
    expect(height(...asked('line\n'.repeat(999)), higher)).to.equal(27)
  })

  it('shows one pane at a time below 60×15, and the approval when one is pending', () => {
    expect(panes(59, 15)).to.deep.equal(['conversation', 'composer', 'status'])
    expect(panes(59, 15, focus('skills'))).to.deep.equal(['skills', 'composer', 'status'])
    expect(panes(40, 10, ...WAITING)).to.deep.equal(['approval', 'composer', 'status'])
  })

  it('gives the main area to the pane of the page, and room to an approval', () => {
    const page: Fact = { type: 'page.opened', page: 'memory' }
    expect(placed(140, 45, page)).to.deep.equal([
      { pane: 'header', rect: { x: 0, y: 0, columns: 140, rows: 1 } },
      { pane: 'memory', rect: { x: 0, y: 1, columns: 140, rows: 40 } },
      { pane: 'composer', rect: { x: 0, y: 41, columns: 140, rows: 3 } },
      { pane: 'status', rect: { x: 0, y: 44, columns: 140, rows: 1 } },
    ])
    expect(panes(140, 45, ...WAITING, page)).to.include.members(['memory', 'approval'])
    expect(panes(40, 10, page)).to.deep.equal(['memory', 'composer', 'status'])
    expect(panes(40, 10, ...WAITING, page, focus('composer'))).to.include('approval')
  })

  it('has a header from 16 rows on', () => {
    expect(panes(60, 15)).to.not.include('header')
    expect(panes(20, 16)).to.include('header')
  })

  it('lets the composer grow with its text, up to two fifths of the screen', () => {
    const write = (text: string): Fact => ({
      type: 'text.edited',
      editor: createEditor(text),
      at: 0,
    })
    const height = (text: string): number | undefined =>
      rectOf('composer', given({ columns: 80, rows: 30 }, write(text)))?.rows
    expect(height('one')).to.equal(3)
    expect(height('1\n2\n3\n4\n5')).to.equal(6)
    expect(height('word '.repeat(48))).to.equal(5)
    expect(height('\n'.repeat(10_000))).to.equal(12)
  })

  it('has space for queued messages', () => {
    const queued = (id: string): Fact => ({ type: 'message.queued', id, text: id })
    const size: Size = { columns: 80, rows: 30 }
    expect(rectOf('composer', given(size, queued('a')))?.rows).to.equal(4)
    const many = ['a', 'b', 'c', 'd', 'e'].map(queued)
    expect(rectOf('composer', given(size, ...many))?.rows).to.equal(6)
  })

  it('covers every cell once, whatever the size, the focus and the shares are', () => {
    const widest: readonly Fact[] = Array.from({ length: 9 }, () => ({
      type: 'pane.resized',
      share: 'side',
      by: 0.1,
    }))
    const situations: readonly (readonly Fact[])[] = [
      [],
      WAITING,
      [...WAITING, focus('memory')],
      [...WAITING, { type: 'page.opened', page: 'skills' }],
      [...FINISHED, focus('skills'), ...widest],
    ]
    for (const facts of situations) {
      for (let columns = 1; columns <= 250; columns += columns < 12 ? 1 : 17) {
        for (let rows = 1; rows <= 80; rows += rows < 8 ? 1 : 9) {
          expect(uncovered(given({ columns, rows }, ...facts)), `${columns}×${rows}`).to.equal('')
        }
      }
    }
  })
})

/** What is wrong with the layout; empty when each cell belongs to one pane or to the gap between two columns. */
function uncovered(state: RootState): string {
  const { columns, rows } = state.workbench.viewport
  const owners = Array.from({ length: rows }, () => new Array<number>(columns).fill(0))
  const all = layout(state)
  for (const { pane, rect } of all) {
    if (rect.columns < 1 || rect.rows < 1) return `${pane} is empty`
    const left = rect.x > 0 ? rect.x - GAP : 0
    for (let y = rect.y; y < rect.y + rect.rows; y++) {
      for (let x = left; x < rect.x + rect.columns; x++) {
        const row = owners[y]
        if (row?.[x] === undefined) return `${pane} leaves the screen`
        row[x] = (row[x] ?? 0) + 1
      }
    }
  }
  const wrong = owners.flat().filter((owned) => owned !== 1).length
  return wrong === 0 ? '' : `${wrong} cells not covered once`
}
