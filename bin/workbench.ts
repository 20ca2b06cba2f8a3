import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Invocation } from '../lib/cli/parse.ts'
import { shownLettaDirectory } from '../lib/fs/letta-directory.ts'
import { UsageError } from '../lib/util/user-error.ts'
import { exitSummary } from '../ui/app/exit-summary.ts'
import { openWorkbench } from '../ui/app/workbench.ts'
import { SLASH_NAMES } from '../ui/commands/slash-names.ts'
import { restoreTerminalOnExit } from '../ui/terminal/exit-handlers.ts'
import type { CliEnvironment } from './io/cli-environment.ts'
import { exit } from './io/exit.ts'
import { createPrinter } from './io/printer.ts'
import { reportCrash } from './io/report-crash.ts'
import { toShellMessage } from './io/shell-message.ts'
import { invalidToolkit, STDOUT_NOT_A_TERMINAL } from './messages.ts'
import { loadScreenParts } from './screen-parts.ts'
import { prepareSession } from './session-options.ts'

/** Runs the workbench until the user quits; returns the exit code. */
export async function runWorkbench(
  cli: CliEnvironment,
  { options, prompt, command }: Extract<Invocation, { type: 'workbench' }>,
): Promise<number> {
  const chosenToolkit = parseToolkit(cli.env['LETTA_TUI'])
  if (!process.stdout.isTTY) {
    throw new UsageError(STDOUT_NOT_A_TERMINAL)
  }
  const { session, settings, removeScratch } = await prepareSession(cli, options, true)
  try {
    const { values } = settings
    const names = {
      ...values,
      toolkit: chosenToolkit ?? values.toolkit,
      theme: options.theme ?? values.theme,
    }
    const workbench = openWorkbench({
      ...(await loadScreenParts(cli.lettaDirectory, names)),
      session,
      firstPrompt: command === undefined ? prompt : `/${SLASH_NAMES[command]}`,
      streaming: values.tokenStreaming,
      mouse: values.mouse,
      images: values.images,
      sideColumn: settings.user.sideColumn,
      delivery: values.messageDelivery,
      notifications: settings.user.notifications,
      lettaDirectory: cli.lettaDirectory,
      input: process.stdin,
      output: process.stdout,
      environment: cli.env,
      now: Date.now,
    })
    let isEnding = false
    restoreTerminalOnExit(workbench.terminal, {
      exit(code, error) {
        // Once the terminal is gone, reads and writes of it fail meanwhile.
        if (isEnding) return
        isEnding = true
        if (error !== undefined) reportCrash(error)
        const end = (): void => {
          removeScratch()
          exit(code)
        }
        workbench.storeDrafts().then(end, end)
      },
    })
    await workbench.closed
    if (workbench.next() === 'demo') return await runDemo()
    const { demo } = session
    if (!demo)
      cli.stdout.write(
        exitSummary(workbench.state().session, Date.now(), workbench.sessions()) ?? '',
      )
    const shown = shownLettaDirectory(cli)
    for (const line of workbench.exitLines()) cli.stdout.write(`${toShellMessage(line, shown)}\n`)
  } finally {
    removeScratch()
  }
  const { notify } = createPrinter(cli)
  for (const warning of options.warnings) notify(warning)
  return 0
}

/** In a separate process, which has the terminal until it ends. */
async function runDemo(): Promise<number> {
  const [, program = ''] = process.argv
  const args = [...process.execArgv, program, '--demo']
  const demo = spawn(process.execPath, args, { stdio: 'inherit' })
  const [code] = await once(demo, 'exit')
  return typeof code === 'number' ? code : 1
}

function parseToolkit(name: string | undefined): 'blessed' | 'neo-blessed' | null {
  if (name === undefined || name === '') return null
  if (name === 'blessed' || name === 'neo-blessed') return name
  throw new UsageError(invalidToolkit(name))
}
