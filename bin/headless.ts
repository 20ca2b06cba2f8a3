import { type Invocation, NO_PROMPT } from '../lib/cli/parse.ts'
import { UsageError } from '../lib/cli/parsed-flags.ts'
import { endBeforeSession, type HeadlessRun, runHeadless } from '../lib/headless/run.ts'
import { reduceSession } from '../lib/session/reduce/session.ts'
import type { SessionOptions } from '../lib/session/services.ts'
import { emptySession } from '../lib/session/state.ts'
import type { Settings } from '../lib/settings/settings.ts'
import { createStore } from '../lib/store.ts'
import { UserError } from '../lib/util/user-error.ts'
import type { Surroundings } from './io/cli-environment.ts'
import { printerTo } from './io/stderr.ts'
import { pipedText } from './io/stdin.ts'
import { prepareSession } from './session-options.ts'

/** `letta -p`: one turn to standard output. */
export async function runPrompt(
  around: Surroundings,
  { options, prompt: words, format }: Extract<Invocation, { kind: 'headless' }>,
): Promise<number> {
  const { tell } = printerTo(around)
  for (const warning of options.warnings) tell(warning)
  const { session, settings, clean } = await prepareSession(around, options, false)
  const interruption = listenForSignals()
  const output = {
    format,
    write: (text: string) => void around.stdout.write(text),
    writeError(text: string) {
      // `letta -p … | head` closes the pipe early: nothing is wrong then.
      if (interruption.signal.reason !== 'SIGPIPE') around.stderr.write(text)
    },
  }
  const bug = listenForBugs()
  try {
    const piped = await untilAborted(
      pipedText(around.stdin, words !== null, tell),
      interruption.signal,
    )
    const { signal, exitCode } = interruption
    if (signal.aborted) {
      return exitCode(endBeforeSession(output, emptySession(session.directory, Date.now())))
    }
    const said = words?.startsWith('/') ? await ownPrompt(words, session, settings) : words
    const prompt = [said, piped].filter((text) => text !== null && text !== '').join('\n\n')
    if (prompt === '') throw new UsageError(NO_PROMPT)
    const turn = runTurn(session, { ...output, prompt, signal, now: Date.now })
    return exitCode(await Promise.race([bug.thrown, turn]))
  } finally {
    interruption.stop()
    bug.stop()
    clean()
  }
}

/** `/review src`: a prompt of the user's own, or of a trusted project. What names none is sent as it is. */
async function ownPrompt(
  words: string,
  { home, directory }: SessionOptions,
  { trusted }: Settings,
): Promise<string> {
  const [, name, typed = ''] = /^\/([a-z][\w-]*)(?:\s+([\s\S]*))?$/i.exec(words) ?? []
  if (name === undefined) return words
  const { filledPrompt, findPrompts } = await import('../lib/prompts/user-prompts.ts')
  const project = trusted && directory !== home ? directory : null
  const { prompts } = await findPrompts({ home, project, taken: [] })
  const prompt = prompts.find((one) => one.name === name)
  return prompt === undefined ? words : filledPrompt(prompt, typed.trim())
}

async function runTurn(
  options: SessionOptions,
  run: Omit<HeadlessRun, 'session'>,
): Promise<number> {
  // Loaded when nothing can be wrong with the command line any more.
  const { openSession } = await import('../lib/session/session.ts')
  const store = createStore(emptySession(options.directory, Date.now()), reduceSession)
  const session = openSession(options, store)
  try {
    const code = await runHeadless({ ...run, session })
    await session.close()
    return code
  } catch (thrown) {
    if (thrown instanceof UserError) await session.close()
    throw thrown
  }
}

/** What nobody caught: rejects, so that it ends like every bug, with 70. */
function listenForBugs(): { readonly thrown: Promise<never>; stop(): void } {
  let stop = (): void => undefined
  const thrown = new Promise<never>((_, reject) => {
    process.once('uncaughtException', reject)
    stop = () => void process.off('uncaughtException', reject)
  })
  return { thrown, stop: () => stop() }
}

interface Interruption {
  readonly signal: AbortSignal
  /** 143 after SIGTERM or SIGHUP. */
  exitCode(code: number): number
  stop(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The first signal cancels the turn, so that it ends well on the server too; a second one ends us at once. */
function listenForSignals(): Interruption {
  const abort = new AbortController()
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, hear)
  }
  // Not taken off by the first: proper-lockfile kills us once its own are the only ears left.
  const hear = (signal: NodeJS.Signals): void => {
    if (abort.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143)
    abort.abort(signal)
  }
  for (const signal of SIGNALS) process.on(signal, hear)
  return {
    signal: abort.signal,
    exitCode: (code) => (abort.signal.aborted && abort.signal.reason !== 'SIGINT' ? 143 : code),
    stop,
  }
}

/** Null when it is aborted first. */
async function untilAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal,
): Promise<Value | null> {
  const aborted = new Promise<null>((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { once: true })
  })
  return Promise.race([work, aborted])
}
