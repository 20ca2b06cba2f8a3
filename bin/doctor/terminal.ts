import { detectColors } from '../../ui/terminal/colors.ts'
import { createTerminalQueries } from '../../ui/terminal/terminal-queries.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'
import { type Check, ok, warning } from './check.ts'
import {
  backgroundFound,
  colorsFound,
  EXTENDED_KEYS,
  IN_TMUX,
  NO_REPLY,
  NO_REPLY_ADVICE,
  NOT_A_TERMINAL,
  RUN_IN_TERMINAL,
  SET_COLORTERM,
  terminalFound,
  terminalSize,
} from './messages.ts'

/** Keys, background, then the question that every terminal answers. */
const QUERIES = '\x1b[?u\x1b]11;?\x07\x1b[c'
const REPLY = /\x1b\[\?[\d;]*[a-z]|\x1b\]11;[^\x07\x1b]*/g
const LAST_REPLY = /\x1b\[\?[\d;]*c/
const REPLY_TIMEOUT_MS = 1000

/** What the terminal is and supports: by its variables, and by asking it. */
export async function checkTerminal({ env, stdin, stdout }: CliEnvironment): Promise<Check> {
  const input = stdin as NodeJS.ReadStream
  const output = stdout.unfiltered as NodeJS.WriteStream
  if (input.isTTY !== true || output.isTTY !== true) {
    return warning('terminal', NOT_A_TERMINAL, RUN_IN_TERMINAL)
  }
  const colors = detectColors(env)
  const replies = await ask(input, output)
  const queries = createTerminalQueries()
  for (const [reply] of replies.matchAll(REPLY)) queries.receive(reply)
  const parts = [
    env['TERM'] ?? '',
    ...(env['TMUX'] ? [IN_TMUX] : []),
    terminalSize(output.columns, output.rows),
    colorsFound(colors),
    ...(queries.hasEscapeKey || /\x1b\[\?\d+u/.test(replies) ? [EXTENDED_KEYS] : []),
    ...(queries.background === null ? [] : [backgroundFound(queries.background)]),
    ...(replies === '' ? [NO_REPLY] : []),
  ]
  const advice = [
    ...(colors === 'truecolor' ? [] : [SET_COLORTERM]),
    ...(replies === '' ? [NO_REPLY_ADVICE] : []),
  ]
  const found = terminalFound(parts)
  return advice.length === 0 ? ok('terminal', found) : warning('terminal', found, ...advice)
}

/** Everything the terminal replies until the last question is answered, or a second has passed. */
async function ask(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string> {
  input.setRawMode(true)
  let replies = ''
  try {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, REPLY_TIMEOUT_MS)
      input.on('data', (bytes: Buffer) => {
        replies += bytes.toString('latin1')
        if (!LAST_REPLY.test(replies)) return
        clearTimeout(timer)
        resolve()
      })
      output.write(QUERIES)
    })
  } finally {
    input.setRawMode(false)
    input.removeAllListeners('data')
    input.pause()
  }
  return replies
}
