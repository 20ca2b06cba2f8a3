import { expect } from 'chai'
import type { Entry } from '../../lib/session/state.ts'
import { openDesktop } from '../support/desktop.ts'

const TODOS = [
  { id: '1', content: 'Fix sum', status: 'completed' },
  { id: '2', content: 'Add mean', status: 'in_progress' },
]

/** The calls as they are shown; how long they took is not stored. */
const calls = (entries: readonly Entry[]) =>
  entries.flatMap((entry) => {
    if (entry.type !== 'tool' || entry.call.phase.type !== 'finished') return []
    const { preview, status, text } = entry.call.phase
    const shown =
      preview?.type === 'command' ? { type: 'command', command: preview.command } : preview
    return [{ label: entry.call.label, status, text, preview: shown }]
  })

describe('The calls of a resumed conversation', () => {
  it('have the labels, changes, commands, to-do lists and errors that they had', async () => {
    const call = (name: string, args: Readonly<Record<string, unknown>>) => ({
      calls: [{ name, args }],
    })
    const desk = await openDesktop(
      [
        call('Write', { file_path: 'src/sum.ts', content: 'one\ntwo\n' }),
        call('Edit', { file_path: 'src/sum.ts', old_string: 'two', new_string: 'three' }),
        call('Edit', { file_path: 'src/sum.ts', old_string: 'nowhere', new_string: 'x' }),
        call('Bash', { command: 'cat src/sum.ts; exit 3' }),
        call('TodoWrite', { todos: TODOS }),
        { text: 'Done.' },
      ],
      { options: { mode: 'bypassPermissions' } },
    )
    await desk.says('Go')
    const before = calls(desk.session.store.state.settled)
    const id = desk.session.store.state.agent?.id ?? ''
    desk.root.dispatch({ type: 'history.cleared' })
    await desk.session.agents.open({ id })
    const after = calls(desk.session.store.state.settled)
    await desk.close()
    expect(before.map(({ preview }) => preview?.type)).to.include.members([
      'diff',
      'command',
      'todos',
    ])
    expect(after.filter(({ status }) => status === 'success')).to.deep.equal(
      before.filter(({ status }) => status === 'success'),
    )
    expect(after.map(({ label, status, text }) => [label, status, text])).to.deep.equal(
      before.map(({ label, status, text }) => [label, status, text]),
    )
  })
})
