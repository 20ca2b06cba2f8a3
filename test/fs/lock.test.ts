import { fork } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { withLock } from '../../lib/fs/lock.ts'
import { rejection } from '../support/rejection.ts'

const PROGRAM = path.join(import.meta.dirname, '../support/add-one-program.ts')
const PROCESSES = 4
const ROUNDS = 20
const CLAIMS = 200

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
        // In every second round the process was killed that would have removed the lock.
        for (const left of round % 2 === 0 ? ['lock'] : ['lock', 'stale.1']) {
          mkdirSync(`${file}.${left}`)
          utimesSync(`${file}.${left}`, 1, 1)
        }
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

  it('that was taken over after a process found it stale is not removed by that process', async () => {
    const lock = `${file}.lock`
    const old = (directory: string): void => {
      mkdirSync(directory)
      utimesSync(directory, 1, 1)
    }
    old(lock)
    // It looks at each of these after it has found the lock stale.
    for (let number = 1; number <= CLAIMS; number++) old(`${file}.stale.${number}`)
    await withLock(`${file}-other`, async () => undefined)
    const waiting = withLock(file, async () => 'done')
    for (let step = 0; step < CLAIMS / 4; step++) await stat(directory)
    utimesSync(lock, new Date(), new Date())
    while (existsSync(`${file}.stale.${CLAIMS}`)) await stat(directory)
    expect(existsSync(lock)).to.equal(true)
    rmSync(lock, { recursive: true })
    expect(await waiting).to.equal('done')
  })

  it('that another process has taken over while this one slept is not removed', async () => {
    const lock = `${file}.lock`
    await withLock(file, async () => {
      rmSync(lock, { recursive: true })
      mkdirSync(`${file}.other`)
      renameSync(`${file}.other`, lock)
    })
    expect(existsSync(lock)).to.equal(true)
  })

  it('that cannot be had stops the task, or lets it run when that is asked for', async () => {
    const nowhere = path.join(directory, 'missing', 'file')
    const task = async (): Promise<string> => 'done'
    expect(await rejection(withLock(nowhere, task))).to.include({ code: 'ENOENT' })
    expect(await withLock(nowhere, task, { ifUnavailable: 'run' })).to.equal('done')
  })
})
