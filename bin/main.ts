import { parseArguments } from '../lib/cli/parse.ts'
import { UsageError } from '../lib/cli/parsed-flags.ts'
import { toShellMessage } from '../lib/cli/shell-message.ts'
import { UserError } from '../lib/util/user-error.ts'
import manifest from '../package.json' with { type: 'json' }
import { type ProcessContext, readCliEnvironment } from './io/cli-environment.ts'
import { BUG, reportCrash } from './io/report-crash.ts'

const MISUSE = 2

/** Does what the command line asks; gives the exit code. Each way loads only what it needs. */
export async function main(argv: readonly string[], world: ProcessContext): Promise<number> {
  try {
    return await run(argv, world)
  } catch (thrown) {
    if (!(thrown instanceof UserError)) {
      reportCrash(thrown)
      return BUG
    }
    const hint = thrown.hint === undefined ? '' : `\n  ${thrown.hint.replaceAll('\n', '\n  ')}`
    world.stderr.write(toShellMessage(`letta: ${thrown.message}${hint}\n`))
    return thrown instanceof UsageError ? MISUSE : 1
  }
}

async function run(argv: readonly string[], world: ProcessContext): Promise<number> {
  const invocation = parseArguments(argv, { stdinIsTerminal: world.stdin.isTTY === true })
  switch (invocation.kind) {
    case 'help': {
      const { helpText, subcommandHelp } = await import('../lib/cli/help.ts')
      const { of } = invocation
      world.stdout.write(of.length === 0 ? helpText() : subcommandHelp(of))
      return 0
    }
    case 'version':
      world.stdout.write(`${manifest.version} (Letta Workbench)\n`)
      return 0
    case 'misuse':
      world.stderr.write(`letta: ${invocation.message}\n`)
      return MISUSE
    case 'workbench': {
      const { runWorkbench } = await import('./workbench.ts')
      return runWorkbench(readCliEnvironment(world), invocation)
    }
    case 'headless': {
      const { runPrompt } = await import('./headless.ts')
      return runPrompt(readCliEnvironment(world), invocation)
    }
    case 'info': {
      const { tellInfo } = await import('./info.ts')
      return tellInfo(readCliEnvironment(world), invocation.options)
    }
    case 'subcommand': {
      const { runSubcommand } = await import('./commands/index.ts')
      return runSubcommand(readCliEnvironment(world), invocation)
    }
  }
}

/** `letta … | head` closes the pipe early: nothing is wrong then, and nobody reads on. */
export function exitOnEpipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.emit('SIGTERM', 'SIGPIPE')
    else process.stderr.write(`letta: Standard output cannot be written: ${error.message}\n`)
  })
}
