import { join } from 'node:path'
import { UsageError } from '../../lib/cli/parsed-flags.ts'
import { readBoundedSync } from '../../lib/fs/read-bounded.ts'
import { type Recording, readRecording } from '../../lib/recording/replay.ts'
import { openSettings } from '../../lib/settings/settings.ts'
import { messageOf, UserError } from '../../lib/util/user-error.ts'
import { commandIds } from '../../ui/app/command-list.ts'
import { openReplay } from '../../ui/app/replay.ts'
import { loadKeymap } from '../../ui/input/keymap-loader.ts'
import { restoreTerminalOnExit } from '../../ui/terminal/exit-handlers.ts'
import { loadToolkit } from '../../ui/terminal/toolkit.ts'
import { loadTheme } from '../../ui/theme/theme-loader.ts'
import { absolutePath, type Surroundings } from '../io/cli-environment.ts'
import { reportCrash } from '../io/report-crash.ts'
import type { SubcommandCall } from './with-agent.ts'

/** `letta replay FILE`: in a terminal step by step, else the screen as text. */
export async function replay(around: Surroundings, call: SubcommandCall): Promise<number> {
  const recording = readFile(absolutePath(around, call.operands[0] ?? ''))
  const at = positionOf(call.given.text('at'), recording.events.length)
  const { home, environment, stdout, stdin } = around
  const { theme, keymap, toolkit } = openSettings({ home, directory: home }).user
  const lettaFolder = join(home, '.letta')
  const [screen, look, keys] = await Promise.all([
    loadToolkit(toolkit),
    loadTheme(theme, lettaFolder),
    loadKeymap(keymap, lettaFolder, commandIds()),
  ])
  const shown = openReplay({
    recording,
    at,
    theme: look,
    keymap: keys.keymap,
    environment,
    toolkit: screen,
  })
  if (!stdin.isTTY || !stdout.isTTY) {
    const { columns = 120, rows = 36 } = process.stdout
    stdout.write(`${shown.text({ columns, rows })}\n`)
    return 0
  }
  const { terminal, closed } = shown.steps({
    input: process.stdin,
    output: process.stdout,
    environment,
  })
  const stop = restoreTerminalOnExit(terminal, {
    exit(code, problem) {
      if (problem !== undefined) reportCrash(problem)
      process.exit(code)
    },
  })
  await closed
  stop()
  return 0
}

const MAX_RECORDING_BYTES = 512 * 1_048_576

function readFile(path: string): Recording {
  try {
    const { bytes } = readBoundedSync(path, { maxBytes: MAX_RECORDING_BYTES })
    return readRecording(bytes.toString('utf8'), path)
  } catch (thrown) {
    if (thrown instanceof UserError && thrown.message.includes(path)) throw thrown
    throw new UserError(`${path}: ${messageOf(thrown)}`, { cause: thrown })
  }
}

function positionOf(text: string | null, count: number): number {
  if (text === null) return count
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), count)
  throw new UsageError(`--at wants a number of events, not "${text}".`)
}
