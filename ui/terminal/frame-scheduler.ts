/** Decides when frames are painted: at once after a key, otherwise combined, and one at a time. */
interface FrameScheduler {
  invalidate(when: 'now' | 'soon'): void
  /** No frame is painted until `resume`. */
  pause(): void
  resume(): void
}

/** `paint` calls `done` when the terminal has accepted the frame. */
export function createFrameScheduler(paint: (done: () => void) => void): FrameScheduler {
  let isPaused = true
  let isInFlight = false
  let wanted: 'now' | 'soon' | null = null
  let scheduled: { readonly when: 'now' | 'soon'; cancel(): void } | null = null
  let nextAt = Number.NEGATIVE_INFINITY
  let usedAt = Number.NEGATIVE_INFINITY

  const schedule = (): void => {
    if (wanted === null || isPaused || isInFlight) return
    if (scheduled?.when === 'now' || scheduled?.when === wanted) return
    scheduled?.cancel()
    scheduled = wanted === 'now' ? immediately(run) : after(nextAt, run)
  }

  const run = (): void => {
    scheduled = null
    wanted = null
    isInFlight = true
    const from = performance.now()
    paint(() => {
      isInFlight = false
      schedule()
    })
    const to = performance.now()
    const isInUse = from - usedAt < IN_USE_MS
    const interval = isInUse ? FRAME_INTERVAL_MS : STREAM_INTERVAL_MS
    nextAt = Math.max(from + interval, to + (to - from) * IDLE_FACTOR)
  }

  return {
    invalidate(when) {
      if (when === 'now') usedAt = performance.now()
      if (wanted !== 'now') wanted = when
      schedule()
    },
    pause() {
      isPaused = true
      scheduled?.cancel()
      scheduled = null
    },
    resume() {
      isPaused = false
      isInFlight = false
      schedule()
    },
  }
}

/** At most 60 frames a second for a second after a key, and 31 while text only streams in. */
const FRAME_INTERVAL_MS = 17
const STREAM_INTERVAL_MS = 32
const IN_USE_MS = 1000

/**
 * The pause after a frame, in multiples of its duration: a text of a megabyte without a line break takes long to lay out,
 * and the rest of the program has to run meanwhile.
 */
const IDLE_FACTOR = 2

function immediately(run: () => void): { when: 'now'; cancel(): void } {
  const immediate = setImmediate(run)
  return { when: 'now', cancel: () => clearImmediate(immediate) }
}

function after(time: number, run: () => void): { when: 'soon'; cancel(): void } {
  const timer = setTimeout(run, Math.max(0, time - performance.now()))
  return { when: 'soon', cancel: () => clearTimeout(timer) }
}
