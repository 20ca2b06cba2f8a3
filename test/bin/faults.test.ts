import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  HOME_MISSING_HINT,
  homeIsNoDirectory,
  homeMissing,
  line,
  stdoutFailed,
} from '../../bin/messages.ts'
import { cannotCreateDirectory, sqliteErrors } from '../../lib/server/messages/storage.ts'
import { IS_NO_DIRECTORY } from '../../lib/settings/messages.ts'
import { skipWhen } from '../support/skip.ts'

const tsx = createRequire(import.meta.url).resolve('tsx')
const program = join(import.meta.dirname, '../../bin/letta.ts')

const ioError = sqliteErrors['SQLITE_IOERR']

/** Failures of the system: each is one clear line, and an exit code. */
describe('On a failure of the system, letta', () => {
  let root: string
  let home: string

  /** `before`: shell commands that cause the failure. */
  const letta = (argv: string, before = ':') => {
    const line = `cd "${root}" && ${before} && "${process.execPath}" --import "${tsx}" "${program}" ${argv}`
    const env = { PATH: process.env['PATH'], HOME: home, OPENAI_API_KEY: 'x' }
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { env, encoding: 'utf8' })
    return { status, stdout, stderr }
  }

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-faults-')))
    home = join(root, 'home')
    mkdirSync(home)
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('reports that standard output cannot be written on a full disk', function () {
    skipWhen(this, !existsSync('/dev/full'), 'this system has no /dev/full')
    expect(letta('--version > /dev/full')).to.deep.equal({
      status: 1,
      stdout: '',
      stderr: line(stdoutFailed('ENOSPC: no space left on device, write')),
    })
  })

  it('succeeds silently when its output is closed early', () => {
    for (const argv of ['--help', 'permissions list --allowedTools Read', 'tools list --json']) {
      const { status, stderr } = letta(`${argv} | true; exit "\${PIPESTATUS[0]}"`)
      expect([status, stderr], argv).to.deep.equal([0, ''])
    }
  })

  it('names the database that cannot be written', () => {
    const { status, stderr } = letta('-p hi', 'ulimit -f 8')
    expect([status, stderr]).to.deep.equal([
      1,
      `letta: ${ioError?.message}: ${home}/.letta/letta.db\n  ${ioError?.hint}\n`,
    ])
  })

  it('names the file that exists where its directory should be', () => {
    writeFileSync(join(home, '.letta'), '')
    const { status, stderr } = letta('-p hi')
    expect(status).to.equal(1)
    expect(stderr).to.include(`${home}/.letta: ${IS_NO_DIRECTORY}`)
    expect(stderr).to.not.match(/^ +at /m)
  })

  it('names the directory that it cannot create, and the variable for another one', function () {
    skipWhen(this, !existsSync('/sys/kernel'), 'this system has no /sys')
    const { status, stderr } = letta('-p hi', 'export LETTA_HOME=/sys/letta')
    const reason = /EACCES|EPERM|EROFS/.exec(stderr)?.[0] ?? ''
    const { message, hint } = cannotCreateDirectory('/sys/letta', reason)
    expect(status).to.equal(1)
    expect(stderr).to.match(new RegExp(`^letta: ${message}.*\n  ${hint}\n$`))
  })

  it('names the home directory that does not exist, or is a file', () => {
    home = join(root, 'nowhere')
    const { status, stderr } = letta('-p hi')
    expect(status).to.equal(1)
    expect(stderr).to.equal(line(`${homeMissing(home)}\n  ${HOME_MISSING_HINT}`))
    home = join(root, 'file')
    writeFileSync(home, '')
    // The shell reports the file, too.
    expect(letta('-p hi').stderr).to.include(line(homeIsNoDirectory(home)))
  })
})
