import type { SessionEvent } from '../../lib/session/events.ts'
import { pendingApprovals } from '../../lib/session/state.ts'
import type { Store } from '../../lib/store.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import type { RootState } from '../state/state.ts'
import type { Terminal } from '../terminal/terminal.ts'

export type RootStore = Store<RootState, SessionEvent | WorkbenchEvent>

const TICK_MS = 100

/**
 * Draws a frame for each change of the store: at once for what a person did, gathered for what streams in. Ticks while a turn
 * runs, and rings the bell when a call awaits approval in a terminal without focus. Returns the function that stops it.
 */
export function startRenderScheduler(
  root: RootStore,
  terminal: Terminal,
  now: () => number,
): () => void {
  let clock: NodeJS.Timeout | null = null
  const stopClock = (): void => {
    if (clock !== null) clearInterval(clock)
    clock = null
  }
  const stop = root.subscribe((state, event) => {
    terminal.invalidate(isGathered(event.type) ? 'soon' : 'now')
    if (state.session.turn.type === 'idle') stopClock()
    else clock ??= setInterval(() => root.dispatch({ type: 'tick', at: now() }), TICK_MS)
    if (!state.workbench.terminalFocused && wantsAttention(state, event)) terminal.bell()
  })
  return () => {
    stop()
    stopClock()
  }
}

/** Events that arrive in bursts: one frame is drawn for many. */
const GATHERED = new Set<string>([
  'message.delta',
  'tool.delta',
  'tool.output',
  'job.output',
  'tick',
  'viewport.changed',
  'formatter.loaded',
])

function isGathered(type: (SessionEvent | WorkbenchEvent)['type']): boolean {
  return GATHERED.has(type)
}

function wantsAttention(state: RootState, { type }: SessionEvent | WorkbenchEvent): boolean {
  if (type === 'turn.finished') return true
  return type === 'approval.requested' && pendingApprovals(state.session).length > 0
}
