import type { SessionEvent } from '../lib/session/events.ts'
import { reduceSession } from '../lib/session/reduce.ts'
import { pendingApprovals, type SessionState } from '../lib/session/state.ts'
import { EMPTY_EDITOR, editorOf, type TextEditor } from './editor.ts'
import { isWorkbenchEvent, type WorkbenchEvent } from './events.ts'
import type { Size } from './frame.ts'
import type { Focus, PaneId, RootState, Scroll, WorkbenchState } from './state.ts'

export function emptyWorkbench(viewport: Size, now: number, theme: string): WorkbenchState {
  return {
    viewport,
    focus: 'composer',
    hidden: [],
    sideShare: 0.34,
    approvalShare: 0.6,
    composer: EMPTY_EDITOR,
    history: { sent: [], at: null, draft: '' },
    scroll: {
      conversation: { at: 'end' },
      memory: { at: 'item', item: '', row: 0 },
      skills: { at: 'item', item: '', row: 0 },
      approval: { at: 'item', item: '', row: 0 },
      composer: { at: 'end' },
    },
    memory: { selected: null, open: [], editing: null },
    skills: { selected: null },
    approval: { shown: null, since: 0, armed: null, offered: null },
    seen: 0,
    expanded: [],
    overlay: null,
    flash: null,
    now,
    typedAt: 0,
    terminalFocused: true,
    theme,
    armed: null,
  }
}

/** The whole program's state: the session's by its own reducer, the screen's from both kinds of facts. */
export function reduceRoot(root: RootState, event: SessionEvent | WorkbenchEvent): RootState {
  if (isWorkbenchEvent(event)) {
    const workbench = reduceWorkbench(root, event)
    return workbench === root.workbench ? root : { ...root, workbench }
  }
  const session = reduceSession(root.session, event)
  const workbench = followSession(root, session, event)
  return { session, workbench }
}

/** What the screen makes of a fact of the session. */
function followSession(
  { session: before, workbench: state }: RootState,
  session: SessionState,
  event: SessionEvent,
): WorkbenchState {
  switch (event.type) {
    case 'turn.started':
      return { ...state, now: event.at }
    case 'agent.opened':
      return event.agent.id === before.agent?.id ? state : forAnotherAgent(state)
    case 'history.cleared':
      return withScroll(state, 'conversation', { at: 'end' })
    case 'approval.requested':
      return askedToDecide(state, session, event.at)
    case 'approval.decided':
    case 'turn.finished':
      return nextToDecide(state, session)
    default:
      return state
  }
}

function reduceWorkbench(root: RootState, event: WorkbenchEvent): WorkbenchState {
  const state = root.workbench
  switch (event.type) {
    case 'viewport.changed':
      return { ...state, viewport: event.size }
    case 'terminal.focused':
      return { ...state, terminalFocused: event.focused }
    case 'tick':
      return offerToDecide({ ...state, now: event.at }, root.session)
    case 'focus.moved':
      return focusOn(state, event.to)
    case 'focus.stepped':
      return focusOn(state, neighbour(root, event.by))
    case 'pane.toggled':
      return togglePane(state, event.pane)
    case 'pane.resized':
      return resize(state, event)
    case 'text.edited':
      return { ...withActiveEditor(state, event.editor), typedAt: event.at, flash: null }
    case 'composer.sent':
      return sent(state, event.text)
    case 'history.moved':
      return moveInHistory(state, event.by)
    case 'scroll.moved':
      return scrolled(root, event.pane, event.scroll)
    case 'entry.toggled':
      return { ...state, expanded: toggled(state.expanded, event.id) }
    case 'memory.selected':
      return { ...state, memory: { ...state.memory, selected: event.label } }
    case 'memory.toggled': {
      const open = toggled(state.memory.open, event.label)
      return { ...state, memory: { ...state.memory, open } }
    }
    case 'memory.editing': {
      const { label, value } = event
      const editing = { label, before: value, editor: { ...editorOf(value), cursor: 0 } }
      return { ...state, focus: 'memory', memory: { ...state.memory, editing } }
    }
    case 'memory.edited':
      return { ...state, memory: { ...state.memory, editing: null } }
    case 'skill.selected':
      return { ...state, skills: { selected: event.id } }
    case 'approval.shown':
      return showApproval(state, event.callId, state.now)
    case 'overlay.opened':
      return { ...state, overlay: event.overlay, flash: null }
    case 'overlay.moved':
      return moveInOverlay(state, event.by)
    case 'overlay.closed':
      return { ...state, overlay: null }
    case 'flash.shown':
      return { ...state, flash: { level: event.level, text: event.text } }
    case 'flash.cleared':
      return state.flash === null ? state : { ...state, flash: null }
    case 'theme.changed':
      return { ...state, theme: event.name }
    case 'command.armed':
      return { ...state, armed: { command: event.command, at: event.at } }
  }
}

function withScroll(state: WorkbenchState, pane: Focus, scroll: Scroll): WorkbenchState {
  return { ...state, scroll: { ...state.scroll, [pane]: scroll } }
}

/** Who leaves the end of the conversation has seen all that is there by then. */
function scrolled({ session, workbench: state }: RootState, pane: Focus, to: Scroll) {
  const leaves = pane === 'conversation' && state.scroll.conversation.at === 'end'
  const seen = leaves ? session.settled.length + session.current.length : state.seen
  return { ...withScroll(state, pane, to), seen }
}

/** What was chosen, opened or scrolled to was about the agent before. */
function forAnotherAgent(state: WorkbenchState): WorkbenchState {
  const { scroll, memory, expanded } = emptyWorkbench(state.viewport, state.now, state.theme)
  return { ...state, scroll, memory, expanded }
}

/** A person who is typing is never interrupted: keys must not answer a question that has only just come up. */
const QUIET_MS = 500

function askedToDecide(state: WorkbenchState, session: SessionState, at: number): WorkbenchState {
  const waiting = pendingApprovals(session)
  if (waiting.length === 0) return state
  const isShown = waiting.some((call) => call.callId === state.approval.shown)
  const next = isShown ? state : showApproval(state, waiting[0]?.callId ?? null, at)
  return offerToDecide({ ...next, now: at }, session)
}

/** Takes the keys to a call that waits, once, as soon as no key is on its way to anything else. */
function offerToDecide(state: WorkbenchState, session: SessionState): WorkbenchState {
  const { shown, offered } = state.approval
  if (shown === null || offered === shown || pendingApprovals(session).length === 0) return state
  if (!isIdle(state, state.now)) return state
  return { ...focusOn(state, 'approval'), approval: { ...state.approval, offered: shown } }
}

/** True when no key that is on its way could be meant for anything but the empty message. */
function isIdle({ focus, composer, overlay, typedAt }: WorkbenchState, at: number): boolean {
  return (
    focus === 'composer' && composer.text === '' && overlay === null && at - typedAt >= QUIET_MS
  )
}

function nextToDecide(state: WorkbenchState, session: SessionState): WorkbenchState {
  const waiting = pendingApprovals(session)
  if (waiting.some((call) => call.callId === state.approval.shown)) return state
  const next = showApproval(state, waiting[0]?.callId ?? null, state.now)
  return waiting.length === 0 && state.focus === 'approval' ? focusOn(next, 'composer') : next
}

function showApproval(state: WorkbenchState, callId: string | null, at: number): WorkbenchState {
  if (state.approval.shown === callId) return state
  const top = withScroll(state, 'approval', { at: 'item', item: '', row: 0 })
  return { ...top, approval: { ...state.approval, shown: callId, since: at, armed: null } }
}

function focusOn(state: WorkbenchState, focus: Focus): WorkbenchState {
  const hidden = state.hidden.filter((pane) => pane !== focus)
  return { ...state, focus, hidden: hidden.length === state.hidden.length ? state.hidden : hidden }
}

const RING: readonly Focus[] = ['composer', 'conversation', 'memory', 'skills', 'approval']

function neighbour(root: RootState, by: 1 | -1): Focus {
  const { hidden, focus } = root.workbench
  const hasApproval = pendingApprovals(root.session).length > 0
  const ring = RING.filter((pane) => (pane === 'approval' ? hasApproval : !hidden.includes(pane)))
  const at = ring.indexOf(focus)
  return ring[(at + by + ring.length) % ring.length] ?? 'composer'
}

function togglePane(state: WorkbenchState, pane: PaneId): WorkbenchState {
  const hidden = toggled(state.hidden, pane)
  const focus = hidden.includes(state.focus) ? 'composer' : state.focus
  return { ...state, hidden, focus }
}

function resize(
  state: WorkbenchState,
  { share, by }: Extract<WorkbenchEvent, { type: 'pane.resized' }>,
): WorkbenchState {
  const within = (value: number): number => Math.min(0.8, Math.max(0.2, value))
  return share === 'side'
    ? { ...state, sideShare: within(state.sideShare + by) }
    : { ...state, approvalShare: within(state.approvalShare + by) }
}

function toggled<Item>(items: readonly Item[], item: Item): readonly Item[] {
  return items.includes(item) ? items.filter((other) => other !== item) : [...items, item]
}

/** The text that keys go to now; null when none does. */
export function activeEditor(state: WorkbenchState): TextEditor | null {
  const { overlay, memory, focus } = state
  if (overlay?.kind === 'picker') return overlay.query
  if (overlay?.kind === 'prompt') return overlay.editor
  if (overlay !== null) return null
  if (focus === 'memory' && memory.editing !== null) return memory.editing.editor
  return focus === 'composer' ? state.composer : null
}

function withActiveEditor(state: WorkbenchState, editor: TextEditor): WorkbenchState {
  const { overlay, memory } = state
  if (overlay?.kind === 'picker') {
    return { ...state, overlay: { ...overlay, query: editor, selected: 0 } }
  }
  if (overlay?.kind === 'prompt') return { ...state, overlay: { ...overlay, editor } }
  if (state.focus === 'memory' && memory.editing !== null) {
    return { ...state, memory: { ...memory, editing: { ...memory.editing, editor } } }
  }
  const at = editor.text === state.composer.text ? state.history.at : null
  return { ...state, composer: editor, history: { ...state.history, at } }
}

const HISTORY_KEPT = 500

function sent(state: WorkbenchState, text: string): WorkbenchState {
  const { sent: before } = state.history
  const all = before.at(-1) === text ? before : [...before, text].slice(-HISTORY_KEPT)
  const history = { sent: all, at: null, draft: '' }
  return { ...withScroll(state, 'conversation', { at: 'end' }), composer: EMPTY_EDITOR, history }
}

function moveInHistory(state: WorkbenchState, by: -1 | 1): WorkbenchState {
  const { sent: all, at, draft } = state.history
  const from = at ?? all.length
  const to = from + by
  if (to < 0 || to > all.length) return state
  const kept = at === null ? state.composer.text : draft
  const text = to === all.length ? kept : (all[to] ?? '')
  const history = { sent: all, at: to === all.length ? null : to, draft: kept }
  return { ...state, composer: editorOf(text), history }
}

function moveInOverlay(state: WorkbenchState, by: number): WorkbenchState {
  const { overlay } = state
  if (overlay?.kind === 'help') {
    return { ...state, overlay: { ...overlay, scroll: Math.max(0, overlay.scroll + by) } }
  }
  if (overlay?.kind !== 'picker') return state
  const { length } = matchingItems(overlay)
  const selected = length === 0 ? 0 : (overlay.selected + by + length) % length
  return { ...state, overlay: { ...overlay, selected } }
}

type Picker = Extract<WorkbenchState['overlay'], { kind: 'picker' }>

/** The items whose words hold every word of the query. */
export function matchingItems({ items, query }: Picker): Picker['items'] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean)
  return items.filter((item) => {
    const text = `${item.title} ${item.detail} ${item.id}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
