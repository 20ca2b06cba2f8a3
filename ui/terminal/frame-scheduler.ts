/** `now`: for a key, and what happens once. `soon`: for what streams in. `later`: for what may be a moment late, as the time that is shown. */
export type FrameTime = 'now' | 'soon' | 'later'

const URGENCY = { later: 0, soon: 1, now: 2 } as const

/** Decides when frames are painted: at once after a key or a single event, otherwise combined, and one at a time. */
interface FrameScheduler {
  invalidate(when: FrameTime): void
  /** No frame is painted until `resume`. */
  pause(): void
  resume(): void
}

/** `paint` calls `done` when the terminal has accepted the frame. */
export function createFrameScheduler(paint: (done: () => void) => void): FrameScheduler {
  let isPaused = true
  let isInFlight = false
  let wanted: FrameTime | null = null
  let scheduled: { readonly when: FrameTime; cancel(): void } | null = null
  let nextAt = Number.NEGATIVE_INFINITY
  let usedAt = Number.NEGATIVE_INFINITY

  const schedule = (): void => {
    if (wanted === null || isPaused || isInFlight) return
    if (scheduled !== null && URGENCY[scheduled.when] >= URGENCY[wanted]) return
    scheduled?.cancel()
    const wait = wanted === 'now' ? 0 : nextAt - performance.now()
    if (wanted === 'later') scheduled = after(Math.max(wait, LATER_MS), 'later', run)
    else scheduled = wait < SLACK_MS ? immediately(run) : after(wait, 'soon', run)
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
      if (wanted === null || URGENCY[when] > URGENCY[wanted]) wanted = when
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

/** A change that comes this much early is painted at once, rather than by another timer. */
const SLACK_MS = 3

/** Text that streams in follows within this time, and the frame of that shows the rest, too. */
const LATER_MS = 40

/**
 * The pause after a frame, in multiples of its duration: a text of a megabyte without a line break takes long to lay out,
 * and the rest of the program has to run meanwhile.
 */
const IDLE_FACTOR = 2

function immediately(run: () => void): { when: 'now'; cancel(): void } {
  const immediate = setImmediate(run)
  return { when: 'now', cancel: () => clearImmediate(immediate) }
}

function after<When>(wait: number, when: When, run: () => void): { when: When; cancel(): void } {
  const timer = setTimeout(run, wait)
  return { when, cancel: () => clearTimeout(timer) }
}
