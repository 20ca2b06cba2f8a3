const TICK_MS = 20

export interface ProcessClock {
  /** Milliseconds in which this process could run. */
  now(): number
  stop(): void
}

/**
 * A tick counts once, however late it comes, so that a busy machine makes nothing look slow. What this process computes counts as
 * well.
 */
export function startProcessClock(): ProcessClock {
  let ticks = 0
  const timer = setInterval(() => ticks++, TICK_MS)
  const cpu = (): number => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
  const used = cpu()
  return {
    now: () => ticks * TICK_MS + cpu() - used,
    stop: () => clearInterval(timer),
  }
}
