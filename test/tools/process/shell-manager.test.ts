import { spawn } from 'node:child_process'
import { existsSync, rmSync, statSync } from 'node:fs'
import { expect } from 'chai'
import { hasProcessEnded } from '../../../lib/fs/process-identity.ts'
import { backgroundExited, directoryGone } from '../../../lib/tools/messages/shell.ts'
import { childEnvironment } from '../../../lib/tools/process/environment.ts'
import { trackedPids } from '../../../lib/tools/process/process-tree.ts'
import {
  createShellManager,
  type ShellEvent,
  type ShellRun,
} from '../../../lib/tools/process/shell-manager.ts'
import { skipWhen } from '../../support/skip.ts'
import { createPlayground, type Playground } from '../playground.ts'

const SHELLS = new URL('../../../lib/tools/process/shell-manager.ts', import.meta.url).href
const NEVER = new AbortController().signal
const RUN: Omit<ShellRun, 'command'> = {
  callId: 'call',
  timeoutMs: 60_000,
  signal: NEVER,
  output: () => undefined,
}

describe('The shell manager', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
  })
  afterEach(() => ground.close())

  const run = (command: string, options: Partial<ShellRun> = {}) =>
    ground.runner.shells.run({
      command,
      callId: 'call',
      timeoutMs: 60_000,
      signal: NEVER,
      output: () => undefined,
      ...options,
    })
  const done = { type: 'exited', code: 0, signal: null }

  it('separates stdout and stderr, and counts the bytes of both', async () => {
    expect(await run('echo out; echo err >&2; exit 3')).to.deep.equal({
      end: { type: 'exited', code: 3, signal: null },
      stdout: 'out\n',
      stderr: 'err\n',
      bytes: 8,
      file: null,
      fileRemark: null,
      leftovers: 0,
    })
  })

  it('gives a command no input and no terminal', async () => {
    const result = await run('cat; read x; (: < /dev/tty) 2>/dev/null || echo no terminal')
    expect(result.stdout).to.equal('no terminal\n')
  })

  it('gives children the environment of the workspace and nothing else', async () => {
    const { stdout } = await run('env | cut -d= -f1 | sort | tr "\\n" " "')
    const own = 'HOME LETTA_SHELL PATH PWD SHLVL _'.split(' ')
    const wanted = [
      ...own,
      ...Object.keys(childEnvironment({}, { directory: '/', isTrusted: false })),
    ]
    // Node passes this variable to every child while coverage is measured.
    const names = stdout
      .trim()
      .split(' ')
      .filter((name) => name !== 'NODE_V8_COVERAGE')
    expect(new Set(names)).to.deep.equal(new Set(wanted))
  })

  it('reports that the project directory is missing', async () => {
    rmSync(ground.place.directory, { recursive: true })
    const answer = await ground.call('Bash', { command: 'ls' })
    expect(answer.status).to.equal('error')
    expect(answer.text).to.equal(directoryGone(ground.place.directory))
  })

  describe('ends every process that a command has started', () => {
    before(function () {
      skipWhen(this, process.platform !== 'linux', 'only the process group is ended there')
    })

    // Each process writes its id, and all ignore SIGTERM. One has left the group, one has lost its parents, one has
    // only the tracker pipe left, and one has become a daemon as far as a command line can make it one.
    const STUBBORN = `
      trap '' TERM
      note() { echo $BASHPID >> pids; }
      (note; while :; do sleep 100; done) &
      (note; exec setsid sleep 100) &
      ( (note; exec sleep 100) & )
      (note; exec nohup sleep 100 >/dev/null 2>&1) &
      (note; exec env -i setsid sleep 100) &
      (note; exec env -i setsid sleep 100 >/dev/null 2>&1 </dev/null) &
      note
      while [ $(wc -l < pids) -lt 7 ]; do sleep 0.01; done
      echo ready
    `

    it('when the timeout expires', async () => {
      const result = await run(`${STUBBORN} sleep 100`, { timeoutMs: 700 })
      expect([result.end, result.stdout]).to.deep.equal([{ type: 'timedOut' }, 'ready\n'])
      expect(alive(ground)).to.deep.equal([])
    })

    it('when the turn is cancelled', async () => {
      const abort = new AbortController()
      const output = (text: string): void => {
        if (text.includes('ready')) abort.abort()
      }
      const result = await run(`${STUBBORN} sleep 100`, { signal: abort.signal, output })
      expect(result.end).to.deep.equal({ type: 'cancelled' })
      expect(alive(ground)).to.deep.equal([])
    })

    it('when it ends and leaves processes that keep its output open', async () => {
      const result = await run(`${STUBBORN} exit 0`)
      expect([result.end, result.stdout]).to.deep.equal([done, 'ready\n'])
      expect(result.leftovers).to.be.greaterThan(2)
      expect(alive(ground)).to.deep.equal([])
    })

    it('when the program ends', async () => {
      await ground.runner.shells.start(`${STUBBORN} sleep 100`, 'call')
      await until(() => ground.runner.shells.list()[0]?.bytes === 6)
      await ground.runner.shells.closeAll()
      expect(alive(ground)).to.deep.equal([])
    })

    it('when the program is killed and can no longer act', async () => {
      const script = `
        const { createShellManager } = await import(${JSON.stringify(SHELLS)})
        const shells = createShellManager({ ...${JSON.stringify(ground.place)}, now: Date.now })
        await shells.start(${JSON.stringify(`${STUBBORN} sleep 100`)}, 'call')`
      const node = ['--import', 'tsx', '--input-type=module', '-e', script]
      const child = spawn(process.execPath, node, { stdio: 'ignore' })
      const ready = (): boolean => existsSync(ground.path('pids')) && pids(ground).length === 7
      await until(ready)
      child.kill('SIGKILL')
      await until(() => alive(ground).length === 0)
    })

    it('although the process has dropped all marks, while its parent runs', async () => {
      const shed = 'env -i setsid sleep 100 19>&- >/dev/null 2>&1 </dev/null'
      const command = `note() { echo $BASHPID >> pids; }; (note; exec ${shed}) & note; sleep 100`
      const result = await run(command, { timeoutMs: 300 })
      expect([result.end, pids(ground).length]).to.deep.equal([{ type: 'timedOut' }, 2])
      expect(alive(ground)).to.deep.equal([])
    })

    it('and reports a daemon that it had left', async () => {
      const result = await run(
        '(echo $BASHPID > pids; exec env -i setsid sleep 100 >/dev/null 2>&1 </dev/null) & sleep 0.1',
      )
      expect([result.end, result.leftovers]).to.deep.equal([done, 1])
      expect(alive(ground)).to.deep.equal([])
    })
  })

  it('ends no foreign process that also prints to /dev/null', async () => {
    const stranger = spawn('sleep', ['100'], { stdio: 'ignore', detached: true })
    expect(trackedPids(stranger.pid ?? 0)).to.deep.equal([])
    // Several rounds, since the descriptors are read sometimes before and sometimes after the shell has redirected them.
    for (let round = 0; round < 5; round++) {
      await run('exec >/dev/null 2>&1; sleep 100', { timeoutMs: 50 })
    }
    expect([stranger.exitCode, stranger.signalCode]).to.deep.equal([null, null])
    stranger.kill('SIGKILL')
    await new Promise((resolve) => stranger.once('exit', resolve))
  })

  describe('with much output,', () => {
    it('keeps head and tail, reports the true size, and has all of it in a file', async () => {
      const before = process.memoryUsage().rss
      const command = 'echo first; head -c 100000000 /dev/zero | tr "\\0" x; echo; echo last'
      const result = await run(command)
      const grown = process.memoryUsage().rss - before
      expect(result.bytes).to.equal(100_000_012)
      expect(result.stdout.length).to.be.lessThan(31_000)
      expect(result.stdout).to.match(/^first\nx+\n\n\[99970\d{3} bytes omitted; full output in /)
      expect(result.stdout).to.match(/x\nlast\n$/)
      const { file } = result
      if (file === null) throw new Error('no file')
      expect([statSync(file).size, statSync(file).mode & 0o777]).to.deep.equal([100_000_012, 0o600])
      expect(file.startsWith(ground.place.lettaDirectory)).to.equal(true)
      expect(grown).to.be.lessThan(120_000_000)
    })

    it('reserves a share for errors next to a flood', async () => {
      const { stdout, stderr } = await run('seq 100000; seq 100000 >&2')
      expect([stdout.slice(0, 4), stdout.slice(-7)]).to.deep.equal(['1\n2\n', '100000\n'])
      expect([stderr.slice(0, 4), stderr.slice(-7)]).to.deep.equal(['1\n2\n', '100000\n'])
      expect(stdout.length + stderr.length).to.be.lessThan(31_000)
    })

    it('cuts no character in two', async () => {
      const { stdout } = await run(
        'for i in $(seq 2000); do printf "a%.0s€%.0s😀%.0s" {1..20}; done',
      )
      expect(stdout.includes('\uFFFD')).to.equal(false)
      expect(stdout).to.include('bytes omitted')
    })

    it('gives the screen a part of a flood and its end', async () => {
      const texts: string[] = []
      await run('seq 300000', { output: (text) => texts.push(text) })
      const shown = texts.join('')
      expect(shown).to.match(/^(1\n2\n|\n\[\d+ bytes not shown\])/)
      expect(shown.endsWith('299999\n300000\n')).to.equal(true)
      expect(shown.includes('\uFFFD')).to.equal(false)
    })

    it('ends a command that never stops printing', async () => {
      const result = await run('yes', { timeoutMs: 200 })
      expect(result.end).to.deep.equal({ type: 'timedOut' })
      expect(result.stdout.length).to.be.lessThan(31_000)
    })
  })

  it('registers each command with the watchdog before it can do harm, and its end', async () => {
    const calls: string[] = []
    const shells = createShellManager(ground.place, async () => ({
      add: ({ id }) => void calls.push(`add ${id}`),
      remove: ({ id }) => void calls.push(`remove ${id}`),
    }))
    await shells.run({ ...RUN, command: 'sleep 100', timeoutMs: 50 })
    // The search for its processes continues after the call has returned; `closeAll` waits for it.
    await shells.run({ ...RUN, command: 'true' })
    await shells.closeAll()
    const [first, second] = [...new Set(calls.map((one) => one.split(' ')[1]))]
    expect([...new Set(calls)].sort()).to.deep.equal(
      [`add ${first}`, `add ${second}`, `remove ${first}`, `remove ${second}`].sort(),
    )
  })

  it('removes a shell that is killed from the watchdog once', async () => {
    const removed: string[] = []
    const shells = createShellManager(ground.place, async () => ({
      add: () => undefined,
      remove: ({ marker }) => void removed.push(marker),
    }))
    const { id } = await shells.start('sleep 100', 'call')
    await shells.kill(id)
    await until(() => shells.list()[0]?.status.type === 'exited')
    await shells.closeAll()
    expect(removed).to.have.lengthOf(1)
  })

  it('streams output in order while the command runs, without splitting characters', async () => {
    const texts: string[] = []
    const output = (text: string): void => {
      texts.push(text)
      if (texts.join('') === 'one ') ground.put('go', '')
    }
    const wait = 'while [ ! -e go ]; do sleep 0.01; done'
    await run(`printf 'one \\xe2\\x82'; ${wait}; printf '\\xac two'`, { output })
    expect(texts.join('')).to.equal('one € two')
    expect(texts.length).to.be.greaterThan(1)
  })

  describe('in the background,', () => {
    const WAIT = 'while [ ! -e go ]; do sleep 0.01; done'

    it('gives the agent each byte once, and reports the end', async () => {
      const command = `echo bg; echo e >&2; ${WAIT}; echo late; exit 4`
      const started = await ground.call('Bash', { command, run_in_background: true })
      expect(started.text).to.equal('Command running in background with ID: bash_1')
      const { shells } = ground.runner
      await until(() => shells.list()[0]?.bytes === 5)
      const ask = (filter?: string) => ground.call('BashOutput', { bash_id: 'bash_1', filter })
      expect((await ask()).text.split('\n').sort()).to.deep.equal(['bg', 'e'])
      expect((await ask()).text).to.equal('[no new output; still running]')
      ground.put('go', '')
      await until(() => shells.list()[0]?.status.type === 'exited')
      expect((await ask('^l')).text).to.equal(`late\n\n${backgroundExited(4)}`)
      expect((await ask()).text).to.equal(backgroundExited(4))
    })

    it('reports an invalid regular expression', async () => {
      await ground.call('Bash', { command: 'echo x', run_in_background: true })
      await until(() => ground.runner.shells.list()[0]?.status.type === 'exited')
      const answer = await ground.call('BashOutput', { bash_id: 'bash_1', filter: '(' })
      expect(answer.status).to.equal('error')
      expect(answer.text).to.include('regex parse error')
    })

    it('lists a shell, and kills it once', async () => {
      const command = `echo $$ > pids; ${WAIT}`
      await ground.call('Bash', { command, run_in_background: true })
      await until(() => existsSync(ground.path('pids')) && ground.text('pids').endsWith('\n'))
      expect((await ground.call('Bash', { command: '/bashes' })).text).to.equal(
        `bash_1: ${command} (running)`,
      )
      const kill = () => ground.call('KillBash', { shell_id: 'bash_1' })
      expect(await kill()).to.deep.equal({ status: 'success', text: 'Killed bash_1' })
      expect(alive(ground)).to.deep.equal([])
      expect((await kill()).text).to.equal('No running background process found with ID: bash_1')
      expect((await ground.call('BashOutput', { bash_id: 'nope' })).text).to.equal(
        'No background process found with ID: nope',
      )
    })

    it('reports the start, all output and the exit of each shell to subscribers', async () => {
      const { shells } = ground.runner
      const news: ShellEvent[] = []
      const stop = shells.subscribe((one) => void news.push(one))
      await Promise.all([
        shells.start(`echo early; ${WAIT}; echo late; exit 4`, 'a'),
        shells.start('true', 'b'),
      ])
      await until(() => news.some((one) => one.type === 'output'))
      ground.put('go', '')
      await until(() => news.filter(({ type }) => type === 'exited').length === 2)
      stop()
      const eventsOf = (id: string) =>
        news.filter((one) => (one.type === 'output' ? one.id : one.shell.id) === id)
      const [first, second] = [eventsOf('bash_1'), eventsOf('bash_2')]
      expect(first[0]).to.deep.include({ type: 'started' })
      const text = first.map((one) => (one.type === 'output' ? one.text : '')).join('')
      expect(text).to.equal('early\nlate\n')
      expect(first.at(-1)).to.have.nested.property('shell.status.code', 4)
      expect(second.map(({ type }) => type)).to.deep.equal(['started', 'exited'])
    })

    it('reports how much of a flood the agent has missed', async () => {
      await ground.call('Bash', { command: 'seq 100000', run_in_background: true })
      await until(() => ground.runner.shells.list()[0]?.status.type === 'exited')
      const { text } = await ground.call('BashOutput', { bash_id: 'bash_1' })
      expect(text).to.match(/^\[\d+ bytes omitted; full output in .*\.log\]\n/)
      expect(text).to.match(/\n99999\n100000\n\n\[exited with code 0\]$/)
    })
  })
})

/** Ids that the command wrote to `pids`. */
function pids(ground: Playground): string[] {
  return ground.text('pids').trim().split('\n')
}

/** The ids of the processes that still run. */
function alive(ground: Playground): string[] {
  return pids(ground).filter((id) => !hasProcessEnded(Number(id), null))
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
