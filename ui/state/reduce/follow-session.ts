import type { SessionEvent } from '../../../lib/session/events.ts'
import type { MemoryBlock } from '../../../lib/session/state/memory.ts'
import type { SessionState } from '../../../lib/session/state/session-state.ts'
import { followLine } from '../../../lib/util/follow-line.ts'
import type { RootState, WorkbenchState } from '../state.ts'
import { advanceApproval, approvalRequested } from './approvals.ts'
import { keepChangesPlace } from './changes-page.ts'
import { returnTexts } from './history.ts'
import { initialWorkbench } from './initial-workbench.ts'
import { renameDrafts } from './memory-pane.ts'
import { isTop, withScroll } from './panes.ts'
import { showSession } from './show-session.ts'

/** How the screen follows an event of the session. */
export function followSession(
  root: RootState,
  session: SessionState,
  event: SessionEvent,
): WorkbenchState {
  const followed = keepBlock(root.session, session, followEvent(root, session, event))
  return keepDrafts(root.session, session, followed)
}

/** What a person has typed into a block stays with it when it is renamed. */
function keepDrafts(
  { memory: before }: SessionState,
  { memory }: SessionState,
  state: WorkbenchState,
): WorkbenchState {
  if (memory === before) return state
  const renamed = before.flatMap(({ block: { id, label } }) => {
    const after = memory.find(({ block }) => block.id === id)?.block.label
    return after === undefined || after === label ? [] : [[label, after] as const]
  })
  return renamed.length === 0
    ? state
    : { ...state, memory: renameDrafts(state.memory, new Map(renamed)) }
}

/** The selected block stays selected when it is renamed; one that has gone leaves its place to the next, or the last. */
function keepBlock(
  { memory: before }: SessionState,
  { memory }: SessionState,
  state: WorkbenchState,
): WorkbenchState {
  const { selected } = state.memory
  if (memory === before || selected === null) return state
  const place = before.findIndex(({ block }) => block.label === selected)
  const isThere = memory.some(({ block }) => block.label === selected)
  if (place < 0 || isThere) return state
  const id = before[place]?.block.id
  const next = memory.find(({ block }) => block.id === id) ?? memory[place] ?? memory.at(-1)
  return { ...state, memory: { ...state.memory, selected: next?.block.label ?? null } }
}

function followEvent(
  { session: before, workbench: state }: RootState,
  session: SessionState,
  event: SessionEvent,
): WorkbenchState {
  switch (event.type) {
    case 'session.shown':
      return showSession({ session: before, workbench: state }, session)
    case 'turn.started':
      return { ...state, now: event.at }
    case 'agent.opened':
      return event.agent.id === before.agent?.id ? state : resetForAgent(state)
    case 'queue.returned':
      return returnTexts(
        state,
        before.queue.map(({ text }) => text),
      )
    case 'history.extended':
      return keepScrollPosition(state, before, event.entries.length)
    case 'history.cleared':
      return withScroll(state, 'conversation', { type: 'end' })
    case 'memory.changed':
      // What another agent or client changes moves nothing under the eyes of the person.
      return event.by === 'agent' && event.origin?.isOther !== true
        ? revealMemoryBlock(keepLines(before, state, event.block), event.block.label)
        : keepLines(before, state, event.block)
    case 'changes.found':
      return keepChangesPlace({ session: before, workbench: state }, session)
    case 'approval.requested':
      return approvalRequested(state, session, event)
    case 'approval.decided':
    case 'turn.finished':
      return advanceApproval(state, session)
    default:
      return state
  }
}

/** Scrolls to a block that the agent has changed, unless the person is using the memory pane. */
function revealMemoryBlock(state: WorkbenchState, label: string): WorkbenchState {
  if (state.focus === 'memory') return state
  const shown = withScroll(state, 'memory', { type: 'item', item: label, row: 0 })
  return { ...shown, memory: { ...state.memory, selected: label } }
}

/** The selected lines of the memory page, and the one at its top, stay the same when a block gets lines before them. */
function keepLines(
  { memory }: SessionState,
  state: WorkbenchState,
  { id, label, value }: MemoryBlock,
): WorkbenchState {
  const { page } = state.memory
  const before = memory.find(({ block }) => block.id === id)?.block.value
  const selected = state.memory.selected ?? memory[0]?.block.label
  const isShown = state.page === 'memory' && selected === label
  if (!isShown || before === undefined || page.showsMarkdown) return state
  const follow = (line: number): number => followLine(before, value, line)
  const { scroll } = state
  const top = scroll.memory.type === 'item' ? Number(scroll.memory.item || Number.NaN) : Number.NaN
  const isText = page.column !== 'history' && Number.isInteger(top)
  const markedLine = page.markedLine === null ? null : follow(page.markedLine)
  const moved: WorkbenchState = {
    ...state,
    memory: { ...state.memory, page: { ...page, line: follow(page.line), markedLine } },
  }
  // The first line stays the first one: what is written above it is seen.
  return isText && top > 0
    ? withScroll(moved, 'memory', { type: 'item', item: `${follow(top)}`, row: 0 })
    : moved
}

/** The entry at the top of the conversation stays there when older messages are inserted before it. */
function keepScrollPosition(
  state: WorkbenchState,
  { settled, current }: SessionState,
  added: number,
): WorkbenchState {
  const { conversation } = state.scroll
  const first = (settled[0] ?? current[0])?.id ?? ''
  const isAtTop = conversation.type === 'item' && isTop(conversation)
  const scrolled: WorkbenchState = { ...state, seenEntries: state.seenEntries + added }
  return isAtTop
    ? withScroll(scrolled, 'conversation', { type: 'item', item: first, row: 0 })
    : scrolled
}

/** Selections, expanded entries and scroll positions belong to the previous agent. */
function resetForAgent(state: WorkbenchState): WorkbenchState {
  const { scroll, memory, expanded, selectedEntry, search, finding, filter } = initialWorkbench(
    state.viewport,
    state.now,
    state.theme,
  )
  return { ...state, scroll, memory, expanded, selectedEntry, search, finding, filter }
}
