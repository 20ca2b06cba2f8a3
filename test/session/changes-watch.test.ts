import { expect } from 'chai'
import type { Entry } from '../../lib/session/state/entry.ts'
import { withSession } from '../support/with-session.ts'

const write = { name: 'Write', args: { file_path: 'a.txt', content: 'one\ntwo\n' } }

describe('A resumed session', () => {
  const desk = withSession()
  beforeEach(async () => {
    const options = { mode: 'bypassPermissions' } as const
    await desk.start([{ calls: [write] }, { text: 'Done.' }], { options })
  })

  it('shows the diffs of earlier changes of files, from the journal', async () => {
    await desk.says('Write the file')
    const { session } = desk.again()
    const preview = await session.store.when(({ settled }) => settled.map(previewOf).find(Boolean))
    expect(preview).to.include({ type: 'diff', path: 'a.txt', created: true, added: 2, removed: 0 })
  })

  it('shows the diff of a change that was applied in part', async () => {
    desk.write('b.txt', '1\n2\n3\n')
    const edit = (old_string: string, new_string: string) => ({ old_string, new_string })
    const edits = [edit('1', 'one'), edit('3', 'three')]
    const multi = { name: 'MultiEdit', args: { file_path: 'b.txt', edits } }
    desk.endpoint.addTurns([{ calls: [multi] }, { text: 'Done.' }])
    await desk.says('Write the file')
    desk.session.rules.setMode('default')
    desk.session.turns.send('Edit the other one')
    await desk.asks()
    const [{ callId } = { callId: '' }] = await desk.asks()
    desk.session.approvals.allow(callId, { rejectedLines: [0, 1] })
    await desk.settled(2)
    expect(desk.read('b.txt')).to.equal('1\n2\nthree\n')
    const { session } = desk.again()
    const preview = await session.store.when(({ settled }) =>
      settled.map(previewOf).find((one) => one?.type === 'diff' && one.path === 'b.txt'),
    )
    expect(preview).to.include({ type: 'diff', added: 1, removed: 1, isPartial: true })
  })

  it('lists what earlier sessions of its conversation have changed', async () => {
    await desk.says('Write the file')
    const { session } = desk.again()
    const listed = await session.store.when(({ changes }) =>
      changes.listed.scope.type === 'conversation' ? changes.listed : undefined,
    )
    expect(listed.summary.files.map(({ label }) => label)).to.deep.equal(['a.txt'])
    expect(listed.summary.turns.map(({ text }) => text)).to.deep.equal(['Write the file'])
    expect(session.store.state.changes.summary.files).to.deep.equal([])
    await session.changes.show({ type: 'session' })
    expect(session.store.state.changes.listed.summary.files).to.deep.equal([])
  })

  it('lists what was changed before many messages that have changed nothing', async () => {
    await desk.says('Write the file')
    desk.endpoint.setTurns([{ text: 'Nothing to do.', sticky: true }])
    for (let count = 1; count <= 60; count++) await desk.says(`Question ${count}`)
    const { session } = desk.again()
    const listed = await session.store.when(({ changes }) =>
      changes.listed.scope.type === 'conversation' ? changes.listed : undefined,
    )
    expect(listed.summary.turns.map(({ text }) => text)).to.deep.equal(['Write the file'])
  })

  it('lists what an earlier session has undone as undone, not as changed by others', async () => {
    desk.write('b.txt', '1\n2\n3\n')
    const args = { file_path: 'b.txt', old_string: '3', new_string: 'three' }
    desk.endpoint.setTurns([{ calls: [write, { name: 'Edit', args }] }, { text: 'Done.' }])
    await desk.says('Change the files')
    const second = desk.again().session
    const [turn] = await second.store.when(({ changes }) =>
      changes.listed.scope.type === 'conversation' ? changes.listed.summary.turns : undefined,
    )
    await second.changes.undo({ turnId: turn?.turnId ?? '' })
    expect(desk.read('b.txt')).to.equal('1\n2\n3\n')
    const { session } = desk.again()
    const { summary } = await session.store.when(({ changes }) =>
      changes.listed.scope.type === 'conversation' ? changes.listed : undefined,
    )
    expect(summary.outside).to.deep.equal([])
    expect(summary.files).to.deep.equal([])
    expect(summary.turns.map(({ undone }) => undone)).to.deep.equal([true])
  })

  it('lists what was changed before its conversation was copied from another one', async () => {
    desk.endpoint.addTurns([{ text: 'Noted.' }])
    await desk.says('Write the file')
    await desk.says('Go on')
    const { conversations, store } = desk.session
    const before = store.state.settled.findLast(({ type }) => type === 'user')?.id ?? ''
    await conversations.fork({ before })
    const { session } = desk.again()
    const listed = await session.store.when(({ changes }) =>
      changes.listed.scope.type === 'conversation' ? changes.listed : undefined,
    )
    expect(listed.summary.files.map(({ label }) => label)).to.deep.equal(['a.txt'])
    expect(listed.summary.turns.map(({ text }) => text)).to.deep.equal(['Write the file'])
  })
})

function previewOf(entry: Entry) {
  return entry.type === 'tool' && entry.call.phase.type === 'finished'
    ? entry.call.phase.preview
    : null
}
