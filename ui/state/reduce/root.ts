import type { SessionEvent } from '../../../lib/session/events.ts'
import { reduceSession } from '../../../lib/session/reduce/session.ts'
import type { SessionState } from '../../../lib/session/state.ts'
import type { Size } from '../../view/types.ts'
import { EMPTY_EDITOR, editorOf, type TextEditor } from '../editor.ts'
import { isWorkbenchEvent, type WorkbenchEvent } from '../events.ts'
import type { OverlayOf, PickerItem, RootState, WorkbenchState } from '../state.ts'
import { advanceApproval, approvalRequested, offerToDecide, showApproval } from './approvals.ts'
import { completionAfterEdit, declined, movedInCompletion, offered } from './completion.ts'
import {
  focusOn,
  isTop,
  neighbour,
  resize,
  scrolled,
  toggled,
  togglePane,
  withScroll,
} from './panes.ts'

export function emptyWorkbench(viewport: Size, now: number, theme: string): WorkbenchState {
  return {
    viewport,
    focus: 'composer',
    hidden: [],
    sideShare: 0.34,
    approvalShare: 0.6,
    composer: EMPTY_EDITOR,
    history: { sent: [], at: null, draft: '' },
    completion: null,
    declined: null,
    scroll: {
      conversation: { type: 'end' },
      memory: { type: 'item', item: '', row: 0 },
      skills: { type: 'item', item: '', row: 0 },
      approval: { type: 'item', item: '', row: 0 },
      composer: { type: 'end' },
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
    keymap: 'default',
    streaming: true,
    prompts: [],
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
    case 'history.extended':
      return keptInPlace(state, before, event.entries.length)
    case 'history.cleared':
      return withScroll(state, 'conversation', { type: 'end' })
    case 'memory.changed':
      return event.by === 'agent' ? showMemory(state, event.block.label) : state
    case 'approval.requested':
      return approvalRequested(state, session, event.at)
    case 'approval.decided':
    case 'turn.finished':
      return advanceApproval(state, session)
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
    case 'completion.offered':
      return offered(state, event.completion)
    case 'completion.moved':
      return movedInCompletion(state, event.by)
    case 'completion.declined':
      return declined(state)
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
    case 'approval.armed':
      // A key that is held down is one key.
      return { ...state, approval: { ...state.approval, armed: event.callId, since: event.at } }
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
    case 'keymap.changed':
      return { ...state, keymap: event.name }
    case 'streaming.changed':
      return { ...state, streaming: event.on }
    case 'prompts.found':
      return { ...state, prompts: event.prompts }
    case 'command.armed':
      return { ...state, armed: { command: event.command, at: event.at } }
  }
}

/** What the agent has just written is worth a look, unless a person looks at something else there. */
function showMemory(state: WorkbenchState, label: string): WorkbenchState {
  if (state.focus === 'memory') return state
  const shown = withScroll(state, 'memory', { type: 'item', item: label, row: 0 })
  return { ...shown, memory: { ...state.memory, selected: label } }
}

/** What was on top of the conversation stays there when older messages come before it. */
function keptInPlace(
  state: WorkbenchState,
  { settled, current }: SessionState,
  added: number,
): WorkbenchState {
  const { conversation } = state.scroll
  const first = (settled[0] ?? current[0])?.id ?? ''
  const isAtTop = conversation.type === 'item' && isTop(conversation)
  const scrolled = { ...state, seen: state.seen + added }
  return isAtTop
    ? withScroll(scrolled, 'conversation', { type: 'item', item: first, row: 0 })
    : scrolled
}

/** What was chosen, opened or scrolled to was about the agent before. */
function forAnotherAgent(state: WorkbenchState): WorkbenchState {
  const { scroll, memory, expanded } = emptyWorkbench(state.viewport, state.now, state.theme)
  return { ...state, scroll, memory, expanded }
}

/** The text that keys go to now; null when none does. */
export function activeEditor(state: WorkbenchState): TextEditor | null {
  const { overlay, memory, focus } = state
  if (overlay?.type === 'picker') return overlay.query
  if (overlay?.type === 'prompt') return overlay.editor
  if (overlay !== null) return null
  if (focus === 'memory' && memory.editing !== null) return memory.editing.editor
  return focus === 'composer' ? state.composer : null
}

function withActiveEditor(state: WorkbenchState, editor: TextEditor): WorkbenchState {
  const { overlay, memory } = state
  if (overlay?.type === 'picker') {
    return { ...state, overlay: { ...overlay, query: editor, selected: 0 } }
  }
  if (overlay?.type === 'prompt') return { ...state, overlay: { ...overlay, editor } }
  if (state.focus === 'memory' && memory.editing !== null) {
    return { ...state, memory: { ...memory, editing: { ...memory.editing, editor } } }
  }
  const at = editor.text === state.composer.text ? state.history.at : null
  return completionAfterEdit({ ...state, composer: editor, history: { ...state.history, at } })
}

const HISTORY_KEPT = 500

function sent(state: WorkbenchState, text: string): WorkbenchState {
  const { sent: before } = state.history
  const all = before.at(-1) === text ? before : [...before, text].slice(-HISTORY_KEPT)
  const history = { sent: all, at: null, draft: '' }
  const atEnd = withScroll(state, 'conversation', { type: 'end' })
  return { ...atEnd, composer: EMPTY_EDITOR, history, completion: null, declined: null }
}

function moveInHistory(state: WorkbenchState, by: -1 | 1): WorkbenchState {
  const { sent: all, at, draft } = state.history
  const from = at ?? all.length
  const to = from + by
  if (to < 0 || to > all.length) return state
  const kept = at === null ? state.composer.text : draft
  const text = to === all.length ? kept : (all[to] ?? '')
  const history = { sent: all, at: to === all.length ? null : to, draft: kept }
  return { ...state, composer: editorOf(text), history, completion: null, declined: null }
}

function moveInOverlay(state: WorkbenchState, by: number): WorkbenchState {
  const { overlay } = state
  if (overlay?.type === 'help' || overlay?.type === 'page') {
    return { ...state, overlay: { ...overlay, scroll: Math.max(0, overlay.scroll + by) } }
  }
  if (overlay?.type !== 'picker') return state
  const { length } = matchingItems(overlay)
  const selected = length === 0 ? 0 : (overlay.selected + by + length) % length
  return { ...state, overlay: { ...overlay, selected } }
}

/** The items that contain every word of the query. */
export function matchingItems({ items, query }: OverlayOf<'picker'>): readonly PickerItem[] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean)
  return items.filter((item) => {
    const text = (item.searched ?? `${item.title} ${item.detail}`).toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
