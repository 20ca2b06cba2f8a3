import { expect } from 'chai'
import { memory } from '../../../../ui/view/panes/memory.ts'
import { selectedBlock } from '../../../../ui/view/panes/memory-selection.ts'
import { summaryHeight } from '../../../../ui/view/panes/memory-summary.ts'
import { block, type Fact, given, NOON, optionsFor, rowsOf } from './scene.ts'

const SIZE = { columns: 120, rows: 40 }
const loaded = (...blocks: readonly ReturnType<typeof block>[]): Fact => ({
  type: 'memory.loaded',
  blocks,
})
const changed = (value: string, by: 'agent' | 'user' | 'skills' = 'agent'): Fact => ({
  type: 'memory.changed',
  block: block('human', value, 100),
  by,
  at: NOON,
})
const tick = (seconds: number): Fact => ({ type: 'tick', at: NOON + seconds * 1000 })
const open: Fact = { type: 'memory.toggled', label: 'human' }
const lines = 'Name: Ada\nCity: Lisbon\nPet: none'

/** The memory pane has the focus. */
const reading = (...facts: readonly Fact[]) =>
  given(SIZE, { type: 'focus.moved', to: 'memory' }, ...facts)

describe('The memory pane without the focus', () => {
  it('has a row for each block with its tokens, and the newest change', () => {
    const facts = [loaded(block('human', lines, 100), block('persona', 'x'.repeat(80), 100))]
    expect(rowsOf(memory, given(SIZE, ...facts), 36)).to.deep.equal([
      '  human                           8',
      '  persona                        20',
    ])
    const newer = changed(`${lines}\nAge: 36\nCar: none\nJob: none`)
    expect(rowsOf(memory, given(SIZE, ...facts, newer, tick(300)), 36)).to.deep.equal([
      '  human   ● +3                   15',
      '    5 min ago by the agent',
      '    + Car: none',
      '    + Job: none',
      '  persona                        20',
    ])
  })

  it('needs as many rows as it has', () => {
    for (const facts of [[], [changed('one')], [changed(`${lines}\na\nb\nc`)]]) {
      const state = given(SIZE, loaded(block('human', lines, 100), block('b', '', 1)), ...facts)
      expect(summaryHeight(state)).to.equal(rowsOf(memory, state, 36).length)
    }
  })
})

describe('The memory pane', () => {
  it('shows a block with its size and the beginning of its value', () => {
    const state = reading(loaded(block('human', `${lines}\nmore`, 100)))
    expect(rowsOf(memory, state, 40)).to.deep.equal([
      '▸ human                           37/100',
      '  Name: Ada',
      '  City: Lisbon …',
      '',
    ])
    const long = 'I work beside one person and get better at it over time, every day, with care.'
    expect(rowsOf(memory, reading(loaded(block('human', long, 100))), 40).slice(1)).to.deep.equal([
      '  I work beside one person and get',
      '  better at it over time, every day, …',
      '',
    ])
    expect(rowsOf(memory, reading(loaded(block('human', lines, 100)), open), 40)).to.deep.equal([
      '▾ human                           32/100',
      '  Name: Ada',
      '  City: Lisbon',
      '  Pet: none',
      '',
    ])
  })

  it('shows the description of an expanded block', () => {
    const described = { ...block('human', 'x', 100), description: 'What I know of the user.' }
    expect(rowsOf(memory, reading(loaded(described), open), 40).slice(1)).to.deep.equal([
      '  What I know of the user.',
      '  x',
      '',
    ])
  })

  it('marks changes, with their author and time', () => {
    const facts = [loaded(block('human', lines, 100)), changed(lines.replace('Lisbon', 'Porto'))]
    expect(rowsOf(memory, reading(...facts, tick(300)), 44)).to.deep.equal([
      '▸ human ●                             31/100',
      '  5 min ago by the agent',
      '  - City: Lisbon',
      '  + City: Porto',
      '  Name: Ada',
      '  City: Porto …',
      '',
    ])
    const [, byUser] = rowsOf(memory, reading(facts[0] ?? open, changed('x', 'user')), 44)
    expect(byUser).to.equal('  just now by you')
  })

  it('does not mark the skills that are written at every start', () => {
    const facts = [loaded(block('human', 'old', 100)), changed('new', 'skills')]
    expect(rowsOf(memory, reading(...facts), 44)).to.deep.equal([
      '▸ human                                3/100',
      '  just now by the skills directory',
      '  new',
      '',
    ])
  })

  it('shows four rows of a long change, and all of it when the block is expanded', () => {
    const added = Array.from({ length: 9 }, (_, index) => `fact ${index}`).join('\n')
    const facts = [loaded(block('human', '', 100)), changed(added)]
    expect(rowsOf(memory, reading(...facts), 44).slice(2, 7)).to.deep.equal([
      '  + fact 0',
      '  + fact 1',
      '  + fact 2',
      '  + fact 3',
      '    … 5 more rows',
    ])
    expect(rowsOf(memory, reading(...facts, open), 44)).to.include('  + fact 8')
  })

  it('distinguishes an empty, a full and a read-only block', () => {
    const full = { ...block('human', 'x'.repeat(98), 100), readOnly: true }
    const state = reading(loaded(full, block('empty', ' ', 100)))
    expect(rowsOf(memory, state, 60)).to.deep.equal([
      '▸ human read-only                         ██████▉!    98/100',
      `  ${'x'.repeat(58)}`,
      `  ${'x'.repeat(40)}`,
      '',
      '▸ empty                                                1/100',
      '  (empty)',
      '',
    ])
  })

  it('counts the characters of a block as the server does, an emoji as one', () => {
    const state = reading(loaded(block('human', '🍰'.repeat(49), 100)))
    expect(rowsOf(memory, state, 60)[0]).to.match(/ 49\/100$/)
  })

  it('shows the size where space for the gauge is missing', () => {
    const state = reading(loaded(block('a-long-label-of-a-block', 'x', 100)))
    expect(rowsOf(memory, state, 24)[0]).to.equal('▸ a-long-label-of… 1/100')
  })

  it('shows the edited text with its size and limit', () => {
    const editing: Fact = { type: 'memory.editStarted', label: 'human', value: 'one\ntwo' }
    const state = reading(loaded(block('human', 'x', 5)), editing)
    const { rows, caret, note } = memory.render(state, { columns: 40, rows: 5 }, optionsFor(state))
    expect(rowsOf(memory, state, 40, 5)).to.deep.equal([
      'one',
      'two',
      '',
      '',
      'ctrl+s save · escape close',
    ])
    expect([rows.length, caret, note]).to.deep.equal([5, { x: 0, y: 0 }, '2 over limit'])
    expect(memory.title(state)).to.equal('Memory: editing human')
  })

  it('selects the first block until another is selected', () => {
    const state = reading(loaded(block('a', '', 1), block('b', '', 1)))
    expect(selectedBlock(state)?.block.label).to.equal('a')
    const gone = reading(loaded(block('a', '', 1)), { type: 'memory.selected', label: 'b' })
    expect(selectedBlock(gone)?.block.label).to.equal('a')
    expect(selectedBlock(given(SIZE))).to.equal(null)
  })
})
