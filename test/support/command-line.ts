import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { type ProcessContext, readCliEnvironment } from '../../bin/io/cli-environment.ts'
import { main } from '../../bin/main.ts'
import { prepareSession } from '../../bin/session-options.ts'
import { parseCommandLine } from '../../lib/cli/parse.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { openTurnSession } from '../../lib/session/turn-session.ts'
import { createStore } from '../../lib/store.ts'
import { type ModelEndpoint, type ScriptedAnswer, startModelEndpoint } from './model-endpoint.ts'

/** A project, a home and a scripted model, for which the program's `main` runs in this process: fast enough for many short runs. */
export interface Shell {
  readonly project: string
  readonly home: string
  readonly model: ModelEndpoint
  /** Runs `letta` with these arguments to its end. */
  letta(argv: readonly string[], given?: ShellInput): Promise<CommandResult>
  /** Opens and closes the session that the workbench would open for these arguments. Returns its state. */
  opens(argv: readonly string[], given?: ShellInput): Promise<SessionState>
  read(file: string): string
  write(file: string, text: string): void
  /** The parsed content of a settings file; null when it does not exist. */
  settings(where: 'home' | 'project', name: string): unknown
  close(): Promise<void>
}

export interface ShellInput {
  /** Standard input: piped, or typed when `terminal` is set. */
  readonly input?: string
  readonly terminal?: boolean
  /** The name of the command; `letta` by default. */
  readonly calledAs?: string
  readonly environment?: Readonly<Record<string, string | undefined>>
}

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function openShell(turns: readonly ScriptedAnswer[] = []): Promise<Shell> {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-shell-')))
  const [project, home] = [path.join(root, 'project'), path.join(root, 'home')]
  const model = await startModelEndpoint({ turns, models: ['scripted', 'other'] })
  mkdirSync(project)
  mkdirSync(home)
  execFileSync('git', ['init', '--quiet'], { cwd: project })
  const usual = {
    PATH: process.env['PATH'],
    HOME: home,
    OPENAI_API_KEY: 'key-for-tests',
    OPENAI_BASE_URL: model.url,
    // Nothing listens there: a model of this machine does not answer for the scripted one.
    OLLAMA_HOST: 'http://127.0.0.1:9',
  }
  const worldOf = (
    given: ShellInput,
    printed: Record<'stdout' | 'stderr', string>,
  ): ProcessContext => {
    const { input = '', terminal = false, environment = {}, calledAs = 'letta' } = given
    const output = (name: 'stdout' | 'stderr') => ({
      isTTY: terminal,
      write(text: string) {
        printed[name] += text
      },
    })
    return {
      stdin: Object.assign(Readable.from(input === '' ? [] : [Buffer.from(input)]), {
        isTTY: terminal,
      }),
      stdout: output('stdout'),
      stderr: output('stderr'),
      env: { ...usual, ...environment },
      argv: [process.execPath, path.join(root, 'bin', calledAs)],
      cwd: () => project,
    }
  }
  return {
    project,
    home,
    model,
    async letta(argv, given = {}) {
      const printed = { stdout: '', stderr: '' }
      const code = await main(argv, worldOf(given, printed))
      return { code, ...printed }
    },
    async opens(argv, given = {}) {
      const parsed = parseCommandLine(argv, { stdinIsTerminal: true })
      if (parsed.type !== 'workbench') throw new Error(JSON.stringify(parsed))
      const around = readCliEnvironment(worldOf(given, { stdout: '', stderr: '' }))
      const { session: options } = await prepareSession(around, parsed.options, false)
      const store = createStore(emptySession(project, 0), reduceSession)
      const session = openTurnSession(options, store)
      await session.opened.finally(() => session.close())
      return store.state
    },
    read: (file) => readFileSync(path.join(project, file), 'utf8'),
    write(file, text) {
      mkdirSync(path.dirname(path.join(project, file)), { recursive: true })
      writeFileSync(path.join(project, file), text)
    },
    settings(where, name) {
      const file = path.join(where === 'home' ? home : project, '.letta', name)
      return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
    },
    async close() {
      await model.close()
      // Settings that are saved in the background may still write a file.
      rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    },
  }
}
