import { expect } from 'chai'
import type { Entry } from '../../../../lib/session/state/entry.ts'
import { commandEdited } from '../../../../lib/tools/messages/reviews.ts'
import { NO_OUTPUT } from '../../../../lib/tools/messages/shell.ts'
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

  const ran = (command: string, text: string): Entry => {
    const preview = { type: 'command', command } as const
    const phase = { type: 'finished', preview, status: 'success', text, tookMs: null } as const
    const call = { callId: 'c', tool: 'Bash', args: '{}', label: command, host: 'local', phase }
    return { type: 'tool', id: 't', call } as Entry
  }
  const shownOf = (one: Entry, expanded: boolean): readonly string[] =>
    textOf(entryRows(one, { ...options, columns: 40, expanded })).filter((line) => line !== '')

  it('say that a command had no output, and not that this sentence is its output', () => {
    for (const expanded of [false, true]) {
      const [first = '', ...output] = shownOf(ran('rm a.py', NO_OUTPUT), expanded)
      expect(first).to.match(new RegExp(`rm a\\.py +${toolTexts.noOutput}$`))
      expect(output).to.deep.equal([])
    }
  })

  it('keep the columns of an output whose first line is indented', () => {
    const text = '\n   533 parser.py\n  1422 types.py\n'
    for (const expanded of [false, true])
      expect(shownOf(ran('wc -l', text), expanded).slice(-2)).to.deep.equal([
        '│    533 parser.py',
        '│   1422 types.py',
      ])
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

  it('are kept for the entries of many screens, and not for each of a long conversation', () => {
    const messages = (count: number, lines: number): readonly Entry[] =>
      Array.from({ length: count }, (_, index) => {
        const text = Array.from({ length: lines }, (_, line) => `${index} ${line}`).join('\n')
        return { type: 'notice', id: `${lines}-${index}`, level: 'info', text, hint: null }
      })
    const [first, ...others] = messages(2001, 1)
    const screen = messages(200, 1)
    const [above, below] = messages(2, 4000)
    if (first === undefined || above === undefined || below === undefined) throw new Error('none')
    const known = entryRows(first, options)
    // A screen, of which the first and the last entry have more rows than are kept.
    const shown = [above, ...screen, below]
    const laid = shown.map((one) => entryRows(one, options))
    expect(shown.every((one, index) => entryRows(one, options) === laid[index])).to.equal(true)
    for (const one of others) entryRows(one, options)
    expect(entryRows(first, options)).to.not.equal(known)
    expect(entryRows(first, options)).to.deep.equal(known)
  })

  it('are not kept for each answer that has streamed', () => {
    const answers = Array.from(
      { length: 10 },
      (_, index): Entry => ({ type: 'assistant', id: `live-${index}`, text: `${index}` }),
    )
    const live = { ...options, live: true }
    const [first = []] = answers.map((answer) => entryRows(answer, live))
    const [oldest = entry, ...others] = answers
    const newest = others.at(-1) ?? entry
    expect(entryRows(newest, live)).to.equal(entryRows(newest, live))
    expect(entryRows(oldest, live)).to.not.equal(first)
    expect(entryRows(oldest, live)).to.deep.equal(first)
  })
})
