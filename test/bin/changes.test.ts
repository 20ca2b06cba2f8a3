import { execFileSync } from 'node:child_process'
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import {
  BY_OTHERS,
  changedFileLine,
  changedTotal,
  changesOfDirectoryAbove,
  invalidChangesSince,
  leftOutOfPatch,
  messageNotFound,
  NO_CHANGES_HERE,
  noChangesSince,
  sessionNotFound,
} from '../../bin/messages/changes.ts'
import { line } from '../../bin/messages.ts'
import { MISSING_FILE } from '../../lib/tools/files/files.ts'
import { openJournal } from '../../lib/tools/journal/journal.ts'
import { type CommandResult, openShell, type Shell } from '../support/command-line.ts'

describe('The changes on the command line', () => {
  let shell: Shell
  const write = (file: string, content: string) => ({
    name: 'Write',
    args: { file_path: file, content },
  })
  before(async () => {
    shell = await openShell([
      { calls: [write('a.txt', 'old\n')] },
      { text: 'Wrote it.' },
      { calls: [write('b c.txt', 'one\ntwo')] },
      { calls: [write('b c.txt', 'one\ntwo\nthree'), write('data.bin', 'a\0b')] },
      { text: 'Done.' },
    ])
  })
  after(() => shell.close())
  const git = (args: readonly string[], input?: string): string =>
    execFileSync('git', args, { cwd: shell.project, encoding: 'utf8', input })
  const changes = (...argv: readonly string[]): Promise<CommandResult> =>
    shell.letta(['changes', ...argv])

  it('are none before the first change', async () => {
    const result = { code: 0, stdout: '', stderr: line(NO_CHANGES_HERE) }
    expect(await changes()).to.deep.equal(result)
  })

  it('are those of the last session, by file and by turn', async () => {
    await shell.letta(['-p', '--yolo', 'Write a file'])
    await shell.letta(['-p', '--yolo', 'Write others'])
    const { stdout } = await changes()
    expect(stdout.split('\n').slice(0, 3)).to.deep.equal([
      'A  b c.txt   +3 −0',
      'A  data.bin  binary',
      changedTotal(2, 3, 0),
    ])
    const json = JSON.parse((await changes('--json')).stdout)
    expect(json.files.map(({ label, added }: never) => [label, added])).to.deep.equal([
      ['b c.txt', 3],
      ['data.bin', 0],
    ])
    expect([json.turns.length, json.outside]).to.deep.equal([1, []])
    expect(json.turns[0].changes.map(({ label }: never) => label)).to.deep.equal([
      'b c.txt',
      'b c.txt',
      'data.bin',
    ])
  })

  it('in a subdirectory name the directory above in which letta was used', async () => {
    const directory = path.join(shell.project, "it's", 'deep')
    mkdirSync(directory, { recursive: true })
    const hint = line(changesOfDirectoryAbove(shell.project))
    const result = await changes('-C', directory)
    expect(result).to.deep.equal({ code: 0, stdout: '', stderr: hint })
    expect((await changes('--patch', '-C', directory)).stderr).to.equal(hint)
    const json = await changes('--json', '-C', directory)
    expect([JSON.parse(json.stdout).files, json.stderr]).to.deep.equal([[], hint])
  })

  it('list apart what a person has changed in a file of the agent, which is not in the patch', async () => {
    writeFileSync(path.join(shell.project, 'b c.txt'), 'one\nmine\ntwo\nthree')
    const lines = (await changes()).stdout.split('\n')
    const outside = { sign: 'M', label: 'b c.txt ', count: '+1 −0', by: BY_OTHERS }
    expect(lines.slice(0, 4)).to.deep.equal([
      'A  b c.txt   +3 −0',
      'A  data.bin  binary',
      changedFileLine(outside),
      changedTotal(2, 3, 0),
    ])
    const json = JSON.parse((await changes('--json')).stdout)
    expect(json.outside).to.have.lengthOf(1)
    expect(json.outside[0]).to.deep.include({ label: 'b c.txt', added: 1, removed: 0 })
    expect((await changes('--patch')).stdout).to.not.include('mine')
  })

  it('are a patch for git, with binary files', async () => {
    const { stdout, stderr } = await changes('--patch', '--session', 'last')
    expect(stderr).to.equal('')
    git(['apply', '--cached'], stdout)
    expect(git(['show', ':b c.txt'])).to.equal('one\ntwo\nthree')
    expect(git(['ls-files'])).to.equal('b c.txt\ndata.bin\n')
    git(['diff', '--exit-code', '--', 'data.bin'])
  })

  it('of an earlier session are found by its id', async () => {
    const { stderr } = await changes('nope')
    expect(stderr).to.include(sessionNotFound('nope'))
    const ids = [...stderr.matchAll(/^ {2,}([0-9a-f]{8}) {2}/gm)].map(([, id]) => id ?? '')
    expect(ids).to.have.lengthOf(2)
    for (const argv of [[`--session=${ids[1]}`], ['--session', ids[1] ?? ''], [ids[1] ?? '']]) {
      expect((await changes(...argv)).stdout.split('\n')[0]).to.equal('A  a.txt  +1 −0')
    }
  })

  it('since a message are those after it, also as a patch, and an unknown number is an error', async () => {
    let at = Date.now() + 60_000
    const sessionId = 'since-session'
    const lettaDirectory = path.join(shell.home, '.letta')
    const directory = realpathSync(shell.project)
    const journal = openJournal({ directory, lettaDirectory, sessionId, now: () => at })
    for (const name of ['first', 'second']) {
      at += 1_000
      const message = { id: name, turnId: name, agentId: 'a', conversationId: null, at, text: name }
      await journal.addCheckpoint({ ...message, type: 'message', memory: [] })
      const after = await journal.save(Buffer.from(`${name}\n`))
      const file = path.join(directory, `${name}.txt`)
      const change = { callId: name, turnId: name, tool: 'Write', path: file, mode: null }
      await journal.observe({ ...change, source: 'tool', before: MISSING_FILE, after })
    }
    const labels = async (...argv: readonly string[]): Promise<unknown> =>
      JSON.parse((await changes('--json', ...argv)).stdout).files.map(({ label }: never) => label)
    expect(await labels()).to.deep.equal(['first.txt', 'second.txt'])
    expect(await labels('--since', '2')).to.deep.equal(['second.txt'])
    const patch = (await changes('--patch', '--since', '2')).stdout
    expect(patch).to.include('+second').and.not.include('+first')
    expect((await changes('--since', '3')).stderr).to.include(messageNotFound('3', 2))
    const time = new Date(at).toISOString()
    expect(await labels('--since', time)).to.deep.equal(['second.txt'])
  })

  it('since a time are those of all sessions, and what is not a time is an error', async () => {
    const { stdout } = await changes('--json', '--since', 'yesterday')
    const { session, files } = JSON.parse(stdout)
    const labels = files.map(({ label }: never) => label)
    expect(session).to.equal(null)
    expect(labels).to.include.members(['a.txt', 'b c.txt', 'first.txt', 'second.txt'])
    const next = '2100-01-01'
    expect((await changes('--since', next)).stderr).to.equal(line(noChangesSince(next)))
    const { code, stderr } = await changes('--since', 'soon')
    expect([code, stderr.includes(invalidChangesSince('soon'))]).to.deep.equal([2, true])
  })
})

describe('The patch on the command line', () => {
  let shell: Shell
  const start = async (command: string): Promise<void> => {
    const call = { name: 'Bash', args: { command } }
    shell = await openShell([{ calls: [call] }, { text: 'Done.' }])
  }
  afterEach(() => shell.close())
  const put = (name: string): void => {
    mkdirSync(path.dirname(path.join(shell.project, name)), { recursive: true })
    writeFileSync(path.join(shell.project, name), `${name}\n`.repeat(3))
  }
  const git = (directory: string, args: readonly string[], input?: string): string =>
    execFileSync('git', args, { cwd: directory, encoding: 'utf8', input })

  it('stages moved files, permission bits, and both in directories', async () => {
    await start(
      [
        "mv 'old name.txt' dir/new.txt",
        'chmod +x run.sh',
        'echo more >> dir/deep/file.txt',
        'mv both.sh dir/both; echo more >> dir/both; chmod +x dir/both',
      ].join('; '),
    )
    const { project } = shell
    git(project, ['init', '-q'])
    for (const name of ['old name.txt', 'run.sh', 'both.sh', 'dir/deep/file.txt']) put(name)
    git(project, ['add', '.'])
    git(project, ['-c', 'user.name=n', '-c', 'user.email=e', 'commit', '-q', '-m', 'All'])
    await shell.letta(['-p', '--yolo', 'Move them'])
    const { stdout, stderr } = await shell.letta(['changes', '--patch'])
    expect(stderr).to.equal('')
    git(project, ['apply', '--cached'], stdout)
    expect(git(project, ['diff', '--cached', '-M', '--name-status']).split('\n')).to.deep.equal([
      'R082\tboth.sh\tdir/both',
      'M\tdir/deep/file.txt',
      'R100\told name.txt\tdir/new.txt',
      'M\trun.sh',
      '',
    ])
    expect(git(project, ['diff', '--cached', '-M', '--summary'])).to.match(/mode change .* run\.sh/)
    // The index is what the files are.
    git(project, ['diff', '--exit-code'])
  })

  it('in a submodule stages its own files, which that of the outer repository names', async () => {
    await start("echo more >> inner/a.txt; mv inner/b.txt 'inner/b c.txt'; echo more >> top.txt")
    const inner = path.join(shell.project, 'inner')
    for (const name of ['inner/a.txt', 'inner/b.txt', 'top.txt']) put(name)
    for (const directory of [shell.project, inner]) git(directory, ['init', '-q'])
    git(inner, ['add', '.'])
    git(shell.project, ['add', 'top.txt'])
    await shell.letta(['-p', '--yolo', 'Change both'])
    const outer = await shell.letta(['changes', '--patch'])
    expect(outer.stderr).to.include(line(leftOutOfPatch('inner/a.txt', 'nested')))
    expect(outer.stdout).to.include('top.txt').and.not.include('a.txt')
    const { stdout, stderr } = await shell.letta(['changes', '--patch', '-C', inner])
    expect(stderr).to.equal('')
    git(inner, ['apply', '--cached'], stdout)
    expect(git(inner, ['ls-files'])).to.equal('a.txt\nb c.txt\n')
    // The index is what the files are.
    git(inner, ['diff', '--exit-code'])
  })
})
