import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { UserError } from '../../lib/util/user-error.ts'
import type { Surroundings } from './cli-environment.ts'

/** Answers a person types, or lines that are piped in. */
export interface Asker {
  /** Trimmed. A `secret` is not echoed. */
  ask(question: string, options?: { readonly secret?: boolean }): Promise<string>
  readonly isPerson: boolean
  close(): void
}

/** Ctrl+C instead of an answer. */
export class Interrupted extends UserError {}

export function createPrompter({ stdin, stderr }: Pick<Surroundings, 'stdin' | 'stderr'>): Asker {
  const isPerson = stdin.isTTY === true && stderr.isTTY === true
  if (!isPerson) return pipedAnswers(createInterface({ input: stdin }))
  return {
    isPerson,
    close() {},
    ask: (question, { secret = false } = {}) =>
      new Promise((resolve, reject) => {
        const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
        const echo = new Writable({
          write(chunk, _encoding, done) {
            stderr.write(String(chunk))
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
        // Ctrl+D closes it without an answer.
        terminal.once('close', () => {
          if (secret) stderr.write('\n')
          reject(new UserError('Nothing was kept.'))
        })
        terminal.once('SIGINT', () => end(() => reject(new Interrupted('Nothing was kept.'))))
        terminal.question(secret ? '' : question, (answer) => end(() => resolve(answer.trim())))
      }),
  }
}

function pipedAnswers(lines: Interface): Asker {
  const answers = lines[Symbol.asyncIterator]()
  return {
    isPerson: false,
    close: () => lines.close(),
    async ask() {
      const { value, done } = await answers.next()
      return done === true ? '' : value.trim()
    },
  }
}
