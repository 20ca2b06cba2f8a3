import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { skipWhen } from '../support/skip.ts'

const PROGRAM = path.join(import.meta.dirname, '../../dist/letta.js')
/** Hides /proc, which only Linux has. */
const HIDDEN = ['--user', '--map-root-user', '--mount', '--', 'sh', '-c']
const HIDE = 'mount -t tmpfs none /proc && exec "$@"'

/** What reads the process table of Linux has another way on macOS; here the table is hidden. */
describe('On a system without /proc, such as macOS, letta', function () {
  this.timeout(60_000)
  let home: string

  before(function () {
    const { status } = spawnSync('unshare', [...HIDDEN, HIDE, 'sh', 'true'])
    skipWhen(this, status !== 0, 'no mount namespaces here')
    home = mkdtempSync(path.join(tmpdir(), 'letta-without-proc-'))
  })
  after(() => {
    if (home !== undefined) rmSync(home, { recursive: true, force: true })
  })

  const letta = (...argv: readonly string[]) =>
    spawnSync('unshare', [...HIDDEN, HIDE, 'sh', process.execPath, PROGRAM, ...argv], {
      cwd: home,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: home },
    })

  it('answers with memory, tools and files', () => {
    const { stdout, stderr } = letta('--demo', '-p', 'hi', '--output-format', 'json')
    expect(JSON.parse(stdout), stderr).to.include({ is_error: false })
  })

  it('ends a command after its time with the processes of its group', () => {
    const call = { command: 'sleep 61 & sleep 62', timeout: 300 }
    const { stdout } = letta('tools', 'call', 'Bash', JSON.stringify(call))
    expect(JSON.parse(stdout)).to.include({ status: 'error' })
    const { stdout: alive } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    expect(alive.split('\n').filter((line) => /^sleep 6[12]$/.test(line))).to.deep.equal([])
  })
})
