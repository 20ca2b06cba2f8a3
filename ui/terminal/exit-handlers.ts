import type { Terminal } from './terminal.ts'

interface WaysOut {
  /** Ends the program; the terminal is restored by then. `problem`: what was thrown and not caught. */
  exit(code: number, problem?: unknown): void
}

/**
 * Restores the terminal when a signal or a bug ends the program (on a plain exit it restores itself), and says with which
 * code to end. The function returned takes that back.
 */
export function restoreTerminalOnExit(
  terminal: Pick<Terminal, 'leave' | 'isDetached'>,
  out: WaysOut,
): () => void {
  const leaveWith =
    (code: number) =>
    (problem?: unknown): void => {
      terminal.leave()
      out.exit(code, problem)
    }
  // Typed keys reach all in the foreground: while an editor has the terminal they are for the editor.
  const leaveOn = (signal: string, code: number): void => {
    const isTyped = signal === 'SIGINT' || signal === 'SIGQUIT'
    if (!(isTyped && terminal.isDetached)) leaveWith(code)()
  }
  const listeners: readonly (readonly [event: string, listener: (problem?: unknown) => void])[] = [
    ...Object.entries(SIGNAL_CODES).map(
      ([signal, code]) => [signal, () => leaveOn(signal, code)] as const,
    ),
    ['uncaughtException', (problem) => leaveWith(BUG)(problem)],
    ['unhandledRejection', (problem) => leaveWith(BUG)(problem)],
  ]
  for (const [event, listener] of listeners) process.on(event, listener)
  return () => {
    for (const [event, listener] of listeners) process.off(event, listener)
  }
}

const SIGNAL_CODES: Readonly<Record<string, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGTERM: 143,
}
const BUG = 70
