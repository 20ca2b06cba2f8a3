/** Decides when frames are painted: at once after a key, gathered otherwise, and one at a time. */
interface Frames {
  invalidate(when: 'now' | 'soon'): void
  /** No frame until `resume`. */
  pause(): void
  resume(): void
}

/** `paint` calls `done` when the terminal has taken the frame. */
export function createFrames(paint: (done: () => void) => void): Frames {
  let isPaused = true
  let isInFlight = false
  let wanted: 'now' | 'soon' | null = null
  let scheduled: { readonly when: 'now' | 'soon'; cancel(): void } | null = null
  let nextAt = Number.NEGATIVE_INFINITY

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
    nextAt = Math.max(from + INTERVAL, to + (to - from) * SHARE)
  }

  return {
    invalidate(when) {
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

/** Milliseconds; not more than 60 frames a second. */
const INTERVAL = 17

/** Times as long as a frame took are left to the rest: a text of a megabyte without a break takes long to lay out. */
const SHARE = 2

function immediately(run: () => void): { when: 'now'; cancel(): void } {
  const immediate = setImmediate(run)
  return { when: 'now', cancel: () => clearImmediate(immediate) }
}

function after(time: number, run: () => void): { when: 'soon'; cancel(): void } {
  const timer = setTimeout(run, Math.max(0, time - performance.now()))
  return { when: 'soon', cancel: () => clearTimeout(timer) }
}
