import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { hasProcessEnded } from '../../lib/fs/process-identity.ts'
import { loadCases } from '../support/cases.ts'
import { withProgram } from '../support/with-program.ts'

const LETTA = [
  '--import',
  path.join(import.meta.dirname, '../../node_modules/tsx/dist/esm/index.mjs'),
  path.join(import.meta.dirname, '../../bin/letta.ts'),
]

/** What only a separate process shows: signals, file modes, hostile directories. */
describe('The process of letta -p', () => {
  const desk = withProgram()

  const environment = (): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    HOME: desk.home,
    OPENAI_API_KEY: 'x',
    OPENAI_BASE_URL: desk.model.url,
  })
  /** Runs a script whose `"$@"` is letta. Asynchronous, because the model answers in this process. */
  const shell = async (script: string) => {
    const child = spawn('bash', ['-c', script, 'letta', process.execPath, ...LETTA], {
      cwd: desk.project,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const printed = { stdout: '', stderr: '' }
    child.stdout.on('data', (text) => (printed.stdout += text))
    child.stderr.on('data', (text) => (printed.stderr += text))
    const [status] = await once(child, 'close')
    return { status, ...printed }
  }
  /** Starts letta, and sends the signal once the text is on standard output. */
  const interrupt = async (argv: readonly string[], text: string, signal: NodeJS.Signals) => {
    const child = spawn(process.execPath, [...LETTA, ...argv], {
      cwd: desk.project,
      env: environment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let out = ''
    let isSent = false
    child.stdout.on('data', (chunk) => {
      out += chunk
      if (!isSent && out.includes(text)) isSent = child.kill(signal)
    })
    const [code] = await once(child, 'close')
    return { code, last: JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') }
  }
  const streamed = ['--output-format', 'stream-json'] as const

  it('cancels on SIGINT while the response streams: it prints a result, stops the model and exits with 130', async () => {
    await desk.setUp([{ text: 'Half an answer', hang: true }])
    const { code, last } = await interrupt(['-p', 'hi', ...streamed], 'answer', 'SIGINT')
    expect([code, last.type, last.subtype, last.result]).to.deep.equal([
      130,
      'result',
      'cancelled',
      'Half an answer',
    ])
    expect(await desk.model.requests[0]?.outcome).to.equal('aborted')
  })

  it('cancels on SIGTERM while a tool runs: it prints a result, ends the tool and exits with 143', async () => {
    const command = 'echo $$ > pid; exec sleep 60'
    await desk.setUp([{ calls: [{ name: 'Bash', args: { command } }] }])
    const argv = ['-p', 'hi', '--yolo', ...streamed]
    const { code, last } = await interrupt(argv, 'auto_approval', 'SIGTERM')
    expect([code, last.subtype]).to.deep.equal([143, 'cancelled'])
    const pid = existsSync(path.join(desk.project, 'pid')) ? Number(desk.read('pid')) : 0
    expect(pid === 0 || hasProcessEnded(pid, null)).to.equal(true)
  })

  it('ends without an error when its output is closed', async () => {
    await desk.setUp([{ text: 'one two three' }])
    const { stdout, stderr } = await shell(
      '("$@" -p hi --output-format stream-json | head -c 1) 2>errors; cat errors >&2',
    )
    expect(stdout).to.equal('{')
    expect(stderr).to.not.match(/EPIPE|Cancelled|bug/)
  })

  it('creates files that only the user can read, with any umask (perm/first-write)', async () => {
    await desk.setUp([{ text: 'Hi.' }])
    expect((await shell('umask 000; exec "$@" -p hi')).stdout).to.equal('Hi.\n')
    const directory = path.join(desk.home, '.letta')
    const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8)
    expect(mode(directory)).to.equal('700')
    const files = readdirSync(directory).map((name) => path.join(directory, name))
    const open = files.filter((file) => !['600', '700'].includes(mode(file)))
    expect(open).to.deep.equal([])
  })

  it('executes no file of a hostile directory (hostile-project/*)', async () => {
    await desk.setUp([{ text: 'Hi.' }])
    const { cases } = Object(loadCases('hostile-settings-cases.json'))
    const selected = /^hostile-project\/(npmrc|node-modules-shadow|bin-shadow|terminfo|inputrc)$/
    for (const { id, files } of cases) {
      if (!selected.test(id)) continue
      for (const [place, { text, mode }] of Object.entries<{ text: string; mode: string }>(files)) {
        const file = place.replace('@PROJECT@', desk.project)
        mkdirSync(path.dirname(file), { recursive: true })
        writeFileSync(file, text)
        chmodSync(file, Number.parseInt(mode, 8))
      }
    }
    expect((await shell('exec "$@" -p hi')).stdout).to.equal('Hi.\n')
    expect(existsSync(path.join(desk.project, 'PWNED'))).to.equal(false)
  })
})
