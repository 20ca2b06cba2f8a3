import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ModelEndpoint, type ScriptedAnswer, startModelEndpoint } from './model-endpoint.ts'
import { openPty, type Pty } from './pty.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FROM_SOURCE = ['--import', path.join(ROOT, 'node_modules/tsx/dist/esm/index.mjs')]
const PROGRAM = path.join(ROOT, 'bin/letta.ts')

/** The arguments with which node runs the program. */
function programOf({ built }: { readonly built?: boolean }): readonly string[] {
  return built === true ? [path.join(ROOT, 'dist/letta.js')] : [...FROM_SOURCE, PROGRAM]
}

/** A project, a home and a scripted model: what a user has before they start letta. */
export interface ProgramFixture {
  readonly project: string
  readonly home: string
  readonly model: ModelEndpoint
  /** The content of a file of the project. */
  read(file: string): string
  write(file: string, text: string): void
  /** Starts the workbench in a terminal. */
  opens(options?: ProgramOptions): WorkbenchDriver
  /** Starts letta without a terminal, and returns its process. */
  starts(args: readonly string[], options?: ProgramRunOptions): ChildProcess
  /** Runs letta without a terminal to its end. */
  runs(args: readonly string[], options?: ProgramRunOptions): Promise<ProgramResult>
  /** Ends the processes that still run, and removes all files. */
  clear(): Promise<void>
}

export interface ProgramOptions {
  readonly args?: readonly string[]
  readonly columns?: number
  readonly rows?: number
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** The built program instead of the source. */
  readonly built?: boolean
  /** Arguments of node before the program. */
  readonly node?: readonly string[]
}

interface ProgramRunOptions {
  readonly built?: boolean
  /** Standard input. */
  readonly input?: string
  readonly environment?: Readonly<Record<string, string | undefined>>
}

export interface ProgramResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The input of a user and the expected output. `sees` waits until the screen shows the text. */
export interface WorkbenchDriver {
  readonly pty: Pty
  types(text: string): WorkbenchDriver
  presses(...keys: readonly string[]): WorkbenchDriver
  sees(wanted: string | RegExp): Promise<WorkbenchDriver>
  seesNoMore(text: string): Promise<WorkbenchDriver>
  screen(): string
  /** Sends a signal, and waits for the end. */
  dies(signal: NodeJS.Signals): Pty['exit']
  /** Closes the terminal, as a lost connection does, and waits for the end. */
  hangsUp(): Pty['exit']
  /** Ends the workbench with Ctrl+D. Returns the exit code. */
  quits(): Promise<number>
}

export async function setUpProgram(turns: readonly ScriptedAnswer[] = []): Promise<ProgramFixture> {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-desk-')))
  const [project, home] = [path.join(root, 'project'), path.join(root, 'home')]
  const model = await startModelEndpoint({ turns, models: ['scripted'] })
  const file = (name: string): string => path.join(project, name)
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(file(name)), { recursive: true })
    writeFileSync(file(name), text)
  }
  mkdirSync(home)
  write('README.md', '# A project\n')
  write('greet.ts', 'export const greeting = "Helo"\n')
  write('.skills/web/scraper/SKILL.MD', SKILL)
  execFileSync('git', ['init', '--quiet'], { cwd: project })
  const environment = {
    HOME: home,
    OPENAI_API_KEY: 'x',
    OPENAI_BASE_URL: model.url,
    ANTHROPIC_API_KEY: undefined,
    LETTA_API_KEY: undefined,
    LETTA_BASE_URL: undefined,
    INIT_CWD: undefined,
    npm_lifecycle_event: undefined,
  }
  const open: Pty[] = []
  return {
    project,
    home,
    model,
    write,
    read: (name) => readFileSync(file(name), 'utf8'),
    opens(options = {}) {
      const pty = openPty({
        command: process.execPath,
        args: [...(options.node ?? []), ...programOf(options), ...(options.args ?? [])],
        columns: options.columns ?? 140,
        rows: options.rows ?? 45,
        cwd: project,
        environment: { ...environment, ...options.environment },
        timeout: 20_000,
      })
      open.push(pty)
      return workbenchOf(pty)
    },
    starts(args, options = {}) {
      const env = { ...process.env, ...environment, ...options.environment }
      return spawn(process.execPath, [...programOf(options), ...args], { cwd: project, env })
    },
    runs: (args, options = {}) =>
      run(
        [...programOf(options), ...args],
        project,
        { ...environment, ...options.environment },
        options.input,
      ),
    async clear() {
      await Promise.all(open.map((pty) => pty.close()))
      await model.close()
      rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    },
  }
}

const SKILL = `---
name: Web Scraper
description: Fetches pages politely
category: Web
---
# Web Scraper
`

function workbenchOf(pty: Pty): WorkbenchDriver {
  const workbench: WorkbenchDriver = {
    pty,
    types(text) {
      pty.type(text)
      return workbench
    },
    presses(...keys) {
      for (const key of keys) pty.press(key)
      return workbench
    },
    async sees(wanted) {
      await pty.waitFor(wanted)
      return workbench
    },
    async seesNoMore(text) {
      await pty.waitFor((rows) => !rows.join('\n').includes(text))
      return workbench
    },
    screen: () => pty.screen().join('\n'),
    dies(signal) {
      process.kill(pty.pid, signal)
      return pty.exit
    },
    hangsUp() {
      pty.hangUp()
      return pty.exit
    },
    async quits() {
      pty.press('ctrl+d')
      return (await pty.exit).code
    },
  }
  return workbench
}

function run(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
  input = '',
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment }
    const child = spawn(process.execPath, args, { cwd, env, stdio: 'pipe' })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text) => (stdout += text))
    child.stderr.on('data', (text) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
    child.stdin.end(input)
  })
}
