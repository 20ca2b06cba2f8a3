import { expect } from 'chai'
import type { Entry } from '../../../../lib/session/state.ts'
import { entryRows } from '../../../../ui/view/panes/entry.ts'
import { PLAIN, textOf } from '../rows.ts'

describe('The rows of an entry', () => {
  const entry: Entry = { type: 'user', id: 'u', text: 'one two', at: 0, outcome: 'kept' }
  const options = {
    ...PLAIN,
    columns: 20,
    message: (text: string) => text,
    expanded: false,
    live: false,
    joined: false,
    superseded: false,
    note: '',
  }

  it('are laid out once for a width, and again for another', () => {
    const rows = entryRows(entry, options)
    expect(entryRows(entry, { ...options })).to.equal(rows)
    expect(textOf(rows)).to.deep.equal(['▌ one two', ''])
    expect(textOf(entryRows(entry, { ...options, columns: 6 }))).to.deep.equal([
      '▌ one',
      '▌ two',
      '',
    ])
  })
})
