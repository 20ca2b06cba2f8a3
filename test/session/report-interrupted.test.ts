import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, lstatSync, readlinkSync, symlinkSync, utimesSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { rewindInterrupted, undoInterrupted } from '../../lib/session/messages/rewind.ts'
import { reportInterrupted } from '../../lib/session/report-interrupted.ts'
import { openJournal } from '../../lib/tools/journal/journal.ts'
import { openDesk, type SessionDesk } from '../support/session.ts'
import { createPlayground, type Playground } from '../tools/playground.ts'

const NEVER = new AbortController().signal
const NAMES = ['a', 'b', 'c']
const PROGRAM = path.join(import.meta.dirname, '../support/killed-undo-program.ts')

describe('A process that is killed while it changes files', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
  })
  afterEach(() => ground.close())

  /** The signal that ended the process. */
  const run = async (job: object): Promise<unknown> => {
    const { directory, home } = ground.place
    const args = ['--import', 'tsx', PROGRAM, directory, home, JSON.stringify(job)]
    const child = spawn(process.execPath, args, { stdio: 'inherit' })
    return (await once(child, 'exit'))[1]
  }
  const journal = () => openJournal(ground.place)

  it('leaves the old or the new file, and the journal agrees', async () => {
    ground.put('a', 'old')
    const [a, b] = ['a', 'b'].map((name) => ({ file_path: ground.path(name), content: 'new' }))
    const after = { point: 'record', calls: 1, isBefore: false }
    const before = { point: 'confirm', calls: 1, isBefore: true }
    const signals = [await run({ write: a, ...after }), await run({ write: b, ...before })]
    expect(signals).to.deep.equal(['SIGKILL', 'SIGKILL'])
    expect([ground.text('a'), ground.text('b')]).to.deep.equal(['old', 'new'])
    const changed = async () => (await journal().list()).map((entry) => entry.path)
    expect(await changed()).to.deep.equal([ground.path('b')])
    // A later change of the file does not make the killed one true.
    await ground.prepare('Write', { file_path: 'a', content: 'other' }).run(NEVER, () => undefined)
    expect(await changed()).to.deep.equal([ground.path('a'), ground.path('b')].toReversed())
  })

  it('leaves a temporary file, which is removed when the journal is read', async () => {
    ground.put('a', 'old')
    const [stale, fresh] = ['0', '1'].map((digit) => ground.put(`.a.${digit.repeat(16)}.tmp`, 'n'))
    utimesSync(stale ?? '', 1, 1)
    const write = { file_path: ground.path('a'), content: 'new' }
    await run({ write, point: 'record', calls: 1, isBefore: false })
    await journal().read()
    expect([stale, fresh].map((file) => existsSync(file ?? ''))).to.deep.equal([false, true])
  })

  for (const [how, kill, reverted] of [
    ['before it writes a file', { point: 'record', calls: 2, isBefore: false }, ['a']],
    ['after it has written one', { point: 'confirm', calls: 2, isBefore: true }, ['a', 'b']],
  ] as const) {
    it(`${how} leaves each file old or new, and the undo can be completed`, async () => {
      for (const name of NAMES) {
        ground.put(name, 'old')
        const args = { file_path: name, content: 'new' }
        await ground.prepare('Write', args, { turnId: 't' }).run(NEVER, () => undefined)
      }
      expect(await run({ undo: { turnId: 't' }, ...kill })).to.equal('SIGKILL')
      const isReverted = (name: string): boolean => reverted.some((one) => one === name)
      for (const name of NAMES) {
        expect(ground.text(name)).to.equal(isReverted(name) ? 'old' : 'new')
      }
      const { entries, intents = [] } = await journal().read()
      const undone = entries.filter((entry) => entry.undone).map((entry) => entry.path)
      expect(undone).to.deep.equal(reverted.map(ground.path))
      expect(intents.map(({ type, paths }) => [type, paths])).to.deep.equal([
        ['undo', NAMES.map(ground.path)],
      ])
      expect((await journal().undo({ turnId: 't' })).ok).to.equal(true)
      expect(NAMES.map(ground.text)).to.deep.equal(['old', 'old', 'old'])
    })
  }
})

describe('A process that is killed while it undoes links and permission bits', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
  })
  afterEach(() => ground.close())

  const NAMES = ['both', 'bits', 'link', 'file', 'made']
  /** What is at each name, as one text. */
  const states = (): readonly string[] =>
    NAMES.map((name) => {
      const stats = lstatSync(ground.path(name), { throwIfNoEntry: false })
      if (stats === undefined) return 'nothing'
      if (stats.isSymbolicLink()) return `-> ${readlinkSync(ground.path(name))}`
      return `${(stats.mode & 0o777).toString(8)} ${ground.text(name)}`
    })

  for (const calls of NAMES.keys()) {
    const kill = { point: 'confirm', calls: calls + 1, isBefore: true }
    it(`after ${kill.calls} leaves each as before or as after, and the journal agrees`, async () => {
      for (const name of ['both', 'bits', 'file']) chmodSync(ground.put(name, 'old\n'), 0o644)
      symlinkSync('both', ground.path('link'))
      const before = states()
      const command =
        'echo new > both; chmod 755 both bits; ln -sfn bits link; rm file; ln -s both file; ln -s bits made'
      await ground.prepare('Bash', { command }, { turnId: 't' }).run(NEVER, () => undefined)
      const after = states()
      const { directory, home } = ground.place
      const job = JSON.stringify({ undo: { turnId: 't' }, ...kill })
      const args = ['--import', 'tsx', PROGRAM, directory, home, job]
      const child = spawn(process.execPath, args, { stdio: 'inherit' })
      expect((await once(child, 'exit'))[1]).to.equal('SIGKILL')
      const { entries } = await openJournal(ground.place).read()
      const undone = entries.flatMap((entry) => (entry.undone ? path.basename(entry.path) : []))
      expect(undone).to.have.lengthOf(kill.calls)
      const expected = NAMES.map((name, at) => (undone.includes(name) ? before : after)[at])
      expect(states()).to.deep.equal(expected)
      const rest = await openJournal(ground.place).undo({ turnId: 't' })
      expect(rest.ok).to.equal(kill.calls < NAMES.length)
      expect(states()).to.deep.equal(before)
    })
  }
})

describe('What a crash has interrupted', () => {
  let desk: SessionDesk
  beforeEach(async () => {
    desk = await openDesk([])
    await desk.session.opened
  })
  afterEach(() => desk.close())

  const intent = {
    id: 'one',
    type: 'rewind',
    parts: ['conversation', 'memory', 'files'],
    text: 'Second message',
    paths: [],
  } as const
  const journal = (now = () => Date.now() - 3_600_000) =>
    openJournal({ directory: desk.project, lettaDirectory: path.join(desk.home, '.letta'), now })
  const notices = async (): Promise<readonly string[]> => {
    const { session } = desk.again({ watch: true })
    const found = await session.store.when(({ settled }) =>
      settled.filter((entry) => entry.type === 'notice' && entry.level === 'warning').length > 1
        ? settled
        : undefined,
    )
    return found.flatMap((entry) => (entry.type === 'notice' ? [entry.text] : []))
  }

  it('is reported once at the next start: a rewind with its parts, an undo with its files', async () => {
    const agentId = desk.session.store.state.agent?.id ?? ''
    const parts = [...intent.parts]
    await journal().intend({ ...intent, parts, paths: [], agentId })
    await journal().reach('one', 'conversation')
    const paths = ['a', 'b'].map((name) => path.join(desk.project, name))
    await journal().intend({ ...intent, id: 'two', type: 'undo', parts: [], paths, agentId })
    await journal().intend({ ...intent, id: 'other', parts, paths: [], agentId: 'another' })
    const [rewind] = rewindInterrupted(
      { ...intent, done: ['conversation'] },
      { reverted: [], left: [] },
    )
    const [undo] = undoInterrupted({ reverted: [], left: ['a', 'b'] })
    expect(await notices()).to.include.members([rewind, undo])
    const left = async (): Promise<readonly string[]> =>
      ((await journal().read()).intents ?? []).map(({ id }) => id)
    // It is marked after it was reported.
    while ((await left()).length > 1);
    expect(await left()).to.deep.equal(['other'])
  })

  it('is not reported while its process may be at it', async () => {
    await journal(Date.now).intend({ ...intent, parts: [], paths: [], agentId: '' })
    const reported: string[] = []
    await reportInterrupted({
      base: {
        runner: { journal: journal() },
        options: { directory: desk.project },
        now: Date.now,
        notify: (_, text) => void reported.push(text),
      },
      store: { state: { agent: null } },
    })
    expect(reported).to.deep.equal([])
  })
})
