import { EXIT_CODES } from '../../lib/cli/exit-codes.ts'

interface SignalHandling {
  /** Aborted by the first signal, which is the reason. */
  readonly abort: AbortSignal
  /** The exit code of the turn, or 143 after SIGTERM or SIGHUP. */
  exitCode(code: number): number
  stop(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The first signal cancels the work, so that it ends properly on the server too; a second one ends the process at once. */
export function cancelOnSignals(): SignalHandling {
  const controller = new AbortController()
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  // The listener stays after the first signal: signal-exit, which execa uses, ends the process when its own listeners are the only
  // ones left.
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      process.exit(signal === 'SIGINT' ? EXIT_CODES.interrupted : EXIT_CODES.terminated)
    }
    controller.abort(signal)
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  const { signal: abort } = controller
  return {
    abort,
    exitCode: (code) => (abort.aborted && abort.reason !== 'SIGINT' ? EXIT_CODES.terminated : code),
    stop,
  }
}
