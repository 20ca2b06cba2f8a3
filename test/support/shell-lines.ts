import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import type { CommandResult, Shell } from './command-line.ts'
import { typedText } from './typed-text.ts'

/** Runs command lines as the seed prints them, with pipes, quotes and comments. */
export interface ShellLines {
  /** Runs a line without a terminal. The program before the pipe runs in a real shell. */
  runs(line: string, environment?: Readonly<Record<string, string>>): Promise<CommandResult>
  /** The state of the session that the workbench would open for a line. */
  opens(line: string): Promise<SessionState>
  /** The last message of the last request to the model, or of the one at `index`. */
  asked(index?: number): string
  /** The names of the tools whose schemas the last request contained. */
  schemas(): readonly string[]
}

/** The programs of the user are in `~/bin`. */
export function createShellLines(shell: Shell): ShellLines {
  const env = {
    ...process.env,
    HOME: shell.home,
    PATH: `${path.join(shell.home, 'bin')}:${process.env['PATH']}`,
  }
  const words = (line: string): readonly string[] => {
    const script = `printf '%s\\0' ${line}`
    return execFileSync('bash', ['-c', script], { cwd: shell.project, env, encoding: 'utf8' })
      .split('\0')
      .slice(1, -1)
  }
  return {
    runs(line, more = {}) {
      const environment = { PATH: env.PATH, ...more }
      const [first = '', piped] = line.split(' | ')
      if (piped === undefined) return shell.letta(words(first), { environment })
      const options = { cwd: shell.project, env, encoding: 'utf8' } as const
      const { stdout } = spawnSync('bash', ['-c', first], options)
      return shell.letta(words(piped), { input: stdout, environment })
    },
    opens: (line) => shell.opens(words(line)),
    asked(index = -1) {
      const { messages = [] } = shell.model.requests.at(index)?.body ?? {}
      return typedText(messages.at(-1)?.content)
    },
    schemas() {
      const tools = shell.model.requests.at(-1)?.body.tools ?? []
      return tools.map((tool) => String(Object(tool).function.name))
    },
  }
}
