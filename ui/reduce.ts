import type { SessionEvent } from '../lib/session/events.ts'
import { reduceSession } from '../lib/session/reduce.ts'
import { pendingApprovals } from '../lib/session/state.ts'
import { EMPTY_EDITOR, editorOf, type TextEditor } from './editor.ts'
import type { WorkbenchEvent } from './events.ts'
import type { Size } from './frame.ts'
import type { Focus, PaneId, RootState, WorkbenchState } from './state.ts'

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
    approval: { shown: null, armed: null },
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
  const session = reduceSession(root.session, event as SessionEvent)
  const seen = session === root.session ? root : { ...root, session }
  const workbench = followApprovals(reduceWorkbench(root.workbench, event, seen), event, seen)
  return workbench === seen.workbench ? seen : { ...seen, workbench }
}

function reduceWorkbench(
  state: WorkbenchState,
  event: SessionEvent | WorkbenchEvent,
  root: RootState,
): WorkbenchState {
  switch (event.type) {
    case 'viewport.changed':
      return { ...state, viewport: event.size }
    case 'terminal.focused':
      return { ...state, terminalFocused: event.focused }
    case 'tick':
      return { ...state, now: event.at }
    case 'turn.started':
      return { ...state, now: event.at, scroll: { ...state.scroll, conversation: { at: 'end' } } }
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
      return { ...state, scroll: { ...state.scroll, [event.pane]: event.scroll } }
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
      return showApproval(state, event.callId)
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
    default:
      return state
  }
}

/** A person who is typing is never interrupted: keys must not answer a question that has only just come up. */
const QUIET_MS = 500

function followApprovals(
  state: WorkbenchState,
  event: SessionEvent | WorkbenchEvent,
  root: RootState,
): WorkbenchState {
  if (event.type === 'approval.requested') {
    const waiting = pendingApprovals(root.session)
    if (waiting.length === 0) return state
    const fresh = showApproval(state, waiting[0]?.callId ?? null)
    const isFree = state.composer.text === '' && state.memory.editing === null
    const quiet = isFree && state.overlay === null && event.at - state.typedAt >= QUIET_MS
    return quiet ? focusOn(fresh, 'approval') : fresh
  }
  if (event.type !== 'approval.decided' && event.type !== 'turn.finished') return state
  const waiting = pendingApprovals(root.session)
  const stillShown = waiting.some((call) => call.callId === state.approval.shown)
  if (stillShown) return state
  const next = showApproval(state, waiting[0]?.callId ?? null)
  return waiting.length === 0 && state.focus === 'approval' ? focusOn(next, 'composer') : next
}

function showApproval(state: WorkbenchState, callId: string | null): WorkbenchState {
  if (state.approval.shown === callId) return state
  const scroll = { ...state.scroll, approval: { at: 'item', item: '', row: 0 } as const }
  return { ...state, scroll, approval: { shown: callId, armed: null } }
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
  return { ...state, composer: EMPTY_EDITOR, history: { sent: all, at: null, draft: '' } }
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
