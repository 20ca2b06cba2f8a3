/** Suspends the program on Ctrl+Z, and resumes it on `fg`. */
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
    const resume = (): void => {
      clearTimeout(timer)
      process.off('SIGCONT', resume)
      process.on('SIGTSTP', suspend)
      process.on('SIGCONT', onContinue)
      isStopping = false
      if (wasOnScreen) options.enter()
    }
    process.off('SIGCONT', onContinue)
    process.on('SIGCONT', resume)
    // Without a shell that controls jobs, the process is neither stopped nor continued. The timer also prevents Node from
    // exiting on SIGCONT, when the event loop would otherwise be empty.
    const timer = setTimeout(resume, STOP_TIMEOUT_MS)
    // The signal goes to the process group, as the shell waits for its leader (npm, for example).
    process.kill(0, 'SIGTSTP')
  }

  // After SIGSTOP from another process: the program that had the terminal meanwhile may have changed its modes.
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

const STOP_TIMEOUT_MS = 200
