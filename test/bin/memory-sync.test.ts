import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync, rmdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import {
  committed,
  importRejected,
  line,
  NOTHING_TO_SYNC,
  notCommitted,
  SYNC_COMMIT,
  syncConflict,
} from '../../bin/messages.ts'
import { commitDuringOperation, LABEL_NOT_ONE_LINE } from '../../lib/memory/messages.ts'
import { openShell, type Shell } from '../support/command-line.ts'

describe('letta memory sync', () => {
  let shell: Shell
  beforeEach(async () => {
    shell = await openShell([{ text: 'Good day.' }])
    await shell.letta(['-p', 'Hello there'])
    await shell.letta(['memory', 'edit', 'human'], { input: 'Name: Ada\nLikes tea.\nSleeps late.' })
  })
  afterEach(() => shell.close())

  const file = (name: string): string => path.join(shell.project, 'mem', 'system', name)
  const read = (name: string): string => readFileSync(file(name), 'utf8')
  const sync = () => shell.letta(['memory', 'sync', 'mem', '--yes'])
  const value = async (): Promise<string> =>
    (await shell.letta(['memory', 'show', 'human'])).stdout.trim()

  it('writes the blocks, and takes changes from either side', async () => {
    expect((await sync()).code).to.equal(0)
    expect(read('human.md')).to.match(/^---\ndescription: .*\nlimit: 100000\n---\nName: Ada\n/s)
    writeFileSync(file('human.md'), read('human.md').replace('late', 'early'))
    await shell.letta(['memory', 'edit', 'human'], { input: 'Name: Bea\nLikes tea.\nSleeps late.' })
    expect((await sync()).code).to.equal(0)
    expect(await value()).to.equal('Name: Bea\nLikes tea.\nSleeps early.')
    expect(read('human.md')).to.include('Name: Bea')
    expect((await sync()).stderr).to.include(NOTHING_TO_SYNC)
    // The files were written before there was a repository.
    execFileSync('git', ['init', '--quiet'], { cwd: path.join(shell.project, 'mem') })
    expect((await sync()).stderr).to.include(committed(''))
    expect((await sync()).stderr).to.include(NOTHING_TO_SYNC)
  })

  it('writes a file again that git has restored in a rebase, and does not change the block', async () => {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', [...args], { cwd: shell.project, encoding: 'utf8' })
    git('init', '--quiet')
    expect((await sync()).code).to.equal(0)
    // What git leaves until a rebase is ended.
    mkdirSync(path.join(shell.project, '.git', 'rebase-merge'))
    await shell.letta(['memory', 'edit', 'human'], { input: 'Name: Bea' })
    for (const { code, stderr } of [await sync(), await sync()]) {
      expect([code, stderr]).to.deep.equal([1, line(notCommitted(commitDuringOperation('rebase')))])
    }
    rmdirSync(path.join(shell.project, '.git', 'rebase-merge'))
    git('checkout', '--quiet', '.')
    expect(read('human.md')).to.include('Name: Ada')
    expect((await sync()).code).to.equal(0)
    expect(read('human.md')).to.include('Name: Bea')
    expect(await value()).to.equal('Name: Bea')
  })

  it('changes neither side where both have changed the same line', async () => {
    await sync()
    writeFileSync(file('human.md'), read('human.md').replace('Ada', 'Cleo'))
    await shell.letta(['memory', 'edit', 'human'], { input: 'Name: Bea\nLikes tea.\nSleeps late.' })
    const { code, stderr } = await sync()
    expect(code).to.equal(1)
    expect(stderr).to.include(syncConflict('human', 'lines'))
    expect(await value()).to.include('Name: Bea')
    expect(read('human.md')).to.include('Name: Cleo')
  })

  it('refuses a new file whose label has a line feed, and changes nothing', async () => {
    await sync()
    writeFileSync(file('human.md'), read('human.md').replace('Ada', 'Cleo'))
    writeFileSync(file('new%0Aline.md'), 'x')
    const { code, stderr } = await sync()
    const reason = `${realpathSync(file('new%0Aline.md'))}: ${LABEL_NOT_ONE_LINE}`
    expect([code, stderr]).to.deep.equal([1, line(importRejected([reason]))])
    expect(await value()).to.include('Name: Ada')
  })

  it('creates blocks from files of directories, and commits to git', async () => {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', [...args], { cwd: shell.project, encoding: 'utf8' })
    git('init', '--quiet')
    mkdirSync(path.join(shell.project, 'mem', 'system', 'project'), { recursive: true })
    writeFileSync(file('project/style.md'), '---\ndescription: Style\n---\nUse tabs.\n')
    writeFileSync(path.join(shell.project, 'other.txt'), 'x')
    git('add', 'other.txt')
    expect((await sync()).code).to.equal(0)
    const { stdout } = await shell.letta(['memory', 'show', 'project/style', '--json'])
    expect(JSON.parse(stdout)).to.include({ value: 'Use tabs.', description: 'Style' })
    const [subject, ...names] = git('log', '--format=%s', '--name-only').trim().split('\n')
    expect(subject).to.equal(SYNC_COMMIT('persona, human, project, skills, project/style'))
    expect(names).to.include('mem/system/project/style.md')
    expect(names).to.not.include('other.txt')
  })
})
