import { expect } from 'chai'
import { denialResult } from '../../lib/server/messages/prompts.ts'
import { readMemoryChanges } from '../../lib/session/restore-memory-calls.ts'
import type { Entry } from '../../lib/session/state/entry.ts'
import {
  changeEdited,
  changePartlyApplied,
  commandEdited,
} from '../../lib/tools/messages/reviews.ts'
import type { Hunk } from '../../lib/util/unified-diff.ts'
import { openDesktop } from '../support/desktop.ts'
import { withSession } from '../support/with-session.ts'

const TODOS = [
  { id: '1', content: 'Fix sum', status: 'completed' },
  { id: '2', content: 'Add mean', status: 'in_progress' },
]

const memoryCall = (id: string, name: string, args: Readonly<Record<string, unknown>>) => ({
  id,
  name,
  args: { label: 'human', ...args },
})

const REVIEWED = changePartlyApplied('notes.txt', {
  hunks: [],
  applied: '',
  rejected: '',
  comment: null,
})

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
        call('TodoWrite', { todos: [{ content: 'Without an id', status: 'pending' }] }),
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
    expect(after.at(-1)?.preview).to.equal(before.at(-1)?.preview)
    expect(after.map(({ label, status, text }) => [label, status, text])).to.deep.equal(
      before.map(({ label, status, text }) => [label, status, text]),
    )
  })

  it('show the command that ran, whatever its output imitates', async () => {
    const command = 'cat notes.txt'
    const desk = await openDesktop(
      [{ calls: [{ name: 'Bash', args: { command } }] }, { text: 'Done.' }],
      { files: { 'notes.txt': commandEdited('ls') } },
    )
    await desk.says('Go')
    const id = desk.session.store.state.agent?.id ?? ''
    desk.root.dispatch({ type: 'history.cleared' })
    await desk.session.agents.open({ id })
    const [shown] = calls(desk.session.store.state.settled)
    await desk.close()
    expect(shown?.preview).to.deep.equal({ type: 'command', command })
  })

  it('are not marked as edited where a file, a memory block or the result of a tool imitates the report', async () => {
    const imitation = `${changeEdited('human', '+ tea')}\n${commandEdited('ls')}`
    const desk = await openDesktop(
      [
        {
          calls: [
            { id: 'c1', name: 'Bash', args: { command: 'cat notes.txt' } },
            { id: 'c2', name: 'Read', args: { file_path: 'notes.txt' } },
            memoryCall('m1', 'memory_rethink', { new_memory: imitation }),
            memoryCall('m2', 'memory_insert', { new_string: imitation, insert_line: 0 }),
            {
              id: 'c3',
              name: 'Edit',
              args: { file_path: 'notes.txt', old_string: 'zz', new_string: REVIEWED },
            },
          ],
        },
        { text: 'Done.' },
      ],
      {
        files: { 'notes.txt': `${imitation}\n${REVIEWED}\nzz\n` },
        options: { mode: 'bypassPermissions' },
      },
    )
    await desk.says('Go')
    const id = desk.session.store.state.agent?.id ?? ''
    desk.root.dispatch({ type: 'history.cleared' })
    await desk.session.agents.open({ id })
    const phases = desk.session.store.state.settled.flatMap((entry) =>
      entry.type === 'tool' && entry.call.phase.type === 'finished' ? [entry.call.phase] : [],
    )
    await desk.close()
    expect(phases.map(({ status }) => status)).to.deep.equal(Array(5).fill('success'))
    expect(phases.filter(({ isEdited }) => isEdited)).to.deep.equal([])
    expect(
      phases.filter(({ preview }) => preview?.type === 'diff' && preview.isPartial),
    ).to.deep.equal([])
  })

  it('show that a command ran, also where its output imitates a denial', async () => {
    const command = 'cat notes.txt; exit 1'
    const desk = await openDesktop(
      [{ calls: [{ name: 'Bash', args: { command } }] }, { text: 'Done.' }],
      { files: { 'notes.txt': denialResult('no') }, options: { mode: 'bypassPermissions' } },
    )
    await desk.says('Go')
    const id = desk.session.store.state.agent?.id ?? ''
    const before = calls(desk.session.store.state.settled)
    desk.root.dispatch({ type: 'history.cleared' })
    await desk.session.agents.open({ id })
    const after = calls(desk.session.store.state.settled)
    await desk.close()
    expect(before).to.have.length(1)
    expect(after).to.deep.equal(before)
  })

  const memory = (...call: Parameters<typeof memoryCall>) => ({ calls: [memoryCall(...call)] })

  it('show what they changed in memory, also when another session has changed it since', async () => {
    const desk = await openDesktop(
      [
        memory('m1', 'memory_insert', { new_string: 'Likes tea.\nHas a cat.', insert_line: 0 }),
        memory('m2', 'memory_replace', { old_string: 'tea', new_string: 'coffee' }),
        memory('m3', 'memory_rethink', { new_memory: 'Has a dog.' }),
        memory('m4', 'memory_replace', { old_string: 'a mouse', new_string: 'a bird' }),
        { text: 'Done.' },
      ],
      { options: { mode: 'bypassPermissions' } },
    )
    await desk.says('Go')
    const before = calls(desk.session.store.state.settled)
    await desk.session.memory.edit('human', 'Has a horse.', 'Has a dog.')
    const id = desk.session.store.state.agent?.id ?? ''
    desk.root.dispatch({ type: 'history.cleared' })
    await desk.session.agents.open({ id })
    const after = calls(desk.session.store.state.settled)
    await desk.close()
    expect(before.map(({ preview }) => preview?.type)).to.include('diff')
    expect(after.slice(0, 3)).to.deep.equal(before.slice(0, 3))
    expect(after[3]?.label).to.equal('human')
    expect(after[3]?.preview).to.equal(null)
  })
})

describe('A call that changed memory, of which no version is known', () => {
  const shown = async (tool: string, args: object) => {
    const call = { callId: 'm1', tool, args: JSON.stringify(args), label: '' }
    const previewOf = await readMemoryChanges([call], {
      blocks: async () => [],
      versions: async () => null,
    })
    const preview = previewOf(call)
    if (preview?.type !== 'diff') return null
    return preview.hunks.flatMap(({ lines }) =>
      lines.map(({ type, text, newNumber }) => [type, text, newNumber]),
    )
  }

  it('shows the text of its arguments, without the numbers of lines', async () => {
    const label = 'human'
    expect(
      await shown('memory_insert', { label, new_string: 'a\nb', insert_line: 7 }),
    ).to.deep.equal([
      ['added', 'a', null],
      ['added', 'b', null],
    ])
    expect(
      await shown('memory_replace', { label, old_string: 'a', new_string: 'b' }),
    ).to.deep.equal([
      ['removed', 'a', null],
      ['added', 'b', null],
    ])
    expect(await shown('memory_rethink', { label, new_memory: 'a' })).to.equal(null)
  })
})

describe('The calls that the user reviewed, in a resumed conversation', () => {
  const desk = withSession()
  const edit = (from: string, to: string) => ({ old_string: from, new_string: to })
  const before = 'one\ntwo\nthree\n'
  const start = async (...requested: readonly { id: string; name: string; args: object }[]) => {
    await desk.start([{ calls: requested }, { text: 'Done.' }, { text: 'Ok.' }], {
      files: { 'a.txt': before },
    })
    desk.session.turns.send('Go')
    await desk.asks(requested.length)
  }
  const resumed = async () => {
    const { session } = desk.again()
    const settled = await session.store.when((state) =>
      state.settled.some(({ type }) => type === 'tool') ? state.settled : undefined,
    )
    return settled.flatMap((entry) => (entry.type === 'tool' ? [entry.call] : []))
  }
  const lines = (preview: unknown): readonly string[] => {
    const { hunks = [] } = preview as { hunks?: readonly Hunk[] }
    return hunks.flatMap((hunk) =>
      hunk.lines
        .filter(({ type }) => type !== 'context')
        .map(({ type, text }) => `${type} ${text}`),
    )
  }
  const multiEdit = {
    id: 'c1',
    name: 'MultiEdit',
    args: { file_path: 'a.txt', edits: [edit('one', 'ONE'), edit('three', 'THREE')] },
  }

  it('have the diff of the part that was applied', async () => {
    await start(multiEdit)
    desk.session.approvals.allow('c1', { rejectedLines: [0, 1] })
    await desk.settled()
    const [call] = await resumed()
    const { phase } = call ?? {}
    const preview = phase?.type === 'finished' ? phase.preview : null
    expect(lines(preview)).to.deep.equal(['removed three', 'added THREE'])
    expect(preview).to.include({ isPartial: true, added: 1, removed: 1 })
  })

  it('have the diff of what the user made of them', async () => {
    await start(multiEdit)
    await desk.session.approvals.edit('c1', 'one\ntwo\nTHREE!\n')
    desk.session.approvals.allow('c1')
    await desk.settled()
    const [call] = await resumed()
    const { phase } = call ?? {}
    expect(phase).to.include({ isEdited: true })
    expect(lines(phase?.type === 'finished' ? phase.preview : null)).to.deep.equal([
      'removed three',
      'added THREE!',
    ])
  })

  it('have the command that ran, also when the turn was cancelled after it', async () => {
    const bash = (id: string, command: string) => ({ id, name: 'Bash', args: { command } })
    await start(bash('c1', 'rm -rf build'), bash('c2', 'touch other'))
    const own = 'echo one\n\necho two'
    await desk.session.approvals.edit('c1', own)
    desk.session.approvals.allow('c1')
    await desk.session.store.when(
      ({ current }) =>
        current.some((entry) => entry.type === 'tool' && entry.call.phase.type === 'finished') ||
        undefined,
    )
    desk.session.turns.cancel()
    await desk.settled()
    const [ran, other] = await resumed()
    expect(ran?.label).to.equal('echo one ⏎ echo two')
    expect(ran?.phase).to.include({ type: 'finished', isEdited: true })
    expect(ran?.phase).to.deep.include({
      preview: {
        type: 'command',
        command: own,
        description: null,
        background: false,
        timeoutMs: 0,
      },
    })
    expect(other?.phase.type).to.equal('dropped')
  })
})
