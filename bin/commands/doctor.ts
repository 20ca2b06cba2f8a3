import { EXIT_CODES } from '../../lib/cli/exit-codes.ts'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { openSettings } from '../../lib/settings/settings.ts'
import type { Check } from '../doctor/check.ts'
import {
  checkClipboard,
  checkDatabase,
  checkFiles,
  checkGit,
  checkNode,
  checkProxy,
  checkRipgrep,
} from '../doctor/machine.ts'
import { CHECK_NAMES } from '../doctor/messages.ts'
import { checkServer, checkSettings } from '../doctor/services.ts'
import { checkTerminal } from '../doctor/terminal.ts'
import { type CliEnvironment, workingDirectory } from '../io/cli-environment.ts'
import { createPrinter } from '../io/printer.ts'

const MARKS = { ok: '✓', warning: '!', failure: '✗' } as const

/** `letta doctor`: what letta needs and what this machine has, with what to do. Exit code 1 when letta cannot work. */
export async function checkInstallation(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const { print, printJson } = createPrinter(cli)
  const directory = workingDirectory(cli, invocation.options.directory)
  const settings = openSettings({ ...cli, directory })
  const groups = await Promise.all([
    checkNode(),
    checkFiles(cli),
    checkSettings(settings),
    checkTerminal(cli),
    checkClipboard(cli),
    checkGit(cli),
    checkRipgrep(cli),
    checkDatabase(cli),
    checkServer(cli, invocation, settings),
    checkProxy(cli),
  ])
  const checks = groups.flat()
  if (invocation.flags.has('json')) printJson(checks)
  else for (const check of checks) print(describe(check))
  const isBroken = checks.some(({ status }) => status === 'failure')
  return isBroken ? EXIT_CODES.failure : EXIT_CODES.success
}

function describe({ id, status, found, advice }: Check): string {
  const lines = advice.map((line) => `\n${' '.repeat(13)}${line}`)
  return `${MARKS[status]} ${CHECK_NAMES[id].padEnd(11)}${found}${lines.join('')}`
}
