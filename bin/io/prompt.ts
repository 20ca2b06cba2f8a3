import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { NOTHING_SAVED } from '../../lib/client/messages.ts'
import { toTerminalText } from '../../lib/util/sanitize.ts'
import { PromptCancelledError, UsageError, UserError } from '../../lib/util/user-error.ts'
import { NO_TERMINAL_TO_CONFIRM, NO_TERMINAL_TO_CONFIRM_HINT, yesOrNo } from '../messages.ts'
import type { CliEnvironment } from './cli-environment.ts'

type Streams = Pick<CliEnvironment, 'stdin' | 'stderr'>

/** Asks on the terminal; without one, each answer is a line of standard input. */
export interface Prompter {
  /** The answer, trimmed. A `secret` is not echoed. */
  ask(question: string, options?: { readonly secret?: boolean }): Promise<string>
  readonly isInteractive: boolean
  close(): void
}

/** Ctrl+C rejects with a `PromptCancelledError`, Ctrl+D with a `UserError`. */
export function createPrompter({ stdin, stderr }: Streams): Prompter {
  if (!stdin.isTTY || !stderr.isTTY) return createPipedPrompter(createInterface({ input: stdin }))
  return {
    isInteractive: true,
    close() {},
    ask: (question, { secret = false } = {}) =>
      new Promise((resolve, reject) => {
        const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
        const echo = new Writable({
          write(chunk, _encoding, done) {
            stderr.unfiltered.write(String(chunk))
            done()
          },
        })
        const output = secret ? silent : echo
        const terminal = createInterface({ input: stdin, output, terminal: true })
        if (secret) stderr.write(question)
        const end = (settle: () => void): void => {
          settle()
          terminal.close()
        }
        // Ctrl+D closes the interface without an answer.
        terminal.once('close', () => {
          if (secret) stderr.write('\n')
          reject(new UserError(NOTHING_SAVED))
        })
        terminal.once('SIGINT', () => end(() => reject(new PromptCancelledError(NOTHING_SAVED))))
        terminal.question(secret ? '' : toTerminalText(question), (answer) =>
          end(() => resolve(answer.trim())),
        )
      }),
  }
}

function createPipedPrompter(lines: Interface): Prompter {
  const answers = lines[Symbol.asyncIterator]()
  return {
    isInteractive: false,
    close: () => lines.close(),
    async ask() {
      const { value, done } = await answers.next()
      return done === true ? '' : value.trim()
    },
  }
}

/**
 * Asks for a `y` on the terminal; `assumeYes` (`--yes`) skips the question. Throws a `UsageError` when there is no terminal, so
 * that nothing happens without a confirmation.
 */
export async function confirm(
  { stdin, stderr }: Streams,
  question: string,
  assumeYes: boolean,
): Promise<boolean> {
  if (assumeYes) return true
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new UsageError(NO_TERMINAL_TO_CONFIRM, { hint: NO_TERMINAL_TO_CONFIRM_HINT })
  }
  stderr.write(yesOrNo(question))
  const terminal = createInterface({ input: stdin })
  try {
    const answer = await new Promise<string>((resolve) => {
      terminal.once('line', resolve)
      terminal.once('close', () => resolve(''))
    })
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}
