import type { OutputFormat } from '../lib/arguments/flags.ts'
import { type Invocation, NO_PROMPT } from '../lib/arguments/parse.ts'
import { runHeadless } from '../lib/headless/run.ts'
import { Problem } from '../lib/problem.ts'
import type { SessionOptions } from '../lib/session/parts.ts'
import { reduceSession } from '../lib/session/reduce.ts'
import { emptySession } from '../lib/session/state.ts'
import { createStore } from '../lib/store.ts'
import { pipedText } from './piped-text.ts'
import { prepareSession } from './session-options.ts'
import type { Surroundings } from './surroundings.ts'

/** `letta -p`: one turn to standard output. */
export async function runPrompt(
  around: Surroundings,
  { options, prompt: words, format }: Extract<Invocation, { kind: 'headless' }>,
): Promise<number> {
  for (const warning of options.warnings) tell(warning)
  const { session: sessionOptions, clean } = await prepareSession(around, options, false)
  try {
    const piped = await pipedText(process.stdin, words !== null, tell)
    const prompt = [words, piped].filter((text) => text !== null && text !== '').join('\n\n')
    if (prompt !== '') return await Promise.race([bug(), runTurn(sessionOptions, prompt, format)])
    tell(NO_PROMPT)
    return 2
  } finally {
    clean()
  }
}

async function runTurn(
  options: SessionOptions,
  prompt: string,
  format: OutputFormat,
): Promise<number> {
  // Loaded when nothing can be wrong with the command line any more.
  const { openSession } = await import('../lib/session/session.ts')
  const store = createStore(emptySession(options.directory, Date.now()), reduceSession)
  const interruption = interruptionSignal()
  const session = openSession(options, store)
  try {
    const code = await runHeadless({
      session,
      prompt,
      format,
      signal: interruption.signal,
      write: (text) => void process.stdout.write(text),
      writeError: (text) => void process.stderr.write(text),
      now: Date.now,
    })
    await session.close()
    return interruption.isTermination() ? 143 : code
  } catch (thrown) {
    if (thrown instanceof Problem) await session.close()
    throw thrown
  }
}

/** What nobody caught: rejects, so that it ends like every bug, with 70. */
function bug(): Promise<never> {
  return new Promise((_, reject) => process.once('uncaughtException', reject))
}

function tell(line: string): void {
  process.stderr.write(`letta: ${line}\n`)
}

/** The first signal cancels the turn, so that it ends well on the server too; a second one ends us at once. */
function interruptionSignal(): { signal: AbortSignal; isTermination(): boolean } {
  const abort = new AbortController()
  const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      abort.abort(signal)
      for (const again of SIGNALS) process.removeAllListeners(again)
    })
  }
  return {
    signal: abort.signal,
    isTermination: () => abort.signal.aborted && abort.signal.reason !== 'SIGINT',
  }
}
