import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { withLock } from '../../lib/fs/lock.ts'
import { rejection } from '../support/rejection.ts'

describe('A lock of a path', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'letta-lock-'))
    file = path.join(folder, 'file')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('lets one task run after the other', async () => {
    const events: string[] = []
    const task = (name: string) => async (): Promise<void> => {
      events.push(`${name} begins`)
      await new Promise((resolve) => setImmediate(resolve))
      events.push(`${name} ends`)
    }
    await Promise.all([withLock(file, task('one')), withLock(file, task('other'))])
    const [first = ''] = events[0]?.split(' ') ?? []
    const second = first === 'one' ? 'other' : 'one'
    expect(events).to.deep.equal(
      [first, second].flatMap((name) => [`${name} begins`, `${name} ends`]),
    )
  })

  it('is released when the task fails, whose error is passed on', async () => {
    const failure = new Error('failed')
    expect(await rejection(withLock(file, () => Promise.reject(failure)))).to.equal(failure)
    expect(existsSync(`${file}.lock`)).to.equal(false)
  })

  it('that cannot be had stops the task, or lets it run when that is asked for', async () => {
    const nowhere = path.join(folder, 'missing', 'file')
    const task = async (): Promise<string> => 'done'
    expect(await rejection(withLock(nowhere, task))).to.include({ code: 'ENOENT' })
    expect(await withLock(nowhere, task, { ifUnavailable: 'run' })).to.equal('done')
  })
})
