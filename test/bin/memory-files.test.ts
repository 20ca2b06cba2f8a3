import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import {
  importConflict,
  imported,
  importNewer,
  line,
  notCommitted,
  notInPrompt,
} from '../../bin/messages.ts'
import { editedFile } from '../../lib/memory/messages.ts'
import { openShell, type Shell } from '../support/command-line.ts'

describe('Memory as files of Letta Code', () => {
  let shell: Shell
  before(async () => {
    shell = await openShell([{ text: 'Good day.' }])
    await shell.letta(['-p', 'Hello there'])
  })
  after(() => shell.close())

  const file = (name: string): string => path.join(shell.project, name)
  const read = (name: string): string => readFileSync(file(name), 'utf8')
  const edit = (name: string, from: string, to: string): void =>
    writeFileSync(file(name), read(name).replace(from, to))
  const remember = (input: string) => shell.letta(['memory', 'edit', 'human'], { input })
  const value = async (label: string): Promise<string> =>
    JSON.parse((await shell.letta(['memory', 'show', label, '--json'])).stdout).value
  const run = (...argv: readonly string[]) => shell.letta(['memory', ...argv])

  it('are exported with --layout, and merged with the memory on import', async () => {
    await remember('Name: Ada\nLikes tea.\nSleeps late.')
    expect((await run('export', 'fs', '--layout', 'memfs')).code).to.equal(0)
    edit('fs/system/human.md', 'late', 'early')
    await remember('Name: Bea\nLikes tea.\nSleeps late.')
    mkdirSync(file('fs/system/dev'))
    mkdirSync(file('fs/reference'))
    writeFileSync(file('fs/system/dev/git.md'), '---\ndescription: Git\n---\nRebase.\n')
    writeFileSync(file('fs/reference/old.md'), '---\ndescription: Old\n---\nOld.\n')
    const { code, stderr } = await run('import', 'fs', '--yes')
    expect([code, stderr]).to.deep.equal([0, line(notInPrompt(1)) + line(imported(2, 5))])
    expect([await value('human'), await value('dev/git')]).to.deep.equal([
      'Name: Bea\nLikes tea.\nSleeps early.',
      'Rebase.',
    ])
    // A second export would lose nothing either: the file is not newer than the block.
    expect((await run('export', 'fs')).code).to.equal(0)
    expect(read('fs/system/human.md')).to.include('Name: Bea\nLikes tea.\nSleeps early.')
  })

  it('are left as they are where both sides have changed the same line', async () => {
    await remember('Name: Ada')
    await run('export', 'conflict', '--layout', 'memfs')
    edit('conflict/system/human.md', 'Ada', 'Cleo')
    await remember('Name: Bea')
    const { code, stderr } = await run('import', 'conflict', '--yes')
    expect([code, stderr]).to.deep.equal([
      1,
      line(importConflict('human', file('conflict/system/human.md'))),
    ])
    expect(await value('human')).to.equal('Name: Bea')
    const exported = await run('export', 'conflict')
    expect([exported.code, exported.stderr.split('\n')[0]]).to.deep.equal([
      1,
      line(editedFile(file('conflict/system/human.md'))).trimEnd(),
    ])
    expect(read('conflict/system/human.md')).to.include('Cleo')
  })

  it('do not replace what only the agent has changed', async () => {
    await remember('Name: Ada')
    await run('export', 'older')
    await remember('Name: Bea')
    const { code, stderr } = await run('import', 'older', '--yes', '--json')
    expect(code).to.equal(0)
    expect(stderr).to.not.include(importNewer('human'))
    expect((await run('import', 'older', '--yes')).stderr).to.include(importNewer('human'))
    expect(await value('human')).to.equal('Name: Bea')
  })

  it('stay flat when they are synchronized in a flat directory', async () => {
    await remember('Name: Ada')
    await run('export', 'flat')
    edit('flat/human.md', 'Ada', 'Bea')
    await shell.letta(['memory', 'edit', 'project'], { input: 'Uses pnpm.' })
    const { code, stdout } = await run('sync', 'flat', '--yes')
    expect([code, await value('human')]).to.deep.equal([0, 'Name: Bea'])
    expect(stdout).to.include('wrote project.md')
    expect(read('flat/project.md')).to.include('Uses pnpm.')
  })

  it('are reported when git cannot commit them, and git asks nothing', async () => {
    await remember('Name: Ada')
    writeFileSync(file('.git/index.lock'), '')
    const { code, stderr } = await run('sync', 'locked', '--yes')
    expect(code).to.equal(1)
    const [prefix = ''] = notCommitted('|').split('|')
    expect(stderr)
      .to.include(prefix)
      .and.match(/index\.lock/)
    execFileSync('rm', [file('.git/index.lock')])
    expect(read('locked/system/human.md')).to.include('Name: Ada')
  })
})
