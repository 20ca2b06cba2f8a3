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
})

function previewOf(entry: Entry) {
  return entry.type === 'tool' && entry.call.phase.type === 'finished'
    ? entry.call.phase.preview
    : null
}
