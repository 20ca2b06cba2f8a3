import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { cannotOpenDatabase, sqliteErrors } from '../../lib/server/messages/storage.ts'
import { skipWhen } from '../support/skip.ts'

const tsx = createRequire(import.meta.url).resolve('tsx')
const program = join(import.meta.dirname, '../../bin/letta.ts')

/** The program in a world that fails it: each time one clear line, and an exit code that says so. */
const ioError = sqliteErrors['SQLITE_IOERR']

describe('letta in trouble', () => {
  let root: string
  let home: string

  /** `before`: shell words that make the trouble. */
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

  it('says that its output is lost on a full disk', function () {
    skipWhen(this, !existsSync('/dev/full'), 'this system has no /dev/full')
    expect(letta('--version > /dev/full')).to.deep.equal({
      status: 1,
      stdout: '',
      stderr: 'letta: Standard output cannot be written: ENOSPC: no space left on device, write\n',
    })
  })

  it('says nothing when nobody reads on, and has not failed', () => {
    for (const argv of ['--help', 'permissions list', 'tools list --json']) {
      const { status, stderr } = letta(`${argv} | true; exit "\${PIPESTATUS[0]}"`)
      expect([status, stderr], argv).to.deep.equal([0, ''])
    }
  })

  it('names the database that it cannot write', () => {
    const { status, stderr } = letta('-p hi', 'ulimit -f 8')
    expect([status, stderr]).to.deep.equal([
      1,
      `${ioError?.text}: ${home}/.letta/letta.db\n  ${ioError?.hint}\n`,
    ])
  })

  it('names what stands where its folder should be', () => {
    writeFileSync(join(home, '.letta'), '')
    const { status, stderr } = letta('-p hi')
    expect(status).to.equal(1)
    expect(stderr).to.include(cannotOpenDatabase(`${home}/.letta/letta.db`, '').text)
    expect(stderr).to.not.match(/^ +at /m)
  })

  it('says that the home folder is none', () => {
    home = join(root, 'nowhere')
    const { status, stderr } = letta('-p hi')
    expect(status).to.equal(1)
    expect(stderr).to.include(`The home folder ${home} does not exist.`)
  })
})
