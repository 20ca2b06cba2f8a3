/** Stopping by ctrl-z, and coming back by `fg`. */
interface Suspension {
  suspend(): void
  close(): void
}

interface SuspensionOptions {
  isOnScreen(): boolean
  leave(): void
  enter(): void
}

export function createSuspension(options: SuspensionOptions): Suspension {
  let isStopping = false

  const suspend = (): void => {
    if (isStopping) return
    isStopping = true
    const wasOnScreen = options.isOnScreen()
    options.leave()
    process.off('SIGTSTP', suspend)
    const comeBack = (): void => {
      clearTimeout(timer)
      process.off('SIGCONT', comeBack)
      process.on('SIGTSTP', suspend)
      process.on('SIGCONT', onContinue)
      isStopping = false
      if (wasOnScreen) options.enter()
    }
    process.off('SIGCONT', onContinue)
    process.on('SIGCONT', comeBack)
    // Without a job control shell nobody stops us and nobody continues us. It also keeps node running while stopped:
    // with nothing to wait for it would end on SIGCONT.
    const timer = setTimeout(comeBack, NOT_STOPPED)
    // The whole group, as the shell waits for its leader (npm, for example).
    process.kill(0, 'SIGTSTP')
  }

  // Stopped from outside by SIGSTOP: whoever had the terminal meanwhile may have changed its modes.
  const onContinue = (): void => {
    if (!options.isOnScreen()) return
    options.leave()
    options.enter()
  }

  process.on('SIGTSTP', suspend)
  process.on('SIGCONT', onContinue)
  return {
    suspend,
    close() {
      process.off('SIGTSTP', suspend)
      process.off('SIGCONT', onContinue)
    },
  }
}

const NOT_STOPPED = 200
