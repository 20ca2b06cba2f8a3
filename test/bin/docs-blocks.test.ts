import { type ChildProcess, spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../lib/fs/package-root.ts'
import { type LettaCommand, startLettaCommand } from '../support/letta-command.ts'
import { type ModelEndpoint, startModelEndpoint } from '../support/model-endpoint.ts'
import { openPty } from '../support/pty.ts'

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(path.join(packageRoot(), 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** A shell block of a page. What follows `sh` marks how it is run; without a mark it is a part of the script of its page. */
interface Block {
  readonly mark: string
  readonly script: string
}

/** `sh not run: REASON`. */
const EXCLUDED = /^not run: \S.{8,}/
/** Each line opens the workbench. */
const IN_TERMINAL = 'in a terminal'
/** Runs until the end of the page. */
const SERVER = 'server'

describe('The shell blocks of a page', function () {
  this.timeout(60_000)
  let root: string
  let project: string
  let model: ModelEndpoint
  let letta: LettaCommand
  let env: NodeJS.ProcessEnv
  const servers: ChildProcess[] = []
  let changes = 0

  before('makes a project with an agent that has changed a file', async () => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-blocks-')))
    project = path.join(root, 'home/my/project')
    const programs = path.join(root, 'bin')
    for (const directory of [project, programs]) mkdirSync(directory, { recursive: true })
    letta = await startLettaCommand(path.join(root, 'runs'))
    writeFileSync(path.join(programs, 'letta'), letta.script, { mode: 0o755 })
    const editor = '#!/bin/sh\necho "Change the page" > "$1"\n'
    writeFileSync(path.join(programs, 'editor'), editor, { mode: 0o755 })
    const packages = path.join(project, 'node_modules')
    symlinkSync(path.join(packageRoot(), 'node_modules'), packages)
    writeFileSync(path.join(project, '.gitignore'), 'node_modules\n')
    writeFileSync(path.join(project, 'README.md'), 'A project with a layout.\n')
    model = await startModelEndpoint({ turns: ANSWERS, models: ['scripted'] })
    env = {
      ...process.env,
      PATH: [programs, path.dirname(process.execPath), process.env['PATH']].join(path.delimiter),
      HOME: path.join(root, 'home'),
      OPENAI_API_KEY: 'x',
      OPENAI_BASE_URL: model.url,
      GIT_EDITOR: path.join(programs, 'editor'),
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
    }
    for (const name of ['ANTHROPIC_API_KEY', 'LETTA_API_KEY', 'LETTA_BASE_URL', 'INIT_CWD'])
      delete env[name]
    await runs('git init --quiet && git add . && git commit --quiet -m "Begin"')
    await runs('letta -p "Describe the layout"')
  })
  after(async () => {
    letta.close()
    await model.close()
    rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  })
  afterEach(() => {
    for (const server of servers.splice(0)) server.kill()
  })

  const spawnShell = (script: string): ChildProcess =>
    spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd: project, env, stdio: 'pipe' })

  /** Runs a script to its end, without a terminal; returns its output. */
  const runs = async (script: string): Promise<string> => {
    const shell = spawnShell(script)
    let [stdout, stderr] = ['', '']
    shell.stdout?.on('data', (text) => (stdout += text))
    shell.stderr?.on('data', (text) => (stderr += text))
    shell.stdin?.end()
    const code = await new Promise((resolve) => shell.on('close', resolve))
    expect(code, `${script}\n${stdout}\n${stderr}`).to.equal(0)
    return stdout
  }

  /** Opens the workbench as a line of a block does, and quits it. */
  const opens = async (line: string): Promise<void> => {
    const args = ['-euo', 'pipefail', '-c', line]
    const pty = openPty({ command: 'bash', args, cwd: project, environment: env, timeout: 20_000 })
    await pty.waitFor((rows) => rows.join('').length > 500)
    await pty.settle(100)
    pty.press('ctrl+d')
    const { code } = await pty.exit
    expect(code, line).to.equal(0)
  }

  /** Starts a server on a free port; returns its address. */
  const serves = (line: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const server = spawnShell(`exec ${line.trim()} --port 0`)
      servers.push(server)
      let output = ''
      const read = (text: Buffer): void => {
        output += text
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
        if (address !== undefined) resolve(address)
      }
      server.stdout?.on('data', read)
      server.stderr?.on('data', read)
      server.on('close', () => reject(new Error(output)))
    })

  /** Puts what exists in the place of the ids that a page leaves to the reader. */
  const withIds = async (script: string): Promise<string> => {
    if (!/conv-…|agent-…|--session ID/.test(script)) return script
    const agents = JSON.parse(await runs('letta agents list --json'))
    const agent = agents.find(({ here }: { here: boolean }) => here)
    const conversation = script.includes('conv-…') ? await beginConversation(agent.id) : ''
    const session = JSON.parse(await runs('letta changes --json')).session
    return script
      .replaceAll('conv-…', conversation)
      .replaceAll('agent-…', agent.id)
      .replaceAll('--session ID', `--session ${session}`)
  }

  /** Begins a second conversation of the agent, because the first one cannot be deleted. */
  const beginConversation = async (agentId: string): Promise<string> => {
    const address = await serves('letta serve')
    const token = (await runs('letta serve --print-token')).trim()
    const response = await fetch(`${address}/v1/conversations/?agent_id=${agentId}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"summary":"The layout"}',
    })
    return JSON.parse(await response.text()).id
  }

  /** Lets the agent write a file in a session that is then the last one. */
  const changeFile = async (): Promise<void> => {
    const args = { file_path: `page-${changes++}.md`, content: 'A page.\n' }
    model.setTurns([{ calls: [{ name: 'Write', args }], text: 'I write it.' }, ...ANSWERS])
    await runs('letta -p "Write a page" --permission-mode acceptEdits')
  }

  for (const page of PAGES) {
    const text = readFileSync(path.join(packageRoot(), page), 'utf8')
    const blocks = shellBlocks(text)
    if (blocks.every(({ mark }) => EXCLUDED.test(mark))) continue

    it(`do what they say: ${page}`, async () => {
      for (const [, name = '', script = ''] of text.matchAll(SAVED_FILE))
        writeFileSync(path.join(project, name), script)
      if (text.includes('letta changes')) await changeFile()
      let address = 'http://127.0.0.1:8283'
      for (const { mark, script } of blocks)
        if (mark === SERVER) address = await serves(script)
        else if (mark === IN_TERMINAL)
          for (const line of (await withIds(script)).trim().split('\n')) await opens(line)
      const script = blocks.filter(({ mark }) => mark === '').map((block) => block.script)
      if (script.length > 0)
        await runs((await withIds(script.join('\n'))).replaceAll('http://127.0.0.1:8283', address))
    })
  }

  it('are excluded only with a reason in the page', () => {
    const marks = PAGES.flatMap((page) => {
      const text = readFileSync(path.join(packageRoot(), page), 'utf8')
      return shellBlocks(text).map(({ mark }) => ({ page, mark }))
    })
    const unclear = marks.filter(
      ({ mark }) => !['', IN_TERMINAL, SERVER].includes(mark) && !EXCLUDED.test(mark),
    )
    expect(unclear).to.deep.equal([])
  })
})

/** As many as the blocks of all pages need. */
const ANSWERS = Array.from({ length: 60 }, () => ({ text: 'Done.' }))

/** "in a file `NAME`:", and the block that follows. */
const SAVED_FILE = /in a file `([\w.]+)`:\n\n```js\n(.*?)^```$/gms

function shellBlocks(text: string): readonly Block[] {
  return [...text.matchAll(/^```(?:sh|bash|shell|console)(?: ([^\n]*))?\n(.*?)^```$/gms)].map(
    ([, mark = '', script = '']) => ({ mark, script }),
  )
}
