import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'
import type { SessionState } from '../../lib/session/state.ts'
import type { CommandResult, Shell } from './command-line.ts'

/** Command lines as the seed prints them, pipes, quotes and comments included. */
export interface ShellLines {
  /** Runs a line without a terminal, the program before its pipe by a real shell. */
  runs(line: string, environment?: Readonly<Record<string, string>>): Promise<CommandResult>
  /** What the workbench would open for a line. */
  opens(line: string): Promise<SessionState>
  /** The message that the model was sent last (or at `index`). */
  asked(index?: number): string
  /** Names of the tools whose schemas the model was sent last. */
  schemas(): readonly string[]
}

/** Programs of the person lie in `~/bin`. */
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
      return String(messages.at(-1)?.content)
    },
    schemas() {
      const tools = shell.model.requests.at(-1)?.body.tools ?? []
      return tools.map((tool) => String(Object(tool).function.name))
    },
  }
}
