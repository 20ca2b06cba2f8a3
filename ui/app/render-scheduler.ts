import type { SessionEvent } from '../../lib/session/events.ts'
import { shellLineStart } from '../../lib/session/state/selectors.ts'
import type { Store } from '../../lib/store.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import type { RootState } from '../state/state.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { hasSideColumn } from '../view/side-column.ts'

export type RootStore = Store<RootState, SessionEvent | WorkbenchEvent>

/**
 * Milliseconds between ticks: of the spinner of a turn, until a hint is removed, of the time that jobs and lines of the shell take,
 * until a message may be sent again, and of the ages on a page.
 */
const TICK_MS = {
  turn: 100,
  hint: 100,
  jobs: 1000,
  countdown: 1000,
  ages: 1000,
  history: 10_000,
} as const

/**
 * Draws a frame for each change of the store: at once for what a person did, gathered for what streams in. Ticks while a turn
 * runs or jobs run in sight. Returns the function that stops it.
 */
export function startRenderScheduler(
  root: RootStore,
  terminal: Pick<Terminal, 'invalidate'>,
  now: () => number,
): () => void {
  let clock: NodeJS.Timeout | null = null
  let pace: keyof typeof TICK_MS | null = null
  const setPace = (wanted: typeof pace): void => {
    if (wanted === pace) return
    if (clock !== null) clearInterval(clock)
    pace = wanted
    const tick = (): void => root.dispatch({ type: 'tick', at: now() })
    // The ages of a page that was left an hour ago are right in its first frame, and the times of jobs.
    if (wanted !== null && BEGINS_AT_ONCE.has(wanted)) queueMicrotask(tick)
    clock = wanted === null ? null : setInterval(tick, TICK_MS[wanted])
  }
  const stop = root.subscribe((state, event) => {
    terminal.invalidate(frameTimeOf(event.type))
    setPace(paceOf(state))
  })
  return () => {
    stop()
    setPace(null)
  }
}

function paceOf(state: RootState): keyof typeof TICK_MS | null {
  const { session, workbench } = state
  if (session.turn.type !== 'idle') return 'turn'
  if (workbench.flash?.until !== undefined) return 'hint'
  if ((session.failedTurn?.retryAt ?? 0) > workbench.now) return 'countdown'
  if (session.retryWaits.length > 0) return 'countdown'
  if (shellLineStart(session) !== null) return 'jobs'
  if (workbench.page === 'changes' && session.changes.listed.summary.turns.length > 0) return 'ages'
  if (workbench.page === 'conversations' && workbench.conversations.rows !== null) return 'ages'
  if (workbench.page === 'memory' && workbench.memory.page.facts !== null) return 'history'
  const shows = workbench.page === 'jobs' || hasSideColumn(state)
  return shows && session.jobs.some(({ status }) => status.type === 'running') ? 'jobs' : null
}

const BEGINS_AT_ONCE: ReadonlySet<keyof typeof TICK_MS> = new Set(['jobs', 'ages', 'history'])

/** Events that arrive in bursts: one frame is drawn for many. */
const GATHERED = new Set<string>([
  'message.delta',
  'tool.delta',
  'tool.output',
  'job.output',
  'viewport.changed',
  'formatter.loaded',
])

function frameTimeOf(type: (SessionEvent | WorkbenchEvent)['type']): 'now' | 'soon' | 'later' {
  if (type === 'tick') return 'later'
  return GATHERED.has(type) ? 'soon' : 'now'
}
