import type { Entry } from '../../lib/session/state/entry.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import type { RootState, WorkbenchState } from './state.ts'

/**
 * The state without what moves while an answer streams in: its text, and the time. The same object as before as long as nothing
 * else has changed, so that what shows neither is drawn once and not for each frame.
 */
export function unmoved(state: RootState): RootState {
  const session = unmovedSession(state.session)
  const workbench = unmovedWorkbench(state.workbench)
  if (session !== newest?.session || workbench !== newest.workbench) newest = { session, workbench }
  return newest
}

let newest: RootState | null = null
let newestSession: Unmoved<SessionState> | null = null
let newestWorkbench: Unmoved<WorkbenchState> | null = null

/** The last value, and what it was without what moves. */
interface Unmoved<Value> {
  readonly from: Value
  readonly value: Value
}

function unmovedSession(from: SessionState): SessionState {
  if (newestSession?.from === from) return newestSession.value
  const before = newestSession
  const value = before !== null && isSameSession(before.from, from) ? before.value : null
  newestSession = { from, value: value ?? withoutMoves(from) }
  return newestSession.value
}

function withoutMoves(session: SessionState): SessionState {
  const { turn, current } = session
  return {
    ...session,
    turn: turn.type === 'idle' ? turn : { ...turn, lastEventAt: 0 },
    current: current.map((entry) => (isWritten(entry) ? { ...entry, text: '' } : entry)),
  }
}

function unmovedWorkbench(from: WorkbenchState): WorkbenchState {
  if (newestWorkbench?.from === from) return newestWorkbench.value
  const before = newestWorkbench
  const isSame = before !== null && isSameExcept(MOVING.workbench, before.from, from)
  newestWorkbench = { from, value: isSame ? before.value : { ...from, now: 0 } }
  return newestWorkbench.value
}

const MOVING = {
  session: new Set<string>(['turn', 'current']),
  turn: new Set<string>(['lastEventAt']),
  entry: new Set<string>(['text']),
  workbench: new Set<string>(['now']),
}

function isSameSession(one: SessionState, other: SessionState): boolean {
  return (
    isSameExcept(MOVING.turn, one.turn, other.turn) &&
    one.current.length === other.current.length &&
    one.current.every((entry, index) => isSameEntry(entry, other.current[index])) &&
    isSameExcept(MOVING.session, one, other)
  )
}

function isSameEntry(one: Entry, other: Entry | undefined): boolean {
  if (one === other) return true
  return other !== undefined && isWritten(other) && isSameExcept(MOVING.entry, one, other)
}

/** Only these grow while they stream in. */
function isWritten(entry: Entry): entry is Extract<Entry, { type: 'assistant' | 'reasoning' }> {
  return entry.type === 'assistant' || entry.type === 'reasoning'
}

function isSameExcept<Value extends object>(
  except: ReadonlySet<string>,
  one: Value,
  other: Value,
): boolean {
  // Each frame compares the complete state: a loop needs no list of the members.
  for (const key in other) if (one[key] !== other[key] && !except.has(key)) return false
  for (const key in one) if (!(key in other)) return false
  return true
}
