import { writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { identifyProcess, type ProcessIdentity } from '../../lib/fs/process-identity.ts'
import { openDrafts } from '../../lib/memory/drafts.ts'
import { temporaryDirectory } from '../support/letta-server.ts'

const draft = (text: string) => ({ before: 'a', text })
const owned = (text: string) => ({ ...draft(text), label: 'human', agentId: 'agent-1' })

describe('Unsaved texts of a block', () => {
  let directory: string
  let remove: () => Promise<void>
  beforeEach(async () => {
    ;({ directory, remove } = await temporaryDirectory())
  })
  afterEach(() => remove())

  const files = (id: string, more: Partial<ProcessIdentity> = {}) => {
    const identity = identifyProcess().then((own) => ({ ...own, ...more }))
    return openDrafts(path.join(directory, 'drafts'), 'server', { id, identity })
  }
  const names = (): Promise<readonly string[]> => readdir(path.join(directory, 'drafts'))
  const ENDED = { startedAt: '1' }

  it('are separate in two processes that edit it, and saving one leaves the other', async () => {
    const [one, other] = [files('one'), files('other')]
    await one.write('b', owned('of one'))
    await other.write('b', owned('of the other'))
    expect(await one.read('b')).to.include({ ...draft('of one'), count: 1 })
    await one.remove('b')
    expect(await one.read('b')).to.equal(null)
    expect(await other.read('b')).to.include(draft('of the other'))
  })

  it('of ended processes are read one after another, the newest first', async () => {
    await files('dead', ENDED).write('b', owned('first'))
    await files('dead2', { ...ENDED, processId: 2 ** 30 }).write('b', owned('second'))
    const next = files('next')
    const found: unknown[] = []
    for (const count of [2, 1]) {
      const read = await next.read('b')
      expect(read).to.include({ count })
      found.push(read?.text)
      await next.write('b', owned('more'), read?.file)
      expect(await next.read('b')).to.include({ ...draft('more'), count })
      await next.remove('b')
    }
    expect(found).to.have.members(['first', 'second'])
    expect(await names()).to.deep.equal([])
  })

  it('of ended processes stay when another text of the block is stored and removed', async () => {
    await files('dead', ENDED).write('b', owned('left'))
    const next = files('next')
    await next.read('b')
    await next.write('b', owned('more'))
    await next.remove('b')
    expect(await next.read('b')).to.include(draft('left'))
  })

  it('of an earlier version of the program are read', async () => {
    const { path: file, write } = files('new')
    await write('b', owned('x'))
    const old = file('b').replace('-new', '')
    writeFileSync(old, JSON.stringify({ blockId: 'b', ...draft('old') }))
    await files('new').remove('b')
    expect(await files('newer').read('b')).to.include(draft('old'))
  })

  it('of blocks that the agent no longer has are read, without those of other agents and servers', async () => {
    const ended = files('dead', ENDED)
    await ended.write('gone', owned('typed'))
    await ended.write('kept', owned('shown with its block'))
    await ended.write('other', { ...owned('of another agent'), agentId: 'agent-2' })
    await files('running').write('gone', owned('being typed'))
    const elsewhere = openDrafts(path.join(directory, 'drafts'), 'server-2', {
      id: 'dead',
      identity: identifyProcess(),
    })
    await elsewhere.write('far', owned('on another server'))
    const found = await files('next').readMissing('agent-1', ['kept'])
    expect(
      found.map(({ blockId, label, draft: { text, count } }) => [blockId, label, text, count]),
    ).to.deep.equal([['gone', 'human', 'typed', 1]])
  })

  it('are left out when the file is not readable', async () => {
    const { path: file, write, read } = files('one')
    await write('b', owned('x'))
    writeFileSync(file('b'), '{')
    expect(await read('b')).to.equal(null)
  })
})
