import { EXIT_CODES } from '../lib/cli/exit-codes.ts'
import { type Invocation, parseCommandLine } from '../lib/cli/parse.ts'
import { LETTA_HOME } from '../lib/fs/letta-directory.ts'
import {
  ignoreUserError,
  PromptCancelledError,
  UsageError,
  UserError,
} from '../lib/util/user-error.ts'
import manifest from '../package.json' with { type: 'json' }
import { type ProcessContext, readCliEnvironment } from './io/cli-environment.ts'
import { missingPackage } from './io/missing-package.ts'
import { reportCrash } from './io/report-crash.ts'
import { safeOutput } from './io/safe-output.ts'
import { toShellMessage } from './io/shell-message.ts'
import { line, stdoutFailed } from './messages.ts'

/** Runs a command line; returns the exit code. Each kind of command line loads only what it needs. */
export async function main(argv: readonly string[], context: ProcessContext): Promise<number> {
  try {
    return await run(argv, context)
  } catch (error) {
    const thrown = missingPackage(error) ?? error
    if (!(thrown instanceof UserError)) {
      reportCrash(thrown)
      return EXIT_CODES.internalError
    }
    const hint = thrown.hint === undefined ? '' : `\n  ${thrown.hint.replaceAll('\n', '\n  ')}`
    const message = toShellMessage(`${thrown.message}${hint}`, context.env[LETTA_HOME])
    safeOutput(context.stderr).write(line(message))
    return exitCodeOf(thrown)
  }
}

function exitCodeOf(error: UserError): number {
  if (error instanceof UsageError) return EXIT_CODES.usageError
  return error instanceof PromptCancelledError ? EXIT_CODES.interrupted : EXIT_CODES.failure
}

async function run(argv: readonly string[], context: ProcessContext): Promise<number> {
  const invocation = parseCommandLine(argv, { stdinIsTerminal: context.stdin.isTTY === true })
  switch (invocation.type) {
    case 'help': {
      const { helpText, subcommandHelp } = await import('../lib/cli/help.ts')
      const { subcommands } = invocation
      context.stdout.write(subcommands.length === 0 ? helpText() : subcommandHelp(subcommands))
      return EXIT_CODES.success
    }
    case 'version':
      context.stdout.write(`${manifest.version} (Letta Workbench)\n`)
      return EXIT_CODES.success
    case 'usageError':
      throw new UsageError(invocation.message)
    default: {
      const { useProxies } = await import('../lib/client/use-proxies.ts')
      const isDiagnosis = invocation.type === 'subcommand' && invocation.name === 'doctor'
      // letta doctor reports a proxy that cannot be used as one of its checks.
      await useProxies(context.env).catch(isDiagnosis ? ignoreUserError : rethrow)
      return start(invocation, context)
    }
  }
}

function rethrow(thrown: unknown): never {
  throw thrown
}

type StartingInvocation = Exclude<Invocation, { type: 'help' | 'version' | 'usageError' }>

async function start(invocation: StartingInvocation, context: ProcessContext): Promise<number> {
  switch (invocation.type) {
    case 'workbench': {
      const { runWorkbench } = await import('./workbench.ts')
      return runWorkbench(readCliEnvironment(context), invocation)
    }
    case 'headless': {
      const { runHeadlessTurn } = await import('./headless.ts')
      return runHeadlessTurn(readCliEnvironment(context), invocation)
    }
    case 'info': {
      warn(invocation, context)
      const { printInfo } = await import('./info.ts')
      return printInfo(readCliEnvironment(context), invocation.options)
    }
    case 'subcommand': {
      warn(invocation, context)
      const { runSubcommand } = await import('./commands/index.ts')
      return runSubcommand(readCliEnvironment(context), invocation)
    }
  }
}

function warn(
  { options }: Extract<StartingInvocation, { type: 'info' | 'subcommand' }>,
  { stderr }: ProcessContext,
): void {
  for (const warning of options.warnings) safeOutput(stderr).write(line(toShellMessage(warning)))
}

/** `letta … | head` closes the pipe early. That is not an error, and the program ends since nothing reads its output. */
export function exitOnEpipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.emit('SIGTERM', 'SIGPIPE')
    else safeOutput(process.stderr).write(line(stdoutFailed(error.message)))
  })
}
