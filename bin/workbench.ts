import { join } from 'node:path'
import type { Invocation } from '../lib/cli/parse.ts'
import { UsageError } from '../lib/cli/parsed-flags.ts'
import { toShellMessage } from '../lib/cli/shell-message.ts'
import { commandIds } from '../ui/app/command-list.ts'
import { exitSummary } from '../ui/app/exit-summary.ts'
import { openWorkbench } from '../ui/app/workbench.ts'
import { loadKeymap } from '../ui/input/keymap-loader.ts'
import { restoreTerminalOnExit } from '../ui/terminal/exit-handlers.ts'
import { loadToolkit } from '../ui/terminal/toolkit.ts'
import { loadTheme } from '../ui/theme/theme-loader.ts'
import type { Surroundings } from './io/cli-environment.ts'
import { end } from './io/exit-signals.ts'
import { reportCrash } from './io/report-crash.ts'
import { prepareSession } from './session-options.ts'

/** The full screen, until the user quits. */
export async function runWorkbench(
  around: Surroundings,
  { options, prompt }: Extract<Invocation, { kind: 'workbench' }>,
): Promise<number> {
  const wanted = toolkitOf(around.environment['LETTA_TUI'])
  if (!process.stdout.isTTY) {
    throw new UsageError(
      'Standard output is no terminal: use letta -p for one turn without a screen.',
    )
  }
  const { session, settings, clean } = await prepareSession(around, options, true)
  const { theme, keymap, toolkit, tokenStreaming: streaming } = settings.values
  const lettaFolder = join(around.home, '.letta')
  const [screen, look, keys] = await Promise.all([
    loadToolkit(wanted ?? toolkit),
    loadTheme(theme, lettaFolder),
    loadKeymap(keymap, lettaFolder, commandIds()),
  ])
  const workbench = openWorkbench({
    session,
    firstPrompt: prompt,
    theme: look,
    keymap: keys,
    streaming,
    toolkit: screen,
    lettaFolder,
    input: process.stdin,
    output: process.stdout,
    environment: around.environment,
    now: Date.now,
  })
  restoreTerminalOnExit(workbench.terminal, {
    exit(code, problem) {
      if (problem !== undefined) reportCrash(problem)
      clean()
      end(code)
    },
  })
  await workbench.closed
  clean()
  if (!session.demo) process.stdout.write(exitSummary(workbench.state().session, Date.now()) ?? '')
  for (const line of workbench.exitLines()) process.stdout.write(`${toShellMessage(line)}\n`)
  for (const warning of options.warnings) process.stderr.write(`letta: ${warning}\n`)
  return 0
}

function toolkitOf(name: string | undefined): 'blessed' | 'neo-blessed' | null {
  if (name === undefined || name === '') return null
  if (name === 'blessed' || name === 'neo-blessed') return name
  throw new UsageError(`LETTA_TUI: "${name}" is no toolkit; there are blessed and neo-blessed.`)
}
