import { expect } from 'chai'
import type { Entry } from '../../../../lib/session/state/entry.ts'
import { createEditor, EMPTY_EDITOR, insert } from '../../../../ui/state/editor.ts'
import type { PickerAction } from '../../../../ui/state/overlay-actions.ts'
import { reduceRoot } from '../../../../ui/state/reduce/root.ts'
import type { Overlay, RootState } from '../../../../ui/state/state.ts'
import { rowText } from '../../../../ui/view/render/row.ts'
import { rowWidth } from '../../../../ui/view/render/wrap.ts'
import type { Frame, Size } from '../../../../ui/view/types.ts'
import { view } from '../../../../ui/view/view.ts'
import {
  caretOf,
  type Fact,
  FINISHED,
  formatScenes,
  formatted,
  given,
  NOON,
  OPENED,
  optionsFor,
  partsOf,
  screenOf,
  styles,
  WAITING,
} from './scene.ts'

const SIZE: Size = { columns: 140, rows: 45 }
const SIZES: readonly Size[] = [
  { columns: 1, rows: 1 },
  { columns: 7, rows: 3 },
  { columns: 30, rows: 9 },
  { columns: 60, rows: 15 },
  { columns: 101, rows: 30 },
  { columns: 250, rows: 80 },
]

const draw = (state: RootState): Frame => {
  const frame = view(state, optionsFor(state))
  partsOf(frame)
  return frame
}
const next = (state: RootState, ...facts: readonly Fact[]): RootState =>
  facts.reduce(reduceRoot, state)
const laidOut = (work: () => void): number => {
  const before = formatted.times
  work()
  return formatted.times - before
}

function longHistory(count: number): Fact {
  const entries = Array.from({ length: count }, (_, index): Entry => {
    const id = `e${index}`
    return index % 2 === 0
      ? { type: 'user', id, text: `question ${index}`, at: NOON, outcome: 'kept' }
      : { type: 'assistant', id, text: `answer **${index}**\n\n- one\n- two` }
  })
  return { type: 'history.loaded', entries, earlier: false }
}

const started: Fact = { type: 'turn.started', turnId: 't9', at: NOON }
const token = (text: string): Fact => ({
  type: 'message.delta',
  role: 'assistant',
  id: 'a9',
  text,
  at: NOON,
})

describe('A frame', () => {
  before(formatScenes)

  it('renders only the visible part of a long conversation, and only its changes', () => {
    let state = given(SIZE, ...OPENED, longHistory(10_000))
    expect(laidOut(() => draw(state))).to.be.below(SIZE.rows)
    expect(laidOut(() => draw(state))).to.equal(0)
    state = next(state, started, token('It '))
    draw(state)
    state = next(state, token('grows'))
    expect(laidOut(() => draw(state))).to.equal(1)
    const typed = insert(state.workbench.composer, 'x')
    state = next(state, { type: 'text.edited', editor: typed, at: NOON })
    expect(laidOut(() => draw(state))).to.equal(0)
    state = next(state, { type: 'viewport.changed', size: { columns: 90, rows: 30 } })
    expect(laidOut(() => draw(state))).to.be.below(30)
  })

  it('renders no more when it is scrolled to the middle', () => {
    const state = given(SIZE, ...OPENED, longHistory(10_000), {
      type: 'scroll.moved',
      pane: 'conversation',
      scroll: { type: 'item', item: 'e5000', row: 0 },
    })
    expect(laidOut(() => draw(state))).to.be.below(2 * SIZE.rows)
    expect(screenOf(state)).to.contain('▌ question 5000')
  })

  it('keeps the position of the visible rows while the answer grows', () => {
    const scrolled = given(SIZE, ...OPENED, longHistory(100), started, {
      type: 'scroll.moved',
      pane: 'conversation',
      scroll: { type: 'item', item: 'e40', row: 1 },
    })
    const rowsOf = (state: RootState) =>
      partsOf(draw(state))
        .find((part) => part.id === 'conversation')
        ?.rows.slice(1)
    const before = rowsOf(scrolled)
    const grown = next(scrolled, token('one\n\ntwo'), token('\n\nthree'.repeat(40)), {
      type: 'turn.finished',
      outcome: { type: 'done' },
      apiMs: 1,
      at: NOON,
      id: 'end',
    })
    expect(rowsOf(grown)).to.deep.equal(before)
    expect(screenOf(grown)).to.contain('1 newer ↓')
  })

  it('has its caret at the position of the next character', () => {
    const write = (text: string, cursor = text.length): Fact => ({
      type: 'text.edited',
      editor: { ...createEditor(text), cursor },
      at: NOON,
    })
    const caretAfter = (...facts: readonly Fact[]) =>
      caretOf(draw(given({ columns: 80, rows: 24 }, ...facts)))
    expect(caretAfter()).to.deep.equal({ x: 2, y: 21 })
    expect(caretAfter(write('abc'))).to.deep.equal({ x: 5, y: 21 })
    expect(caretAfter(write('漢字'))).to.deep.equal({ x: 6, y: 21 })
    expect(caretAfter(write('a\nb\nc'))).to.deep.equal({ x: 3, y: 22 })
    expect(caretAfter(write('a\nb\nc', 0))).to.deep.equal({ x: 2, y: 20 })
    expect(caretAfter({ type: 'focus.moved', to: 'conversation' })).to.equal(null)
    expect(
      caretAfter({ type: 'memory.editStarted', label: 'human', value: 'x' }, write('ab')),
    ).to.deep.equal({ x: 3, y: 2 })
  })

  it('keeps the caret visible in a message that is longer than the composer', () => {
    const text = Array.from({ length: 10_000 }, (_, line) => `line ${line}`).join('\n')
    const editor = { ...createEditor(text), cursor: text.indexOf('line 5000') }
    const state = given({ columns: 80, rows: 24 }, { type: 'text.edited', editor, at: NOON })
    expect(caretOf(draw(state))).to.deep.equal({ x: 2, y: 22 })
    expect(screenOf(state)).to.contain('line 5001 of 10000')
  })

  it('shows in a box what the next keys of a longer binding do', () => {
    const next = [
      ['o', 'Go to next pane'],
      ['ctrl+c', 'Quit'],
      ['u', 'Undo'],
    ] as const
    const begun: Fact = { type: 'flash.shown', level: 'info', text: 'ctrl+x …', next }
    const rows = screenOf(given({ columns: 60, rows: 20 }, ...OPENED, begun)).split('\n')
    const top = rows.findIndex((line) => line.startsWith('╭'))
    expect(rows.slice(top + 1, top + 3)).to.deep.equal([
      '│ o      Go to next pane   u      Undo                     │',
      '│ ctrl+c Quit                                              │',
    ])
    expect(rows[top + 4]).to.include('Message')
    expect(screenOf(given({ columns: 76, rows: 20 }, ...OPENED, begun))).to.match(/u {6}Undo +│\n/)
    const after = given({ columns: 60, rows: 20 }, ...OPENED, begun, { type: 'flash.cleared' })
    expect(screenOf(after)).to.not.include('╭')
  })

  it('is weak below a dialog, but for the row of keys, and stays as it is below the list of themes', () => {
    const strong = (...facts: readonly Fact[]): readonly string[] => {
      const state = given({ columns: 120, rows: 30 }, ...OPENED, ...facts)
      return partsOf(view(state, optionsFor(state))).flatMap(({ id, rows }) =>
        rows.flat().some(({ style }) => style !== styles.border) ? [id] : [],
      )
    }
    const list = (action: PickerAction): Fact => {
      const items = [{ title: 'dark', detail: '', current: false, action }]
      const overlay: Overlay = {
        type: 'picker',
        title: 'List',
        items,
        query: EMPTY_EDITOR,
        selected: 0,
      }
      return { type: 'overlay.opened', overlay }
    }
    expect(strong(list({ type: 'keymap.set', name: 'vim' }))).to.deep.equal(['status', 'overlay'])
    const withThemes = strong(list({ type: 'theme.set', name: 'dark' }))
    expect(withThemes).to.include.members(['header', 'conversation', 'memory', 'overlay'])
  })

  it('has as many parts of the note in a title as there is room for', () => {
    const untrusted = { ...OPENED[3], source: 'untrusted' } as Fact
    const titleAt = (columns: number) =>
      screenOf(given({ columns, rows: 30 }, ...OPENED.slice(0, 3), untrusted))
        .split('\n')
        .find((line) => line.includes('─ Skills ─'))
        ?.match(/─ Skills ─+(.*?) ?─+$/)?.[1]
        ?.trim()
    expect(titleAt(200)).to.equal('3 skills · 1 broken · not trusted')
    expect(titleAt(140)).to.equal('3 skills · 1 broken')
  })

  it('shows the agent in the title of the window, and a pending approval', () => {
    const title = (...facts: readonly Fact[]) => draw(given(SIZE, ...facts)).title
    expect(title()).to.equal('letta · engine')
    expect(title(...OPENED)).to.equal('letta · Ada')
    expect(title(...WAITING)).to.equal('? letta · Ada')
  })
})

/** What must never reach a terminal: it would clear it, name the window, write the clipboard, turn text round. */
const HOSTILE = 'h7a\x1b[2J\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x9b31m\x07\b\r\u202e{bold}\x00h7z'

describe('Hostile text', () => {
  before(formatScenes)

  const scenes: readonly (readonly Fact[])[] = [
    hostileSession(),
    [...hostileSession(), ...waitingFor('command'), { type: 'focus.moved', to: 'memory' }],
    [...hostileSession(), ...waitingFor('diff'), { type: 'focus.moved', to: 'skills' }],
    [...hostileSession(), ...waitingFor('arguments'), { type: 'focus.moved', to: 'approval' }],
    [...hostileSession(), ...waitingFor('impossible')],
    [...hostileSession(), ...waitingFor('plan')],
    [
      ...hostileSession(),
      { type: 'memory.toggled', label: HOSTILE },
      { type: 'memory.editStarted', label: HOSTILE, value: HOSTILE },
    ],
    ...hostileOverlays().map((overlay): readonly Fact[] => [
      ...hostileSession(),
      { type: 'overlay.opened', overlay },
    ]),
    [...hostileSession(), { type: 'flash.shown', level: 'error', text: HOSTILE }],
  ]

  it('reaches no row and no title unchanged, whatever its source is', () => {
    for (const facts of scenes) {
      for (const size of SIZES) {
        const frame = draw(given(size, ...facts))
        const { title } = frame
        for (const { rows } of partsOf(frame))
          for (const row of rows) {
            expect(wrongIn(rowText(row))).to.equal('')
            for (const { style } of row) expect(style.link).to.match(/^[\x21-\x7e]*$/)
          }
        expect(wrongIn(title)).to.equal('')
      }
    }
  })

  it('stays readable', () => {
    const shown = screenOf(given({ columns: 250, rows: 80 }, ...hostileSession()))
    expect(shown.match(/h7a/g)?.length).to.be.at.least(10)
    expect(shown).to.contain('{bold}')
  })
})

describe('Every row', () => {
  before(formatScenes)

  it('fits its pane, whatever is shown', () => {
    const overlays = hostileOverlays().map((overlay): readonly Fact[] => [
      ...FINISHED,
      { type: 'overlay.opened', overlay },
    ])
    const inPanes = (['memory', 'skills', 'conversation'] as const).map((to): readonly Fact[] => [
      ...hostileSession(),
      ...FINISHED,
      { type: 'focus.moved', to },
    ])
    const editing: readonly Fact[] = [
      ...FINISHED,
      { type: 'memory.editStarted', label: 'human', value: HOSTILE },
    ]
    const plain = [[], OPENED, WAITING, FINISHED, hostileSession()]
    for (const facts of [...plain, ...inPanes, editing, ...overlays]) {
      for (const size of SIZES) {
        for (const { id, rect, rows } of partsOf(draw(given(size, ...facts)))) {
          const where = `${id} at ${size.columns}×${size.rows}`
          expect(rows.length, where).to.be.at.most(rect.rows)
          for (const row of rows)
            expect(rowWidth(row), `${where}: ${rowText(row)}`).to.be.at.most(rect.columns)
        }
      }
    }
  })
})

/** The text when it contains more than visible characters, else nothing. */
function wrongIn(text: string): string {
  return text.match(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u) === null ? '' : JSON.stringify(text)
}

function hostileSession(): readonly Fact[] {
  const tool = { type: 'tool.delta', host: 'local', tool: HOSTILE, at: NOON } as const
  return [
    {
      type: 'agent.opened',
      agent: { id: 'a', name: HOSTILE, model: HOSTILE, contextWindow: 10, effort: null, tools: [] },
    },
    {
      type: 'memory.loaded',
      blocks: [
        {
          id: 'b',
          label: HOSTILE,
          value: HOSTILE,
          limit: 100,
          description: HOSTILE,
          readOnly: true,
        },
      ],
    },
    {
      type: 'memory.changed',
      block: {
        id: 'b',
        label: HOSTILE,
        value: `${HOSTILE}\n2`,
        limit: 100,
        description: HOSTILE,
        readOnly: true,
      },
      by: 'agent',
      at: NOON,
    },
    {
      type: 'skills.found',
      directory: HOSTILE,
      found: [
        {
          id: HOSTILE,
          name: HOSTILE,
          description: HOSTILE,
          category: HOSTILE,
          tags: [HOSTILE],
          path: HOSTILE,
          body: HOSTILE,
        },
      ],
      problems: [{ path: HOSTILE, message: HOSTILE }],
    },
    { type: 'turn.started', turnId: 't', at: NOON },
    { type: 'message.queued', id: 'q', text: HOSTILE },
    { type: 'message.sent', id: 'm', text: HOSTILE, at: NOON },
    { type: 'message.delta', role: 'reasoning', id: 'r', text: HOSTILE, at: NOON },
    { type: 'message.delta', role: 'assistant', id: 'a', text: HOSTILE, at: NOON },
    { type: 'notice.posted', id: 'n', level: 'error', text: HOSTILE, hint: HOSTILE },
    { ...tool, callId: 'done', args: HOSTILE },
    { type: 'tool.started', callId: 'done', at: NOON },
    { type: 'tool.finished', callId: 'done', status: 'error', text: HOSTILE, at: NOON },
    { ...tool, callId: 'runs', args: JSON.stringify({ a: HOSTILE, [HOSTILE]: [1] }) },
    { type: 'tool.started', callId: 'runs', at: NOON },
    { type: 'tool.output', callId: 'runs', text: HOSTILE, at: NOON },
    { type: 'text.edited', editor: createEditor(HOSTILE), at: NOON },
  ]
}

function waitingFor(kind: 'command' | 'diff' | 'arguments' | 'impossible' | 'plan') {
  const line = { type: 'added', text: HOSTILE, oldNumber: null, newNumber: 1 } as const
  const previews = {
    command: {
      type: 'command',
      command: HOSTILE,
      description: HOSTILE,
      background: false,
      timeoutMs: 1,
    },
    diff: {
      type: 'diff',
      path: HOSTILE,
      created: true,
      hunks: [{ oldStart: 1, newStart: 1, lines: [line] }],
      added: 1,
      removed: 0,
      remark: HOSTILE,
    },
    arguments: { type: 'arguments', text: HOSTILE },
    impossible: { type: 'impossible', reason: HOSTILE },
    plan: { type: 'plan', markdown: HOSTILE },
  } as const
  const verdict = {
    decision: 'ask',
    rule: HOSTILE,
    source: 'user',
    because: HOSTILE,
    part: HOSTILE,
  } as const
  const request = { callId: 'w', label: HOSTILE, preview: previews[kind], verdict } as const
  const facts: readonly Fact[] = [
    { type: 'tool.delta', callId: 'w', host: 'local', tool: HOSTILE, args: HOSTILE, at: NOON },
    { type: 'approval.requested', requests: [{ ...request, suggestion: null }], at: NOON },
  ]
  return facts
}

function hostileOverlays(): readonly Overlay[] {
  const action = { type: 'command.run', commandId: HOSTILE } as const
  const item = { title: HOSTILE, detail: HOSTILE, current: true, action }
  const title = HOSTILE
  return [
    { title, type: 'picker', items: [item, item], query: createEditor(''), selected: 0 },
    { title, type: 'picker', items: [item], query: createEditor(HOSTILE), selected: 0 },
    { title, action, type: 'prompt', explanation: HOSTILE, editor: createEditor(HOSTILE) },
    {
      title,
      type: 'question',
      text: `${HOSTILE}\n${HOSTILE}`,
      action: { type: 'directory.trust', grants: [HOSTILE] },
    },
    { type: 'help', query: EMPTY_EDITOR, scroll: 99 },
  ]
}
