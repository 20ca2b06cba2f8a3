import { expect } from 'chai'
import type { Entry } from '../../lib/session/state/entry.ts'
import { openDesk, type SessionDesk } from '../support/session.ts'

const write = { name: 'Write', args: { file_path: 'a.txt', content: 'one\ntwo\n' } }

describe('A resumed session', () => {
  let desk: SessionDesk
  beforeEach(async () => {
    const options = { mode: 'bypassPermissions' } as const
    desk = await openDesk([{ calls: [write] }, { text: 'Done.' }], { options })
  })
  afterEach(() => desk.close())

  it('shows the diffs of earlier changes of files, from the journal', async () => {
    await desk.says('Write the file')
    const { session } = desk.again()
    const preview = await session.store.when(({ settled }) => settled.map(previewOf).find(Boolean))
    expect(preview).to.include({ type: 'diff', path: 'a.txt', created: true, added: 2, removed: 0 })
  })
})

function previewOf(entry: Entry) {
  return entry.type === 'tool' && entry.call.phase.type === 'finished'
    ? entry.call.phase.preview
    : null
}
