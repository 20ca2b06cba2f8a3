import { expect } from 'chai'
import type { Entry } from '../../../../lib/session/state/entry.ts'
import { commandEdited } from '../../../../lib/tools/messages/reviews.ts'
import { toolTexts } from '../../../../ui/view/messages/conversation.ts'
import { entryRows } from '../../../../ui/view/panes/entry.ts'
import { loadFormatter } from '../../../../ui/view/render/formatter.ts'
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
    group: '',
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

  it('have the output of a command that the user edited, without the report for the agent', () => {
    const command = 'python3 app.py -B'
    const text = `${commandEdited(command)}a e\n`
    const phase = {
      type: 'finished',
      preview: { type: 'command', command },
      status: 'success',
      text,
      tookMs: null,
      isEdited: true,
    } as const
    const call = { callId: 'c', tool: 'Bash', args: '{}', label: command, host: 'local', phase }
    const edited = { type: 'tool', id: 't', call } as Entry
    for (const expanded of [false, true]) {
      const [first = '', ...output] = textOf(
        entryRows(edited, { ...options, columns: 80, expanded }),
      )
      expect(first).to.include(`${toolTexts.editedByYou} · ${toolTexts.lines(1)}`)
      expect(output.filter((line) => line.trim() !== '')).to.deep.equal(['│ a e'])
    }
  })

  it('have the cost of the turn below an answer that ends with code or leaves little room', async () => {
    const formatter = await loadFormatter()
    const rows = (text: string): readonly string[] => {
      const answer: Entry = { type: 'assistant', id: 'a', text }
      return textOf(entryRows(answer, { ...options, formatter, note: 'a · 3 s' }))
    }
    expect(rows('Short.')).to.deep.equal(['Short.       a · 3 s', ''])
    expect(rows('Longer text')).to.deep.equal(['Longer text', '             a · 3 s', ''])
    expect(rows('```\nx\n```').slice(-3)).to.deep.equal(['│ x', '             a · 3 s', ''])
  })
})
