import { spawn } from 'node:child_process'
import type { CopyMethod } from '../commands/workbench-command.ts'

type Environment = Readonly<Record<string, string | undefined>>

interface ClipboardPorts {
  readonly environment: Environment
  readonly platform: NodeJS.Platform
  /** Sends the text to the terminal; false when it is too long. */
  sendToTerminal(text: string): boolean
}

/**
 * Copies text by the terminal (OSC 52), and on this machine by a clipboard program as well: a terminal does not say whether it
 * has taken the text, a program does. Over SSH only the terminal reaches the user's clipboard.
 */
export async function copyText(
  text: string,
  { environment, platform, sendToTerminal }: ClipboardPorts,
): Promise<CopyMethod | null> {
  const isSent = sendToTerminal(text)
  const programs = isSent && isRemote(environment) ? [] : clipboardPrograms(environment, platform)
  for (const [program, ...args] of [...programs, ...multiplexerPrograms(environment)]) {
    if (program !== undefined && (await runs(program, args, text, environment))) return { program }
  }
  return isSent ? 'terminal' : null
}

function isRemote(environment: Environment): boolean {
  return Boolean(environment['SSH_TTY'] || environment['SSH_CONNECTION'])
}

/** By default tmux ignores OSC 52 of programs. With `-w` it also sends the text to the terminals that it is shown in. */
function multiplexerPrograms(environment: Environment): readonly (readonly string[])[] {
  return environment['TMUX'] ? [['tmux', 'load-buffer', '-w', '-']] : []
}

/** The programs that may reach the clipboard here, with their arguments. */
export function clipboardPrograms(
  environment: Environment,
  platform: NodeJS.Platform,
): readonly (readonly string[])[] {
  if (platform === 'darwin') return [['pbcopy']]
  if (environment['TERMUX_VERSION']) return [['termux-clipboard-set']]
  const wayland = environment['WAYLAND_DISPLAY'] ? [['wl-copy']] : []
  const x11 = environment['DISPLAY']
    ? [
        ['xclip', '-selection', 'clipboard'],
        ['xsel', '--clipboard', '--input'],
      ]
    : []
  return [...wayland, ...x11]
}

/** A program that does not end, because its display does not answer, is killed. */
const PROGRAM_TIMEOUT_MS = 2000

/** Whether the program has taken the text and ended without an error. */
function runs(
  program: string,
  args: readonly string[],
  text: string,
  environment: Environment,
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...environment },
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: PROGRAM_TIMEOUT_MS,
    })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
    // A program that ends early closes its input; its exit code is what counts.
    child.stdin.once('error', () => undefined)
    child.stdin.end(text)
  })
}
