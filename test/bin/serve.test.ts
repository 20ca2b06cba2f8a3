import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { line } from '../../bin/messages.ts'
import { EXIT_CODES } from '../../lib/cli/exit-codes.ts'
import { notInRange } from '../../lib/cli/messages.ts'

const tsx = createRequire(import.meta.url).resolve('tsx')
const program = join(import.meta.dirname, '../../bin/letta.ts')
const start = ['--import', tsx, program, 'serve']

describe('letta serve', function () {
  this.timeout(30_000)
  let root: string
  let home: string
  let serving: ChildProcess | null = null

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-serve-')))
    home = join(root, 'home')
    mkdirSync(home)
  })
  afterEach(() => {
    serving?.kill('SIGKILL')
    serving = null
    rmSync(root, { recursive: true, force: true })
  })

  const options = (more: Record<string, string> = {}) => ({
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: home, ...more },
  })

  /** Starts the server; returns the URL that it prints. */
  async function serve(
    argv: readonly string[],
    more: Record<string, string> = {},
  ): Promise<string> {
    serving = spawn(process.execPath, [...start, '--port', '0', ...argv], options(more))
    const { stdout } = serving
    if (stdout === null) return ''
    for await (const line of createInterface({ input: stdout })) return line
    return ''
  }

  async function stop(signal: NodeJS.Signals): Promise<number | null> {
    return new Promise((resolve) => {
      serving?.once('exit', (code) => resolve(code))
      serving?.kill(signal)
    })
  }

  it('serves the database of the workbench to clients with the token, and empties the write-ahead log at the end', async () => {
    const url = await serve([])
    const tokenFile = join(home, '.letta', 'server-token')
    const token = readFileSync(tokenFile, 'utf8').trim()
    expect(statSync(tokenFile).mode & 0o777).to.equal(0o600)
    const client = new Letta({ baseURL: url, apiKey: token, logLevel: 'off' })
    await client.blocks.create({ label: 'human', value: 'Ada' })
    expect(await stop('SIGTERM')).to.equal(143)
    expect(statSync(join(home, '.letta', 'letta.db-wal')).size).to.equal(0)
  })

  it('prints only the token with --print-token, that of the environment if it is set', () => {
    const print = (more: Record<string, string> = {}): string =>
      spawnSync(process.execPath, [...start, '--print-token'], {
        ...options(more),
        encoding: 'utf8',
      }).stdout
    expect(print()).to.match(/^[\w-]{43}\n$/)
    expect(print()).to.equal(print())
    expect(print({ LETTA_SERVER_PASSWORD: 'my own' })).to.equal('my own\n')
  })

  it('stops on SIGINT, also while a client reads a stream', async () => {
    const url = await serve(['--demo'], { LETTA_SERVER_PASSWORD: 'secret' })
    const client = new Letta({ baseURL: url, apiKey: 'secret', logLevel: 'off', maxRetries: 0 })
    const agent = await client.agents.create({ model: 'demo/tour', include_base_tools: false })
    const stream = await client.agents.messages.stream(agent.id, {
      messages: [{ role: 'user', content: 'Hi' }],
      stream_tokens: true,
      include_pings: true,
    })
    const ended = (async () => {
      let count = 0
      for await (const _ of stream) if (++count === 1) serving?.kill('SIGINT')
      return count > 0
    })().catch(() => true)
    const code = await new Promise((resolve) => serving?.once('exit', resolve))
    expect([code, await ended]).to.deep.equal([130, true])
  })

  it('reports an invalid port in one line', () => {
    const { status, stderr } = spawnSync(process.execPath, [...start, '--port', '99999'], {
      ...options(),
      encoding: 'utf8',
    })
    expect([status, stderr]).to.deep.equal([
      EXIT_CODES.usageError,
      line(notInRange('port', 65_535, '99999')),
    ])
  })
})
