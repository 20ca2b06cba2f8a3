import { expect } from 'chai'
import type { SessionEvent } from '../../../lib/session/events.ts'
import { emptySession } from '../../../lib/session/state/session-state.ts'
import { createEditor, EMPTY_EDITOR } from '../../../ui/state/editor.ts'
import type { WorkbenchEvent } from '../../../ui/state/events.ts'
import { initialWorkbench } from '../../../ui/state/reduce/initial-workbench.ts'
import { reduceRoot } from '../../../ui/state/reduce/root.ts'
import { activeEditor, matchingPickerItems } from '../../../ui/state/selectors.ts'
import type { Overlay, PickerItem, RootState, Scroll } from '../../../ui/state/state.ts'
import { PLAIN_VIEW } from '../../../ui/view/render/diff-page.ts'

type Fact = SessionEvent | WorkbenchEvent

const SIZE = { columns: 80, rows: 24 }
const START: RootState = {
  session: emptySession('/project', 0),
  workbench: initialWorkbench(SIZE, 0, 'dark'),
}
const given = (...facts: readonly Fact[]) => facts.reduce(reduceRoot, START)
const workbench = (...facts: readonly Fact[]) => given(...facts).workbench

const typed = (text: string, at = 0): Fact => ({
  type: 'text.edited',
  editor: createEditor(text),
  at,
})
const opened = (id: string): Fact => ({
  type: 'agent.opened',
  agent: { id, name: id, model: 'm', contextWindow: null, effort: null, tools: [] },
})
const started: Fact = { type: 'turn.started', turnId: 't', at: 1000 }
const called = (callId: string): Fact => ({
  type: 'tool.delta',
  callId,
  host: 'local',
  tool: 'Bash',
  args: '{}',
  at: 1000,
})
const asked = (at: number, ...callIds: readonly string[]): Fact => ({
  type: 'approval.requested',
  at,
  requests: callIds.map((callId) => ({
    callId,
    label: '',
    preview: { type: 'arguments', text: '{}' },
    verdict: { decision: 'ask', rule: null, source: null, because: 'it runs', part: null },
    suggestion: null,
  })),
})
const allowed = (callId: string): Fact => ({
  type: 'approval.decided',
  callId,
  allow: true,
  by: 'person',
  reason: '',
})
const waiting: readonly Fact[] = [started, called('c1'), called('c2')]

describe('The workbench with a pending approval', () => {
  it('shows the oldest call, and moves the focus from an idle composer to it', () => {
    const { approval, focus } = workbench(...waiting, asked(9000, 'c1', 'c2'))
    expect(approval).to.deep.equal({
      callId: 'c1',
      visibleSince: 9000,
      isZoomed: false,
      confirming: null,
      view: PLAIN_VIEW,
      isFull: false,
      seen: null,
      editing: null,
      drafts: new Map(),
      ignoredKeyAt: null,
      answeredAt: Number.NEGATIVE_INFINITY,
      strayText: '',
      selections: new Map(),
      leftSelections: new Map(),
      contexts: new Map(),
      left: null,
      forms: new Map(),
      writing: null,
      focusedFor: 'c1',
    })
    expect(focus).to.equal('approval')
  })

  it('does not move the focus of a user who writes, or has just written', () => {
    const writing = workbench(...waiting, typed('and also', 1000), asked(9000, 'c1'))
    expect(writing.focus).to.equal('composer')
    const justCleared = workbench(...waiting, typed('', 8600), asked(9000, 'c1'))
    expect(justCleared.focus).to.equal('composer')
    expect(workbench(...waiting, typed('', 8500), asked(9000, 'c1')).focus).to.equal('approval')
  })

  it('moves the focus once the user has been idle for a while, but not a second time', () => {
    const typing = [...waiting, typed('', 8600), asked(9000, 'c1')]
    const early: Fact = { type: 'tick', at: 9099 }
    const late: Fact = { type: 'tick', at: 9100 }
    const away: Fact = { type: 'focus.moved', to: 'composer' }
    expect(workbench(...typing, early).focus).to.equal('composer')
    const suggested = workbench(...typing, late)
    expect([suggested.focus, suggested.approval.visibleSince]).to.deep.equal(['approval', 9100])
    expect(workbench(...typing, late, away, { type: 'tick', at: 99_000 }).focus).to.equal(
      'composer',
    )
  })

  it('takes an answer that was pressed before the focus moved for no draft, but a word for one', () => {
    const asks = [...waiting, typed('', 8600), asked(9000, 'c1')]
    const later: Fact = { type: 'tick', at: 9800 }
    const answered = workbench(...asks, typed('y', 9050), typed('yy', 9200), later)
    expect([answered.focus, answered.composer.text]).to.deep.equal(['approval', ''])
    expect(workbench(...asks, typed('y', 9050), typed('ye', 9200), later).focus).to.equal(
      'composer',
    )
    expect(workbench(...waiting, typed('y', 8600), asked(9000, 'c1'), later).focus).to.equal(
      'composer',
    )
  })

  it('does not move the focus of a user who reads or answers in another pane', () => {
    const reading: Fact = { type: 'focus.moved', to: 'conversation' }
    expect(workbench(...waiting, reading, asked(9000, 'c1')).focus).to.equal('conversation')
    const helped: Fact = {
      type: 'overlay.opened',
      overlay: { type: 'help', query: EMPTY_EDITOR, scroll: 0 },
    }
    expect(workbench(...waiting, helped, asked(9000, 'c1')).focus).to.equal('composer')
  })

  it('forgets the first key for a dangerous call when another call or pane is shown', () => {
    const facts = [...waiting, asked(9000, 'c1', 'c2')]
    const once: Fact = { type: 'approval.confirming', callId: 'c1', at: 9500 }
    const { confirming, visibleSince } = workbench(...facts, once).approval
    expect([confirming, visibleSince]).to.deep.equal(['c1', 9500])
    const other: Fact = { type: 'approval.selected', callId: 'c2' }
    expect(workbench(...facts, once, other).approval.confirming).to.equal(null)
    const away: Fact = { type: 'focus.moved', to: 'memory' }
    expect(workbench(...facts, once, away).approval.confirming).to.equal(null)
    expect(workbench(...facts, once, allowed('c1')).approval.confirming).to.equal(null)
  })

  it('stays with the shown call when others follow', () => {
    const facts = [...waiting, asked(9000, 'c1')]
    const scrolled: Fact = {
      type: 'scroll.moved',
      pane: 'approval',
      scroll: { type: 'item', item: '', row: 7 },
    }
    const { approval, scroll } = workbench(...facts, scrolled, asked(9500, 'c2'))
    expect(approval.callId).to.equal('c1')
    expect(scroll.approval).to.deep.equal({ type: 'item', item: '', row: 7 })
  })

  it('shows the next call from its top, then returns to the message', () => {
    const tick: Fact = { type: 'tick', at: 9600 }
    const next = workbench(...waiting, asked(9000, 'c1', 'c2'), tick, allowed('c1'))
    expect(next.approval).to.deep.equal({
      callId: 'c2',
      visibleSince: 9600,
      isZoomed: false,
      confirming: null,
      view: PLAIN_VIEW,
      isFull: false,
      seen: null,
      editing: null,
      drafts: new Map(),
      ignoredKeyAt: null,
      answeredAt: Number.NEGATIVE_INFINITY,
      strayText: '',
      selections: new Map(),
      leftSelections: new Map(),
      contexts: new Map(),
      left: null,
      forms: new Map(),
      writing: null,
      focusedFor: 'c1',
    })
    expect(next.focus).to.equal('approval')
    const last = workbench(...waiting, asked(9000, 'c1', 'c2'), allowed('c1'), allowed('c2'))
    expect(last.approval.callId).to.equal(null)
    expect(last.focus).to.equal('composer')
  })

  it('returns to the message when the turn is cancelled', () => {
    const finished: Fact = {
      type: 'turn.finished',
      outcome: { type: 'cancelled', text: '' },
      apiMs: 0,
      at: 9900,
      id: 'end',
    }
    expect(workbench(...waiting, asked(9000, 'c1'), finished).focus).to.equal('composer')
  })
})

describe('The view of the conversation', () => {
  const up: Scroll = { type: 'item', item: 'm1', row: 2 }
  const message: Fact = { type: 'message.sent', id: 'm1', text: 'hello', at: 1000 }
  const moved: Fact = { type: 'scroll.moved', pane: 'conversation', scroll: up }

  it('keeps its position, whatever is added', () => {
    const state = workbench(
      started,
      message,
      moved,
      { type: 'message.delta', role: 'assistant', id: 'a1', text: 'hi', at: 1001 },
      { type: 'viewport.changed', size: { columns: 100, rows: 30 } },
      { type: 'terminal.focused', focused: false },
      { type: 'turn.finished', outcome: { type: 'done' }, apiMs: 0, at: 1002, id: 'end' },
      { ...started, turnId: 't2' },
    )
    expect(state.scroll.conversation).to.deep.equal(up)
  })

  it('moves to the end when a message is sent', () => {
    const state = workbench(started, message, moved, { type: 'composer.sent', text: 'next' })
    expect(state.scroll.conversation).to.deep.equal({ type: 'end' })
  })

  it('counts entries as seen that existed when it left the end', () => {
    const entered = (id: string): Fact => ({ ...message, id }) as Fact
    const state = workbench(started, message, moved, entered('m2'), moved)
    expect(state.seenEntries).to.equal(1)
  })

  it('counts earlier messages as seen when they are loaded', () => {
    const entry = { type: 'user', text: 'hi', at: 1, outcome: 'kept' } as const
    const entries = [
      { ...entry, id: 'h1' },
      { ...entry, id: 'h2' },
    ]
    const state = workbench(started, message, moved, {
      type: 'history.extended',
      entries,
      earlier: false,
    })
    expect(state.seenEntries).to.equal(3)
    expect(state).to.have.all.keys(initialWorkbench(SIZE, 0, 'dark'))
  })

  it('is reset for another agent, but not when the same is opened again', () => {
    const chosen: Fact = { type: 'memory.selected', label: 'human' }
    const same = workbench(opened('a'), moved, chosen, opened('a'))
    expect([same.scroll.conversation, same.memory.selected]).to.deep.equal([up, 'human'])
    const other = workbench(opened('a'), moved, chosen, opened('b'))
    expect([other.scroll.conversation, other.memory.selected]).to.deep.equal([
      { type: 'end' },
      null,
    ])
  })
})

describe('The view of the memory', () => {
  const changed = (by: 'agent' | 'skills'): Fact => ({
    type: 'memory.changed',
    block: { id: 'b', label: 'human', value: 'x', limit: 9, description: null, readOnly: false },
    by,
    at: 0,
  })
  const top: Scroll = { type: 'item', item: '', row: 0 }

  it('moves to the block that the agent has just written', () => {
    const { scroll, memory } = workbench(changed('agent'))
    expect(scroll.memory).to.deep.equal({ ...top, item: 'human' })
    expect(memory.selected).to.equal('human')
    expect(workbench(changed('skills')).scroll.memory).to.deep.equal(top)
  })

  it('keeps its position while a user reads it', () => {
    const { scroll } = workbench({ type: 'focus.moved', to: 'memory' }, changed('agent'))
    expect(scroll.memory).to.deep.equal(top)
  })
})

describe('The focus', () => {
  const step = (by: 1 | -1): Fact => ({ type: 'focus.stepped', by })

  it('cycles through the visible panes', () => {
    const hidden: Fact = { type: 'pane.toggled', pane: 'memory' }
    expect(workbench(step(1)).focus).to.equal('conversation')
    expect(workbench(hidden, step(1), step(1)).focus).to.equal('skills')
    expect(workbench(step(-1)).focus).to.equal('skills')
    expect(workbench(...waiting, typed('x'), asked(9, 'c1'), step(-1)).focus).to.equal('approval')
  })

  it('shows a hidden pane that it moves to, and leaves one that is hidden', () => {
    const hidden: Fact = { type: 'pane.toggled', pane: 'memory' }
    const shown = workbench(hidden, { type: 'focus.moved', to: 'memory' })
    expect([shown.focus, shown.hiddenPanes]).to.deep.equal(['memory', []])
    const left = workbench({ type: 'focus.moved', to: 'memory' }, hidden)
    expect([left.focus, left.hiddenPanes]).to.deep.equal(['composer', ['memory']])
  })

  it('resizes its pane within bounds', () => {
    const wider: Fact = { type: 'pane.resized', share: 'side', by: 0.9 }
    expect(workbench(wider).sideShare).to.equal(0.8)
    expect(workbench({ type: 'pane.resized', share: 'approval', by: -9 }).approvalShare).to.equal(
      0.2,
    )
  })
})

describe('The history of sent messages', () => {
  const sent = (text: string): Fact => ({ type: 'composer.sent', text })
  const moved = (by: 1 | -1): Fact => ({ type: 'history.moved', by })

  it('keeps the draft while older messages are shown', () => {
    const back = [sent('one'), sent('two'), typed('draft'), moved(-1), moved(-1), moved(-1)]
    expect(workbench(...back).composer.text).to.equal('one')
    expect(workbench(...back, moved(1)).composer.text).to.equal('two')
    expect(workbench(...back, moved(1), moved(1)).composer.text).to.equal('draft')
    expect(workbench(...back, moved(1), moved(1), moved(1)).composer.text).to.equal('draft')
  })

  it('does not contain the same message twice in a row', () => {
    expect(workbench(sent('one'), sent('one'), sent('two')).history.sent).to.deep.equal([
      'one',
      'two',
    ])
  })
})

describe('The focused text', () => {
  const theme = (title: string, detail: string, current: boolean): PickerItem => ({
    title,
    detail,
    current,
    action: { type: 'theme.set', name: title.toLowerCase() },
  })
  const picker: Overlay = {
    type: 'picker',
    title: 'Theme',
    items: [theme('Dark', 'for the night', true), theme('Light', 'for the day', false)],
    query: createEditor(''),
    selected: 1,
  }

  it('is the query of an open picker, which selects its first match again', () => {
    const { overlay, composer } = workbench(
      typed('draft'),
      { type: 'overlay.opened', overlay: picker },
      typed('da'),
    )
    expect(composer.text).to.equal('draft')
    expect(overlay).to.deep.equal({ ...picker, query: createEditor('da'), selected: 0 })
    expect(
      overlay?.type === 'picker' && matchingPickerItems(overlay).map(({ title }) => title),
    ).to.deep.equal(['Dark', 'Light'])
  })

  it('is the memory block while it is edited', () => {
    const editing: Fact = { type: 'memory.editStarted', label: 'human', value: 'old' }
    const state = workbench(editing, typed('new'))
    expect(state.memory.editing).to.deep.equal({
      label: 'human',
      before: 'old',
      editor: createEditor('new'),
    })
    expect(state.composer.text).to.equal('')
    expect(workbench(editing, { type: 'memory.editEnded' }).memory.editing).to.equal(null)
  })

  it('is kept when a save is through that did not contain all of it', () => {
    const editing: Fact = { type: 'memory.editStarted', label: 'human', value: 'old' }
    const saved = (label: string, typed: string): Fact => ({
      type: 'memory.editSaved',
      label,
      typed,
    })
    const baseOf = (...facts: readonly Fact[]) =>
      workbench(editing, ...facts).memory.editing?.before
    expect(baseOf(typed('new'), saved('human', 'new'))).to.equal(undefined)
    expect(baseOf(typed('newer'), saved('human', 'new'))).to.equal('new')
    expect(baseOf(typed('new'), saved('persona', 'new'))).to.equal('old')
  })

  it('does not outlive the agent whose memory it belongs to', () => {
    const editing: Fact = { type: 'memory.editStarted', label: 'human', value: 'old' }
    expect(workbench(opened('a1'), editing, opened('a2')).memory.editing).to.equal(null)
    expect(workbench(opened('a1'), editing, opened('a1')).memory.editing?.before).to.equal('old')
  })

  it('is what the help is searched for, from its top', () => {
    const help: Overlay = { type: 'help', query: EMPTY_EDITOR, scroll: 9 }
    const { overlay } = workbench({ type: 'overlay.opened', overlay: help }, typed('undo'))
    expect(overlay?.type === 'help' && [overlay.query.text, overlay.scroll]).to.deep.equal([
      'undo',
      0,
    ])
  })

  it('is missing in a pane without text', () => {
    expect(activeEditor(workbench({ type: 'focus.moved', to: 'skills' }))).to.equal(null)
    const facts: Overlay = { type: 'page', title: 'Facts', lines: [], scroll: 0 }
    expect(activeEditor(workbench({ type: 'overlay.opened', overlay: facts }))).to.equal(null)
  })

  it('cycles in a picker, and stops at the top of the help', () => {
    const open: Fact = { type: 'overlay.opened', overlay: picker }
    const moved = workbench(open, { type: 'overlay.moved', by: 1 }).overlay
    expect(moved?.type === 'picker' && moved.selected).to.equal(0)
    const help: Fact = {
      type: 'overlay.opened',
      overlay: { type: 'help', query: EMPTY_EDITOR, scroll: 3 },
    }
    const up: Fact = { type: 'overlay.scrolled', by: -15, last: 40, at: 0 }
    expect(workbench(help, up).overlay).to.deep.equal({
      type: 'help',
      query: EMPTY_EDITOR,
      scroll: 0,
    })
  })
})

describe('An event that changes nothing on the screen', () => {
  it('leaves the state identical', () => {
    const state = given(typed('x'))
    expect(reduceRoot(state, { type: 'flash.cleared' })).to.equal(state)
  })
})
