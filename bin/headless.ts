import {
  NO_PROMPT,
  notSubcommand,
  slashCommandAsPrompt,
  unknownPromptName,
} from '../lib/cli/messages.ts'
import type { Invocation } from '../lib/cli/parse.ts'
import { shownLettaDirectory } from '../lib/fs/letta-directory.ts'
import { endBeforeSession, type HeadlessRun, runHeadless } from '../lib/headless/run.ts'
import { reduceSession } from '../lib/session/reduce/session.ts'
import type { SessionOptions } from '../lib/session/services.ts'
import { emptySession } from '../lib/session/state/session-state.ts'
import type { Settings } from '../lib/settings/settings.ts'
import { createStore } from '../lib/store.ts'
import { closestMatch } from '../lib/util/did-you-mean.ts'
import { unlessAborted } from '../lib/util/unless-aborted.ts'
import { UsageError, UserError } from '../lib/util/user-error.ts'
import { SLASH_NAMES } from '../ui/commands/slash-names.ts'
import { cancelOnSignals } from './io/cancel-on-signals.ts'
import type { CliEnvironment } from './io/cli-environment.ts'
import { createPrinter } from './io/printer.ts'
import { toShellMessage } from './io/shell-message.ts'
import { readPipedText } from './io/stdin.ts'
import { PROGRAM_PREFIX } from './messages.ts'
import { prepareSession, requireDenials } from './session-options.ts'

/** `letta -p`: runs one turn, and writes it to standard output. Returns the exit code. */
export async function runHeadlessTurn(
  cli: CliEnvironment,
  { options, prompt: typed, format, isDoubtful }: Extract<Invocation, { type: 'headless' }>,
): Promise<number> {
  const { notify } = createPrinter(cli)
  for (const warning of options.warnings) notify(warning)
  const { session, settings, removeScratch } = await prepareSession(cli, options, false)
  requireDenials(settings)
  const signals = cancelOnSignals()
  const output = {
    format,
    write: (text: string) => void cli.stdout.write(text),
    writeError(text: string) {
      // `letta -p … | head` closes the pipe early, which is not an error.
      if (signals.abort.reason !== 'SIGPIPE') cli.stderr.write(`${PROGRAM_PREFIX}${text}`)
    },
  }
  const crash = rejectOnCrash()
  try {
    const { abort, exitCode } = signals
    const piped = await unlessAborted(
      readPipedText(cli.stdin, typed !== null, notify),
      abort,
    ).catch(nullIfAborted(abort))
    if (abort.aborted) {
      return exitCode(endBeforeSession(output, emptySession(session.directory, Date.now())))
    }
    if (isDoubtful === true && typed !== null && (piped ?? '') === '') {
      const { message, hint } = notSubcommand(typed)
      throw new UsageError(message, { hint })
    }
    const text = typed?.startsWith('/') ? await expandPrompt(typed, session, settings) : typed
    const prompt = [text, piped].filter((part) => part !== null && part !== '').join('\n\n')
    if (prompt === '') throw new UsageError(NO_PROMPT)
    const turn = runTurn(session, {
      ...output,
      prompt,
      signal: abort,
      now: Date.now,
      toShellMessage: (message) => toShellMessage(message, shownLettaDirectory(cli)),
    })
    return exitCode(await Promise.race([crash.rejected, turn]))
  } finally {
    signals.stop()
    crash.stop()
    removeScratch()
  }
}

/** `/review src`: a prompt of the user, or of a trusted project. Other text is sent unchanged. */
async function expandPrompt(
  text: string,
  { home, lettaDirectory, directory }: SessionOptions,
  { trusted }: Settings,
): Promise<string> {
  const [, name, argument = ''] = /^\/([a-z][\w-]*)(?:\s+([\s\S]*))?$/i.exec(text) ?? []
  if (name === undefined) return text
  const { filledPrompt, findPrompts } = await import('../lib/prompts/user-prompts.ts')
  const project = trusted && directory !== home ? directory : null
  const { prompts } = await findPrompts({ lettaDirectory, project, taken: [] })
  const prompt = prompts.find((one) => one.name === name)
  if (prompt !== undefined) return filledPrompt(prompt, argument.trim())
  refuseSlashCommand(name, text, prompts)
  return text
}

/** The command of a screen, or a mistyped name, would be read by the agent as a message. */
function refuseSlashCommand(
  name: string,
  text: string,
  prompts: readonly { readonly name: string }[],
): void {
  const slashNames = Object.values(SLASH_NAMES)
  if (slashNames.includes(name)) {
    const { message, hint } = slashCommandAsPrompt(name, text)
    throw new UsageError(message, { hint })
  }
  const near = closestMatch(name, [...slashNames, ...prompts.map((prompt) => prompt.name)])
  if (near === null || text !== `/${name}`) return
  const { message, hint } = unknownPromptName(name, near)
  throw new UsageError(message, { hint })
}

async function runTurn(
  options: SessionOptions,
  run: Omit<HeadlessRun, 'session'>,
): Promise<number> {
  // Loaded only now, when the command line has been checked.
  const { openTurnSession } = await import('../lib/session/turn-session.ts')
  const store = createStore(emptySession(options.directory, Date.now()), reduceSession)
  const session = openTurnSession(options, store)
  try {
    const code = await runHeadless({ ...run, session })
    await session.close()
    return code
  } catch (thrown) {
    if (thrown instanceof UserError) await session.close()
    throw thrown
  }
}

/** Rejects with an exception that was not caught, so that the run ends like every internal error. */
function rejectOnCrash(): { readonly rejected: Promise<never>; stop(): void } {
  let stop = (): void => undefined
  const rejected = new Promise<never>((_, reject) => {
    process.once('uncaughtException', reject)
    stop = () => void process.off('uncaughtException', reject)
  })
  return { rejected, stop: () => stop() }
}

/** Null in place of the reason of an aborted signal; other errors are thrown again. */
function nullIfAborted(signal: AbortSignal): (thrown: unknown) => null {
  return (thrown) => {
    if (signal.aborted) return null
    throw thrown
  }
}
