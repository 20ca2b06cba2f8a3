import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { lettaDirectoryInProc, lettaHomeNotAbsolute } from '../../lib/fs/messages.ts'
import { misplacedSetting } from '../../lib/settings/messages.ts'
import { openShell, type Shell } from '../support/command-line.ts'

describe('With LETTA_HOME letta', () => {
  let shell: Shell
  let lettaHome: string
  beforeEach(async () => {
    shell = await openShell([
      { calls: [{ name: 'Write', args: { file_path: 'a.txt', content: 'a\n' } }] },
      { text: 'Written.' },
    ])
    lettaHome = path.join(shell.home, 'elsewhere/letta')
  })
  afterEach(() => shell.close())

  const run = (...argv: string[]) =>
    shell.letta(argv, { environment: { LETTA_HOME: lettaHome }, input: '' })

  it('stores everything of the user there, and nothing in ~/.letta', async () => {
    const runs = [
      ['-p', 'Write a.txt', '--yolo'],
      ['changes'],
      ['memory', 'list'],
      ['memory', 'export', 'memory'],
      ['memory', 'sync', 'memory'],
      ['memory', 'log', 'human'],
      ['agents', 'list'],
      ['conversations', 'list'],
      ['permissions', 'list'],
      ['trust'],
      ['backup', 'list'],
      ['doctor', '--json'],
    ]
    for (const argv of runs) {
      const { code, stderr } = await run(...argv)
      expect(code, `${argv.join(' ')}: ${stderr}`).to.be.oneOf([0, 1])
    }
    await shell.opens([], { environment: { LETTA_HOME: lettaHome } })
    expect(shell.read('a.txt')).to.equal('a\n')
    expect((await run('changes')).stdout).to.include('a.txt')
    expect((await run('--info')).stdout).to.include(path.join(lettaHome, 'settings.json'))
    expect((await run('doctor')).stdout).to.include(lettaHome)
    expect(existsSync(path.join(shell.home, '.letta'))).to.equal(false)
    expect(readdirSync(shell.home)).to.deep.equal(['elsewhere'])
    expect(readdirSync(lettaHome)).to.include.members(['letta.db', 'settings.json', 'journal'])
    expect(statSync(lettaHome).mode & 0o777).to.equal(0o700)
  })

  it('names files of the user where they are', async () => {
    shell.write('.letta/settings.json', '{ "model": "openai/other" }')
    const message = misplacedSetting('model', '~/elsewhere/letta/settings.json')
    expect((await run('permissions', 'list')).stderr).to.include(message)
  })

  it('refuses a value that is no absolute path, before anything is written', async () => {
    const { code, stderr } = await shell.letta(['-p', 'hello'], {
      environment: { LETTA_HOME: 'state' },
    })
    expect(code).to.equal(1)
    expect(stderr).to.include(lettaHomeNotAbsolute('state'))
    expect(readdirSync(shell.home)).to.deep.equal([])
    expect(readdirSync(shell.project)).to.deep.equal(['.git'])
  })

  it('refuses a directory in /proc at once, whatever is run', async function () {
    if (process.platform !== 'linux') this.skip()
    for (const argv of [[], ['-p', 'hello'], ['doctor'], ['serve'], ['--info']]) {
      const environment = { LETTA_HOME: '/proc/none' }
      const { code, stderr } = await shell.letta(argv, { environment, input: '' })
      expect(code, argv.join(' ')).to.equal(1)
      expect(stderr).to.include(lettaDirectoryInProc('/proc/none'))
    }
  })
})
