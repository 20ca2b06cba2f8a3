import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { versionOf } from '../../../lib/tools/files/files.ts'
import { applyReverts } from '../../../lib/tools/journal/apply-reverts.ts'
import { openJournal, type UndoSelection } from '../../../lib/tools/journal/journal.ts'
import {
  changedSincePreview,
  leadsElsewhere,
  modifiedInBetween,
  modifiedSince,
  NOTHING_TO_UNDO,
} from '../../../lib/tools/messages/journal.ts'
import type { ToolAnswer } from '../../../lib/tools/tool.ts'
import { rejection } from '../../support/rejection.ts'
import { createPlayground, type Playground } from '../playground.ts'

const NEVER = new AbortController().signal

describe('The journal', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
  })
  afterEach(() => ground.close())

  const write = (
    callId: string,
    turnId: string,
    file_path: string,
    content: string,
  ): Promise<ToolAnswer> =>
    ground.prepare('Write', { file_path, content }, { callId, turnId }).run(NEVER, () => undefined)
  const undone = (...names: string[]) => ({
    ok: true,
    paths: names.map((name) => ground.path(name)),
  })
  const undo = async (selection: UndoSelection, expected?: Record<string, string>) => {
    const result = await ground.runner.journal.undo(selection, expected)
    return result.ok ? { ok: true, paths: result.paths } : result
  }

  it('lists every change with its call and turn, outside the project, in files that only the user can read', async () => {
    await write('c1', 't1', 'a', 'one')
    await write('c2', 't1', 'b/c', 'two')
    await ground.call('Edit', { file_path: 'a', old_string: 'nope', new_string: 'x' })
    await ground.call('Bash', { command: 'echo shell > d' })
    const { journal } = ground.runner
    const facts = (await journal.list()).map(({ callId, turnId, tool, path, before, undone }) => {
      return { callId, turnId, tool, path, before, undone }
    })
    const common = { turnId: 't1', tool: 'Write', before: 'absent', undone: false }
    expect(facts).to.deep.equal([
      { ...common, callId: 'c1', path: ground.path('a') },
      { ...common, callId: 'c2', path: ground.path('b/c') },
      { ...common, callId: 'call-2', turnId: 'turn-1', tool: 'Bash', path: ground.path('d') },
    ])
    const journalDirectory = join(ground.place.lettaDirectory, 'journal')
    const [project = ''] = readdirSync(journalDirectory)
    expect(statSync(journalDirectory).mode & 0o777).to.equal(0o700)
    expect(statSync(join(journalDirectory, project)).mode & 0o777).to.equal(0o700)
    for (const part of ['changes', 'contents', 'calls']) {
      expect(statSync(join(journalDirectory, project, part)).mode & 0o777, part).to.equal(0o700)
      for (const name of readdirSync(join(journalDirectory, project, part))) {
        expect(statSync(join(journalDirectory, project, part, name)).mode & 0o777, part).to.equal(
          0o600,
        )
      }
    }
  })

  it('reverts the content and the permission bits of a call', async () => {
    chmodSync(ground.put('a', Buffer.from([0, 255, 10])), 0o640)
    await write('c1', 't1', 'a', 'new')
    expect(await undo({ callId: 'c1' })).to.deep.equal(undone('a'))
    expect([...ground.bytes('a')]).to.deep.equal([0, 255, 10])
    expect(statSync(ground.path('a')).mode & 0o777).to.equal(0o640)
    const flags = (await ground.runner.journal.list()).map((entry) => entry.undone)
    expect(flags).to.deep.equal([true, false])
    expect(await undo({ callId: 'c1' })).to.deep.equal({
      ok: false,
      reasons: [NOTHING_TO_UNDO],
    })
  })

  it('leaves permission bits that were changed since a call as they are, and restores those of a deleted file', async () => {
    chmodSync(ground.put('run.sh', 'old'), 0o750)
    await write('c1', 't1', 'run.sh', 'new')
    chmodSync(ground.path('run.sh'), 0o600)
    expect(await undo({ callId: 'c1' })).to.deep.equal(undone('run.sh'))
    expect(statSync(ground.path('run.sh')).mode & 0o777).to.equal(0o600)
    await ground.call('Bash', { command: 'rm run.sh' })
    expect(await undo({ turnId: 'turn-1' })).to.deep.equal(undone('run.sh'))
    expect(statSync(ground.path('run.sh')).mode & 0o777).to.equal(0o600)
  })

  it('reverts all changes of a turn, including new files and their directories', async () => {
    ground.put('a', 'zero')
    mkdirSync(ground.path('kept'))
    await write('c1', 't1', 'a', 'one')
    await write('c2', 't2', 'a', 'two')
    await write('c3', 't2', 'kept/new/deep/b', 'b')
    await write('c4', 't2', 'a', 'three')
    expect(await undo({ turnId: 't2' })).to.deep.equal(undone('a', 'kept/new/deep/b'))
    expect(ground.text('a')).to.equal('one')
    expect(readdirSync(ground.path('kept'))).to.deep.equal([])
  })

  it('writes and deletes nothing behind a link that has replaced a directory or a file', async () => {
    ground.put('dir/old', 'zero')
    ground.put('file', 'zero')
    await write('c1', 't1', 'dir/old', 'one')
    await write('c2', 't2', 'dir/new', 'two')
    await write('c3', 't3', 'file', 'three')
    const planned = await ground.runner.journal.plan({ turnId: 't1' })
    renameSync(ground.path('dir'), ground.path('elsewhere'))
    renameSync(ground.path('file'), ground.path('elsewhere/file'))
    symlinkSync(ground.path('elsewhere'), ground.path('dir'))
    symlinkSync(ground.path('elsewhere/file'), ground.path('file'))
    for (const [turnId, name] of [
      ['t1', 'dir/old'],
      ['t2', 'dir/new'],
      ['t3', 'file'],
    ] as const) {
      const reasons = [leadsElsewhere(ground.path(name))]
      expect(await undo({ turnId })).to.deep.equal({ ok: false, reasons })
    }
    const thrown = await rejection(applyReverts(ground.runner.journal, planned, 'u'))
    expect(thrown).to.have.property('message', leadsElsewhere(ground.path('dir/old')))
    const texts = ['old', 'new', 'file'].map((name) => ground.text(`elsewhere/${name}`))
    expect(texts).to.deep.equal(['one', 'two', 'three'])
  })

  it('reverts everything since a point', async () => {
    await write('c1', 't1', 'a', 'one')
    await write('c2', 't2', 'b', 'two')
    await write('c3', 't3', 'a', 'three')
    const second = (await ground.runner.journal.list())[1]
    expect(await undo({ sinceId: second?.id ?? '' })).to.deep.equal(undone('b', 'a'))
    expect([ground.text('a'), existsSync(ground.path('b'))]).to.deep.equal(['one', false])
  })

  it('reverts nothing when one of the files has changed since', async () => {
    await write('c1', 't1', 'a', 'one')
    await write('c2', 't1', 'b', 'two')
    ground.put('b', 'by hand')
    expect(await undo({ turnId: 't1' })).to.deep.equal({
      ok: false,
      reasons: [modifiedSince(ground.path('b'))],
    })
    expect([ground.text('a'), ground.text('b')]).to.deep.equal(['one', 'by hand'])
  })

  it('does not revert a call whose file a later call has changed', async () => {
    await write('c1', 't1', 'a', 'one')
    await write('c2', 't1', 'a', 'two')
    expect((await undo({ callId: 'c1' })).ok).to.equal(false)
    expect(ground.text('a')).to.equal('two')
  })

  it('does not revert when another program wrote between two calls', async () => {
    await write('c1', 't1', 'a', 'one')
    ground.put('a', 'by hand')
    await ground.call('Read', { file_path: 'a' })
    await write('c2', 't1', 'a', 'two')
    expect(await undo({ turnId: 't1' })).to.deep.equal({
      ok: false,
      reasons: [modifiedInBetween(ground.path('a'))],
    })
  })

  it('restores a deleted file only when its path is free', async () => {
    ground.put('a', 'zero')
    await write('c1', 't1', 'a', 'one')
    rmSync(ground.path('a'))
    expect((await undo({ callId: 'c1' })).ok).to.equal(false)
  })

  it('requires the agent to read reverted files again', async () => {
    await write('c1', 't1', 'a', 'one')
    await write('c2', 't1', 'a', 'two')
    await undo({ callId: 'c2' })
    const answer = await ground.call('Edit', { file_path: 'a', old_string: 'one', new_string: '1' })
    expect(answer.text).to.include('has changed since you read it')
  })

  it('does not touch git', async () => {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: ground.place.directory, encoding: 'utf8' })
    git('init', '-q')
    ground.put('a', 'zero\n')
    git('add', 'a')
    const before = git('status', '--porcelain') + git('rev-parse', '--git-dir')
    await write('c1', 't1', 'a', 'one\n')
    await undo({ callId: 'c1' })
    expect(git('status', '--porcelain') + git('rev-parse', '--git-dir')).to.equal(before)
  })

  const inJournal = (part: string): string => {
    const journalDirectory = join(ground.place.lettaDirectory, 'journal')
    const [project = ''] = readdirSync(journalDirectory)
    return join(journalDirectory, project, part)
  }

  it('drops entries after a month', async () => {
    await write('c1', 't1', 'a', 'one')
    const longAgo = new Date(Date.now() - 31 * 24 * 3_600_000)
    for (const part of ['changes', 'contents', 'calls']) {
      for (const name of readdirSync(inJournal(part))) {
        utimesSync(join(inJournal(part), name), longAgo, longAgo)
      }
    }
    const later = openJournal({ ...ground.place, now: () => Date.now() })
    const stats = statSync(ground.path('a'))
    const bytes = Buffer.from('one')
    const before = { bytes, version: versionOf(bytes), stats }
    const change = { path: ground.path('a'), before, after: Buffer.from('two'), madeFolder: null }
    const { id } = await later.record({ callId: 'c2', turnId: 't2', tool: 'Write', ...change })
    await later.confirm(id)
    expect((await later.list()).map((entry) => entry.callId)).to.deep.equal(['c2'])
    expect(['contents', 'calls'].map((part) => readdirSync(inJournal(part)).length)).to.deep.equal([
      2, 0,
    ])
  })

  it('reports that it cannot be written, without stopping the call', async () => {
    mkdirSync(ground.place.home, { recursive: true })
    writeFileSync(ground.place.lettaDirectory, 'in the way')
    const answer = await write('c1', 't1', 'a', 'one')
    expect(answer.status).to.equal('success')
    expect(answer.text).to.match(/\[This change cannot be undone: it was not recorded \(ENOTDIR/)
    expect((await ground.call('Bash', { command: 'seq 20000' })).text).to.match(
      /bytes omitted; no file has them\][\s\S]*\[Output file: the output could not be saved: no output directory\.\]$/,
    )
  })

  it('is read although a crash cut its last line short', async () => {
    await write('c1', 't1', 'a', 'one')
    const [today = ''] = readdirSync(inJournal('changes'))
    appendFileSync(join(inJournal('changes'), today), '\n{"change":{"id":"half')
    await write('c2', 't1', 'b', 'two')
    const calls = (await ground.runner.journal.list()).map((entry) => entry.callId)
    expect(calls).to.deep.equal(['c1', 'c2'])
  })

  const LINES = Array.from({ length: 20 }, (_, index) => `line ${index}`)
  const withLine = (index: number, text: string, lines = LINES): string[] =>
    lines.map((line, at) => (at === index ? text : line))

  it('undoes an undo, and that one in turn', async () => {
    ground.put('a', 'zero')
    await write('c1', 't1', 'a', 'one')
    await write('c2', 't1', 'new/b', 'two')
    const { journal } = ground.runner
    const first = await journal.undo({ turnId: 't1' })
    const redo = await journal.undo({ undoId: first.ok ? first.undoId : '' })
    expect([ground.text('a'), ground.text('new/b')]).to.deep.equal(['one', 'two'])
    const flags = (await journal.list()).map((entry) => entry.undone)
    expect(flags).to.deep.equal([false, false, true, true, false, false])
    await journal.undo({ undoId: redo.ok ? redo.undoId : '' })
    expect([ground.text('a'), existsSync(ground.path('new/b'))]).to.deep.equal(['zero', false])
  })

  it('reverts a change whose file was changed since in other lines', async () => {
    ground.put('a', LINES.join('\n'))
    await write('c1', 't1', 'a', withLine(3, 'by the agent').join('\n'))
    ground.put('a', withLine(15, 'by hand', withLine(3, 'by the agent')).join('\n'))
    expect(await undo({ turnId: 't1' })).to.deep.equal(undone('a'))
    expect(ground.text('a')).to.equal(withLine(15, 'by hand').join('\n'))
  })

  it('reverts an earlier turn below a later one', async () => {
    ground.put('a', LINES.join('\r\n'))
    const early = withLine(3, 'early')
    await write('c1', 't1', 'a', early.join('\r\n'))
    await write('c2', 't2', 'a', withLine(15, 'late', early).join('\r\n'))
    expect(await undo({ turnId: 't1' })).to.deep.equal(undone('a'))
    expect(ground.text('a')).to.equal(withLine(15, 'late').join('\r\n'))
  })

  it('shows what an undo would do, and refuses it when the file changes meanwhile', async () => {
    ground.put('a', LINES.join('\n'))
    const changed = withLine(3, 'one')
    await write('c1', 't1', 'a', changed.join('\n'))
    const [plan] = await ground.runner.journal.plan({ turnId: 't1' })
    const shown = [plan?.now?.bytes, plan?.bytes].map(String)
    expect(shown).to.deep.equal([changed.join('\n'), LINES.join('\n')])
    const expected = { [ground.path('a')]: plan?.now?.version ?? '' }
    const meanwhile = withLine(15, 'by hand', changed).join('\n')
    ground.put('a', meanwhile)
    expect(await undo({ turnId: 't1' }, expected)).to.deep.equal({
      ok: false,
      reasons: [changedSincePreview(ground.path('a'))],
    })
    expect(ground.text('a')).to.equal(meanwhile)
  })

  it('reverts chosen lines only', async () => {
    ground.put('a', LINES.join('\n'))
    const changed = withLine(15, 'two', withLine(3, 'one'))
    await write('c1', 't1', 'a', changed.join('\n'))
    const [entry] = await ground.runner.journal.list()
    const { path = '', before = '', after = '' } = entry ?? {}
    expect(await undo({ lines: { path, before, after, lines: [0, 1] } })).to.deep.equal(undone('a'))
    expect(ground.text('a')).to.equal(withLine(15, 'two').join('\n'))
    expect((await ground.runner.journal.list())[0]?.undone).to.equal(false)
    expect(await undo({ turnId: 't1' })).to.deep.equal(undone('a'))
    expect(ground.text('a')).to.equal(LINES.join('\n'))
  })

  it('restores the files that it has reverted when the last of them cannot be', async () => {
    await write('c1', 't1', 'a', 'one')
    ground.put('read-only', 'zero')
    await write('c2', 't1', 'read-only', 'one')
    const { journal } = ground.runner
    const [first, second] = await journal.plan({ turnId: 't1' })
    if (first === undefined || second === undefined) throw new Error('nothing to revert')
    ground.put('read-only', 'by hand')
    await rejection(applyReverts(journal, [first, second], 'undo-1'))
    expect([ground.text('a'), ground.text('read-only')]).to.deep.equal(['one', 'by hand'])
    expect((await journal.list()).filter(({ undone }) => undone).length).to.equal(1)
  })

  it('knows from the file whether a change was made when the process ended meanwhile', async () => {
    const bytes = Buffer.from('zero')
    const before = { bytes, version: versionOf(bytes), stats: statSync(ground.put('a', 'zero')) }
    const { journal } = ground.runner
    const change = { path: ground.path('a'), before, after: Buffer.from('one'), madeFolder: null }
    await journal.record({ callId: 'c1', turnId: 't1', tool: 'Write', ...change })
    expect(await journal.list()).to.deep.equal([])
    ground.put('a', 'one')
    expect((await journal.list()).map(({ isMade }) => isMade)).to.deep.equal([true])
  })
})
