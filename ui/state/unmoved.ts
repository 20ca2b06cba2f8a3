import type { Entry } from '../../lib/session/state/entry.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { createEditor, EMPTY_EDITOR } from './editor.ts'
import type { RootState, WorkbenchState } from './state.ts'

/** Something for a value, the same object as before as long as what it depends on is the same. */
type Projection<Value> = (from: Value) => Value

function createProjection<Value>(
  isSame: (one: Value, other: Value) => boolean,
  project: (from: Value) => Value,
): Projection<Value> {
  let newest: { readonly from: Value; readonly value: Value } | null = null
  return (from) => {
    const before = newest
    if (before?.from === from) return before.value
    const value = before !== null && isSame(before.from, from) ? before.value : project(from)
    newest = { from, value }
    return value
  }
}

function createStill(
  ofSession: Projection<SessionState>,
  ofWorkbench: Projection<WorkbenchState>,
): Projection<RootState> {
  let newest: RootState | null = null
  return (state) => {
    const session = ofSession(state.session)
    const workbench = ofWorkbench(state.workbench)
    if (session !== newest?.session || workbench !== newest.workbench)
      newest = { session, workbench }
    return newest
  }
}

function withoutMoves(session: SessionState): SessionState {
  const { turn, current } = session
  return {
    ...session,
    turn: turn.type === 'idle' ? turn : { ...turn, lastEventAt: 0 },
    current: current.map((entry) => (isWritten(entry) ? { ...entry, text: '' } : entry)),
  }
}

function createTimeless(): Projection<WorkbenchState> {
  return createProjection(
    (one, other) => isSameExcept(MOVING.workbench, one, other),
    (from) => ({ ...from, now: 0 }),
  )
}

function isSameButTyped(one: WorkbenchState, other: WorkbenchState): boolean {
  return isSameExcept(TYPED, one, other) && isEmptyMessage(one) === isEmptyMessage(other)
}

function withoutTyped(workbench: WorkbenchState): WorkbenchState {
  const composer = isEmptyMessage(workbench) ? EMPTY_EDITOR : SOME_TEXT
  return { ...workbench, composer, completion: null, dismissedTrigger: null, lastTypedAt: 0 }
}

function isEmptyMessage({ composer }: WorkbenchState): boolean {
  return composer.text === ''
}

const TYPED = new Set(['composer', 'completion', 'dismissedTrigger', 'lastTypedAt'])
const SOME_TEXT = createEditor('…')

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

/** What only the pane of approvals and the last row show: a key there decides a part of a change, or scrolls it. */
function isSameButReviewed(one: WorkbenchState, other: WorkbenchState): boolean {
  return (
    isSameExcept(REVIEWED.approval, one.approval, other.approval) &&
    isSameExcept(REVIEWED.scroll, one.scroll, other.scroll) &&
    isSameExcept(REVIEWED.workbench, one, other)
  )
}

function withoutReviewed(workbench: WorkbenchState): WorkbenchState {
  const { approval, scroll } = workbench
  return { ...workbench, approval: undecided(approval), scroll: scrolledToEnd(scroll) }
}

const undecided = createProjection<WorkbenchState['approval']>(
  (one, other) => isSameExcept(REVIEWED.approval, one, other),
  (approval) => ({ ...approval, selections: NO_SELECTIONS, seen: null }),
)

const scrolledToEnd = createProjection<WorkbenchState['scroll']>(
  (one, other) => isSameExcept(REVIEWED.scroll, one, other),
  (scroll) => ({ ...scroll, approval: { type: 'end' } }),
)

const REVIEWED = {
  approval: new Set<string>(['selections', 'seen']),
  scroll: new Set<string>(['approval']),
  workbench: new Set<string>(['approval', 'scroll']),
}
const NO_SELECTIONS: WorkbenchState['approval']['selections'] = new Map()

const unmovedSession = createProjection(isSameSession, withoutMoves)
const untypedWorkbench = createProjection(isSameButTyped, withoutTyped)
const timelessUntyped = createTimeless()

/**
 * The state without what moves while an answer streams in: its text, and the time. The same object as before as long as nothing
 * else has changed, so that what shows neither is drawn once and not for each frame.
 */
export const unmoved = createStill(unmovedSession, createTimeless())

/** Without what moves and without the message. */
export const untypedUnmoved = createStill(unmovedSession, (workbench) =>
  timelessUntyped(untypedWorkbench(workbench)),
)

const unreviewed = createProjection(isSameButReviewed, withoutReviewed)
const timelessUnreviewed = createTimeless()
const untypedUnreviewed = createProjection(isSameButTyped, withoutTyped)
const timelessUntypedUnreviewed = createTimeless()

/**
 * The state without what is decided and scrolled in an approval, for what does not show that: a decision draws again only the
 * approval. `untyped`: without the message that is being written, but for whether there is one.
 */
export const withoutReview = {
  unmoved: createStill(unmovedSession, (workbench) => timelessUnreviewed(unreviewed(workbench))),
  untyped: createStill(
    (session) => session,
    (workbench) => untypedUnreviewed(unreviewed(workbench)),
  ),
  untypedUnmoved: createStill(unmovedSession, (workbench) =>
    timelessUntypedUnreviewed(untypedUnreviewed(unreviewed(workbench))),
  ),
}
