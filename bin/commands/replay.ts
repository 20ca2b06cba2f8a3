import { parsePosition } from '../../lib/cli/numbers.ts'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { readRecording } from '../../lib/recording/replay.ts'
import { openSettings } from '../../lib/settings/settings.ts'
import { openReplay } from '../../ui/app/replay.ts'
import { restoreTerminalOnExit } from '../../ui/terminal/exit-handlers.ts'
import { loadFormatter } from '../../ui/view/render/formatter.ts'
import { type CliEnvironment, typedPath } from '../io/cli-environment.ts'
import { exit } from '../io/exit.ts'
import { readTypedFile } from '../io/read-typed-file.ts'
import { reportCrash } from '../io/report-crash.ts'
import { loadScreenParts } from '../screen-parts.ts'

/** Of a screen that is printed where there is no terminal to ask. */
const DEFAULT_SIZE = { columns: 120, rows: 36 }

const MAX_RECORDING_BYTES = 512 * 1_048_576

/** `letta replay FILE`: steps through the recording in a terminal; without one, prints the screen as text. */
export async function replay(
  cli: CliEnvironment,
  { operands: [path = ''], flags }: SubcommandInvocation,
): Promise<number> {
  const text = await readTypedFile(cli, path, { maxBytes: MAX_RECORDING_BYTES })
  const recording = readRecording(text, typedPath(cli, path))
  const last = recording.events.length
  const at = Math.min(parsePosition('at', flags.value('at')) ?? last, last)
  const { home, lettaDirectory, env: environment, stdout, stdin } = cli
  const { user } = openSettings({ home, lettaDirectory, directory: home })
  const { toolkit, theme, keymap } = await loadScreenParts(lettaDirectory, user)
  const shown = openReplay({
    recording,
    at,
    theme,
    keymap: keymap.keymap,
    environment,
    toolkit,
    formatter: await loadFormatter(),
  })
  if (!stdin.isTTY || !stdout.isTTY) {
    const { columns = DEFAULT_SIZE.columns, rows = DEFAULT_SIZE.rows } = process.stdout
    stdout.write(`${shown.text({ columns, rows })}\n`)
    return 0
  }
  const { terminal, closed } = shown.steps({
    input: process.stdin,
    output: process.stdout,
    environment,
  })
  const stop = restoreTerminalOnExit(terminal, {
    exit(code, error) {
      if (error !== undefined) reportCrash(error)
      exit(code)
    },
  })
  await closed
  stop()
  return 0
}
