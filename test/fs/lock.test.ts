import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs'
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { withLock } from '../../lib/fs/lock.ts'
import { rejection } from '../support/rejection.ts'

const PROGRAM = path.join(import.meta.dirname, '../support/add-one-program.ts')
const PROCESSES = 4
const ROUNDS = 20

const STALE = 'of-a-killed-process.1'

const { rename, unlink } = fs

/** A lock with this mark of its holder. */
function mark(file: string, name: string): void {
  mkdirSync(`${file}.lock`)
  writeFileSync(path.join(`${file}.lock`, name), '')
}

describe('A lock of a path', () => {
  let directory: string
  let file: string
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'letta-lock-'))
    file = path.join(directory, 'file')
  })
  afterEach(() => rmSync(directory, { recursive: true }))

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

  it('of a process that was killed is taken over by only one of those that wait', async function () {
    this.timeout(120_000)
    const counter = path.join(directory, 'counter')
    writeFileSync(counter, '0')
    const processes = Array.from({ length: PROCESSES }, () => fork(PROGRAM))
    try {
      for (let round = 0; round < ROUNDS; round++) {
        mark(file, STALE)
        const replies = processes.map((child) => once(child, 'message'))
        for (const child of processes) child.send({ file, counter })
        expect((await Promise.all(replies)).flat())
          .to.include('added')
          .and.have.length(PROCESSES * 2)
      }
    } finally {
      for (const child of processes) child.kill()
    }
    expect(Number(readFileSync(counter, 'utf8'))).to.equal(ROUNDS * PROCESSES)
    expect(readdirSync(directory)).to.deep.equal(['counter'])
  })

  describe('that a process finds stale', () => {
    afterEach(() => replace({ rename, unlink }))

    for (const [what, next] of [
      ['was taken over by another process', `of-another-process.${Date.now()}`],
      ['was renewed by its holder', STALE.replace(/\d+$/, String(Date.now()))],
    ] as const) {
      it(`is not removed by that process when it ${what} meanwhile`, async () => {
        mark(file, STALE)
        const left = new Promise<string[]>((resolve) => {
          replace({
            rename,
            // The process has looked, and is paused before it removes what it has seen.
            async unlink(removed) {
              replace({ rename, unlink })
              rmSync(`${file}.lock`, { recursive: true })
              mark(file, next)
              try {
                await unlink(removed)
              } finally {
                resolve(readdirSync(`${file}.lock`))
                rmSync(`${file}.lock`, { recursive: true })
              }
            },
          })
        })
        expect(await withLock(file, async () => 'done')).to.equal('done')
        expect(await left).to.deep.equal([next])
      })
    }

    it('is acquired again when its new holder was paused before it renewed it', async () => {
      let acquired = 0
      replace({
        unlink,
        async rename(from, to) {
          await rename(from, to)
          if (to !== `${file}.lock` || ++acquired > 1) return
          for (const name of readdirSync(to)) rmSync(path.join(to, name))
        },
      })
      const held = await withLock(file, async () => readdirSync(`${file}.lock`))
      expect({ held: held.length, acquired }).to.deep.equal({ held: 1, acquired: 2 })
    })
  })

  it('that another process has taken over while this one slept is not removed', async () => {
    const lock = `${file}.lock`
    await withLock(file, async () => {
      rmSync(lock, { recursive: true })
      mark(file, `of-another-process.${Date.now()}`)
    })
    expect(readdirSync(lock)).to.have.length(1)
  })

  it('is released by a process that ends within the task', async () => {
    const child = fork(PROGRAM)
    child.send({ file, counter: null })
    await once(child, 'exit')
    expect(readdirSync(`${file}.lock`)).to.deep.equal([])
  })

  it('for which a process waits has no directory of this process after it ends', async () => {
    mark(file, `of-another-process.${Date.now() + 600_000}`)
    const child = fork(PROGRAM)
    await once(child, 'spawn')
    const watcher = watch(directory)
    const prepared = once(watcher, 'change')
    child.send({ file, counter: null })
    const [, name] = await prepared
    watcher.close()
    child.disconnect()
    await once(child, 'exit')
    expect(name).to.match(/^file\.lock\../)
    expect(readdirSync(directory)).to.deep.equal(['file.lock'])
  })

  it('for which killed processes have waited has none of their directories after the next task', async () => {
    const now = Date.now()
    const recent = randomUUID()
    const others = { [`file.lock.${recent}`]: `${recent}.${now - 30_000}`, 'file.lock.d': 'mine.1' }
    const killed = randomUUID()
    const all = { ...others, [`file.lock.${killed}`]: `${killed}.${now - 60_000}` }
    for (const [name, content] of Object.entries(all)) {
      mkdirSync(path.join(directory, name))
      writeFileSync(path.join(directory, name, content), '')
    }
    await withLock(file, async () => undefined)
    const left = readdirSync(directory).map((name) => [
      name,
      ...readdirSync(path.join(directory, name)),
    ])
    expect(left).to.have.deep.members(Object.entries(others))
  })

  it('is acquired by a process that others took for a killed one while it was paused', async () => {
    let moves = 0
    replace({
      unlink,
      async rename(from, to) {
        if (to === `${file}.lock` && ++moves === 1) rmSync(String(from), { recursive: true })
        await rename(from, to)
      },
    })
    const held = await withLock(file, async () => readdirSync(`${file}.lock`)).finally(() =>
      replace({ rename, unlink }),
    )
    expect({ held: held.length, moves }).to.deep.equal({ held: 1, moves: 2 })
  })

  it('that cannot be had stops the task, or lets it run when that is asked for', async () => {
    const nowhere = path.join(directory, 'missing', 'file')
    const task = async (): Promise<string> => 'done'
    expect(await rejection(withLock(nowhere, task))).to.include({ code: 'ENOENT' })
    expect(await withLock(nowhere, task, { ifUnavailable: 'run' })).to.equal('done')
  })
})

/** What the lock uses of the file system. */
function replace(parts: Pick<typeof fs, 'rename' | 'unlink'>): void {
  Object.assign(fs, parts)
  syncBuiltinESMExports()
}
