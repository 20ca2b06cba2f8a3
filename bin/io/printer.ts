import { shownLettaDirectory } from '../../lib/fs/letta-directory.ts'
import type { Settings } from '../../lib/settings/settings.ts'
import { stringifyForTerminal } from '../../lib/util/sanitize.ts'
import type { MessageWithHint } from '../../lib/util/user-error.ts'
import { line } from '../messages.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { toShellMessage } from './shell-message.ts'

/** Writes the result to standard output, and notices to standard error. */
export interface CliPrinter {
  /** Returns exit code 0, for a subcommand to end with. */
  print(text: string): number
  printJson(value: object): number
  /** A line for people, in addition to the result. */
  notify(message: string): void
}

export function createPrinter(cli: PrinterEnvironment): CliPrinter {
  const { stdout, stderr } = cli
  return {
    print(text) {
      stdout.write(`${text}\n`)
      return 0
    },
    printJson(value) {
      stdout.write(`${stringifyForTerminal(value, 2)}\n`)
      return 0
    },
    notify(message) {
      stderr.write(line(toShellMessage(message, shownLettaDirectory(cli))))
    },
  }
}

type PrinterEnvironment = Pick<CliEnvironment, 'stdout' | 'stderr' | 'home' | 'lettaDirectory'>

/** With its hint. With a session open, the session reports it. */
export function notifyWarning(
  warning: MessageWithHint | null | undefined,
  { notify }: Pick<CliPrinter, 'notify'>,
): void {
  if (warning == null) return
  notify(warning.message)
  notify(warning.hint)
}

/** Errors in settings files. With a session open, the session reports them. */
export function notifySettingsErrors(
  { problems }: Settings,
  { notify }: Pick<CliPrinter, 'notify'>,
): void {
  for (const { message } of problems) notify(message)
}
