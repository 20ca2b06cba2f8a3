import type { Terminal } from './terminal.ts'

interface ExitPorts {
  /** Ends the program; the terminal has been restored by then. `error`: the uncaught value that was thrown, if any. */
  exit(code: number, error?: unknown): void
}

/**
 * Restores the terminal when a signal or an uncaught error ends the program, and passes on the exit code. On a normal
 * exit the terminal restores itself. The returned function removes the handlers.
 */
export function restoreTerminalOnExit(
  terminal: Pick<Terminal, 'leave' | 'isDetached'>,
  ports: ExitPorts,
): () => void {
  const leaveWith =
    (code: number) =>
    (error?: unknown): void => {
      terminal.leave()
      ports.exit(code, error)
    }
  // The signal of a typed key reaches every process in the foreground. While an editor has the terminal, it is for the editor.
  const leaveOn = (signal: string, code: number): void => {
    const isTyped = signal === 'SIGINT' || signal === 'SIGQUIT'
    if (!(isTyped && terminal.isDetached)) leaveWith(code)()
  }
  const listeners: readonly (readonly [event: string, listener: (error?: unknown) => void])[] = [
    ...Object.entries(SIGNAL_CODES).map(
      ([signal, code]) => [signal, () => leaveOn(signal, code)] as const,
    ),
    ['uncaughtException', (error) => leaveWith(INTERNAL_ERROR_CODE)(error)],
    ['unhandledRejection', (error) => leaveWith(INTERNAL_ERROR_CODE)(error)],
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
/** EX_SOFTWARE of sysexits.h. */
const INTERNAL_ERROR_CODE = 70
