import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import {
  changedTotal,
  leftOutOfPatch,
  line,
  NO_FILE_CHANGES,
  sessionNotFound,
} from '../../bin/messages.ts'
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
    const result = { code: 0, stdout: '', stderr: line(NO_FILE_CHANGES) }
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
    expect(json.turns).to.have.lengthOf(1)
    expect(json.turns[0].changes.map(({ label }: never) => label)).to.deep.equal([
      'b c.txt',
      'b c.txt',
      'data.bin',
    ])
  })

  it('are a patch for git, without binary files', async () => {
    const { stdout, stderr } = await changes('--patch', '--session', 'last')
    expect(stderr).to.equal(line(leftOutOfPatch('data.bin', 'binary')))
    git(['apply', '--cached'], stdout)
    expect(git(['show', ':b c.txt'])).to.equal('one\ntwo\nthree')
    expect(git(['ls-files'])).to.equal('b c.txt\n')
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
})
