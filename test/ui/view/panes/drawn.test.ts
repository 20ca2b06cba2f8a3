import { expect } from 'chai'
import { createEditor, EMPTY_EDITOR } from '../../../../ui/state/editor.ts'
import { reduceRoot } from '../../../../ui/state/reduce/root.ts'
import type { Focus, RootState } from '../../../../ui/state/state.ts'
import { unmoved, withoutReview } from '../../../../ui/state/unmoved.ts'
import { composerHeight, layout } from '../../../../ui/view/layout.ts'
import { PANES } from '../../../../ui/view/panes/index.ts'
import type { PaneOptions } from '../../../../ui/view/panes/pane.ts'
import { status } from '../../../../ui/view/panes/status.ts'
import { view } from '../../../../ui/view/view.ts'
import { ASKED, type Fact, FINISHED, given, NOON, OPENED, optionsFor, WAITING } from './scene.ts'

const SIZE = { columns: 140, rows: 40 }
const STREAMING: readonly Fact[] = [
  ...OPENED,
  { type: 'turn.started', turnId: 't1', at: NOON },
  { type: 'message.sent', id: 'm1', text: 'Go on.', at: NOON },
  { type: 'message.delta', role: 'assistant', id: 'a1', text: 'I look', at: NOON + 1000 },
]
/** What arrives while an answer streams in. */
const MOVES: readonly Fact[] = [
  {
    type: 'message.delta',
    role: 'assistant',
    id: 'a1',
    text: ' at **the** file.',
    at: NOON + 9000,
  },
  { type: 'tick', at: NOON + 9100 },
]
const SCENES: readonly (readonly Fact[])[] = [[], OPENED, ASKED, STREAMING, WAITING, FINISHED]
const FOCI: readonly Focus[] = ['conversation', 'memory', 'skills', 'approval', 'composer']
const OTHER: readonly Fact[] = [
  { type: 'mode.changed', mode: 'plan' },
  { type: 'page.opened', page: 'memory' },
  { type: 'git.changed', status: { branch: 'main', changed: 3 } },
  { type: 'message.queued', id: 'q1', text: 'And then?' },
  { type: 'text.edited', editor: createEditor('a draft'), at: NOON },
  { type: 'flash.shown', level: 'info', text: 'Copied.' },
  { type: 'viewport.changed', size: { columns: 100, rows: 30 } },
  { type: 'message.delta', role: 'assistant', id: 'a2', text: 'Another', at: NOON + 9000 },
  { type: 'message.delta', role: 'reasoning', id: 'r2', text: 'Hm', at: NOON + 9000 },
  ...FOCI.map((to): Fact => ({ type: 'focus.moved', to })),
]

/** Without the focus on what has it already. */
const CHANGING = OTHER.filter((fact) => fact.type !== 'focus.moved' || fact.to !== 'composer')

const reduced = (state: RootState, ...facts: readonly Fact[]): RootState =>
  facts.reduce(reduceRoot, state)

/** The last row as if nothing had been drawn before. */
function freshStatus(state: RootState) {
  const options = optionsFor(state)
  return status.render(state, { columns: 140, rows: 1 }, options).rows
}

describe('What shows neither the text that streams in nor the time', () => {
  it('is the same for a state without them, on every page and with every focus', () => {
    for (const scene of SCENES) {
      for (const fact of OTHER) {
        const state = reduced(given(SIZE, ...scene, fact), ...MOVES)
        const options = optionsFor(state)
        expect(layout(unmoved(state))).to.deep.equal(layout(state))
        for (const pane of PANES.filter(({ isUnmoved }) => isUnmoved)) {
          const draw = (one: RootState) => [
            pane.render(one, { columns: 140, rows: 3 }, options),
            pane.title(one),
          ]
          expect(draw(unmoved(state)), pane.id).to.deep.equal(draw(state))
        }
      }
    }
  })

  it('is drawn once while an answer streams in, and again after any other change', () => {
    const state = given(SIZE, ...STREAMING)
    const moved = reduced(state, ...MOVES)
    const before = unmoved(state)
    expect(unmoved(moved)).to.equal(before)
    for (const fact of OTHER) expect(unmoved(reduced(moved, fact)), fact.type).not.to.equal(before)
  })

  it('has its place once while an answer streams in, and another one after a change of size', () => {
    const state = given(SIZE, ...STREAMING)
    const options = optionsFor(state)
    const places = (one: RootState) => view(one, options).elements.map(({ rect }) => rect)
    const before = places(state)
    expect(before.length).to.be.above(4)
    for (const [index, rect] of places(reduced(state, ...MOVES)).entries()) {
      expect(rect).to.equal(before[index])
    }
    const narrow = { type: 'viewport.changed', size: { columns: 100, rows: 30 } } as const
    expect(places(reduced(state, narrow))).not.to.deep.equal(before)
  })

  it('is looked up in no keymap while an answer streams in', () => {
    let asked = 0
    let state = given(SIZE, ...STREAMING)
    const { key, ownKeys, ...rest } = optionsFor(state)
    const counting = {
      ...rest,
      key(command: string) {
        asked++
        return key(command)
      },
      ownKeys() {
        asked++
        return ownKeys()
      },
    } satisfies PaneOptions
    const drawn = new Set<string>(['header', 'composer', 'status'])
    const draw = () => {
      const shown = view(state, counting).elements.filter(({ id }) => drawn.has(id))
      expect(shown.length).to.equal(drawn.size)
      for (const { rect, render } of shown) render(rect)
    }
    draw()
    const first = asked
    expect(first).to.be.above(0)
    state = reduced(state, MOVES[0] as Fact)
    draw()
    expect(asked).to.equal(first)
  })

  it('never hides that the last row has changed', () => {
    const state = given(SIZE, ...STREAMING)
    for (const fact of [...MOVES, ...OTHER]) {
      const options = optionsFor(state)
      const size = { columns: 140, rows: 1 }
      status.render(state, size, options)
      const next = reduced(state, fact)
      const shared = { ...optionsFor(next), message: options.message, styles: options.styles }
      expect(status.render(next, size, shared).rows, fact.type).to.deep.equal(freshStatus(next))
    }
  })
})

describe('What shows nothing of the message that is being written', () => {
  const TYPED: readonly Fact[] = [
    { type: 'text.edited', editor: createEditor('a'), at: NOON + 10 },
    { type: 'text.edited', editor: createEditor('a draft\nof three\nlines'), at: NOON + 20 },
    { type: 'text.edited', editor: createEditor('/mem'), at: NOON + 30 },
  ]
  const typedPanes = PANES.filter(({ isUntyped }) => isUntyped)

  it('is the same for a state without it, on every page and with every focus', () => {
    expect(typedPanes.length).to.be.above(5)
    for (const scene of SCENES) {
      for (const fact of [...OTHER, ...TYPED]) {
        const state = reduced(given(SIZE, ...scene, fact), ...MOVES)
        const options = optionsFor(state)
        for (const pane of typedPanes) {
          const still = pane.isUnmoved
            ? withoutReview.untypedUnmoved(state)
            : withoutReview.untyped(state)
          expect(layout(still, composerHeight(state))).to.deep.equal(layout(state))
          const draw = (one: RootState) => [
            pane.render(one, { columns: 140, rows: 30 }, options),
            pane.title(one),
          ]
          expect(draw(still), pane.id).to.deep.equal(draw(state))
        }
      }
    }
  })

  it('is drawn once while a message is typed, and again after any other change', () => {
    const state = reduced(given(SIZE, ...STREAMING), ...TYPED.slice(0, 1))
    const typed = reduced(state, ...TYPED.slice(1))
    const before = [withoutReview.untyped(state), withoutReview.untypedUnmoved(state)]
    expect([
      withoutReview.untyped(typed),
      withoutReview.untypedUnmoved(typed),
    ]).to.have.ordered.members(before)
    for (const fact of CHANGING.filter(({ type }) => type !== 'text.edited')) {
      const after = reduced(typed, fact)
      expect(withoutReview.untyped(after), fact.type).not.to.equal(withoutReview.untyped(typed))
      expect(withoutReview.untypedUnmoved(after), fact.type).not.to.equal(
        withoutReview.untypedUnmoved(typed),
      )
    }
    const sent = reduced(typed, { type: 'text.edited', editor: EMPTY_EDITOR, at: NOON + 40 })
    expect(withoutReview.untyped(sent)).not.to.equal(withoutReview.untyped(typed))
  })

  it('has its place once while a message is typed, and another one when the message is higher', () => {
    const state = reduced(given(SIZE, ...OPENED), ...TYPED.slice(0, 1))
    const options = optionsFor(state)
    const places = (text: string) =>
      view(
        reduced(state, { type: 'text.edited', editor: createEditor(text), at: NOON + 20 }),
        options,
      ).elements.map(({ rect }) => rect)
    const before = places('a')
    expect(places('ab')).to.have.ordered.members(before)
    expect(places('a\nb\nc\nd')).not.to.deep.equal(before)
  })

  it('has the same rows in the next frame, and the message has others', () => {
    const state = reduced(given(SIZE, ...OPENED), ...TYPED.slice(0, 1))
    const options = optionsFor(state)
    const rows = (one: RootState) =>
      new Map(view(one, options).elements.map(({ id, rect, render }) => [id, render(rect).rows]))
    const before = rows(state)
    const after = rows(
      reduced(state, { type: 'text.edited', editor: createEditor('ab'), at: NOON + 20 }),
    )
    for (const id of ['conversation', 'memory', 'skills', 'header'])
      expect(after.get(id), id).to.equal(before.get(id))
    expect(after.get('composer')).not.to.deep.equal(before.get('composer'))
  })
})

describe('What shows nothing of what is decided in an approval', () => {
  const SELECTED: readonly Fact[] = [
    {
      type: 'approval.partSelected',
      callId: 'c2',
      selection: { rejected: new Set([0]), cursor: 0, divided: new Map() },
    },
    { type: 'scroll.moved', pane: 'approval', scroll: { type: 'item', item: '', row: 2 } },
  ]

  it('is the same for a state without it, on every page and with every focus', () => {
    for (const scene of SCENES) {
      for (const fact of [...OTHER, ...SELECTED]) {
        const state = reduced(given(SIZE, ...scene, ...SELECTED, fact), ...MOVES)
        const options = optionsFor(state)
        expect(layout(withoutReview.unmoved(state))).to.deep.equal(layout(state))
        for (const pane of PANES.filter(({ isUnmoved, isUntyped }) => isUnmoved || isUntyped)) {
          const still = pane.isUnmoved ? withoutReview.unmoved(state) : withoutReview.untyped(state)
          const draw = (one: RootState) => [
            pane.render(one, { columns: 140, rows: 30 }, options),
            pane.title(one),
          ]
          expect(draw(still), pane.id).to.deep.equal(draw(state))
        }
      }
    }
  })

  it('is drawn once while hunks are decided, which the approval shows', () => {
    const state = given(SIZE, ...WAITING)
    const options = optionsFor(state)
    const rows = (one: RootState) =>
      new Map(view(one, options).elements.map(({ id, rect, render }) => [id, render(rect).rows]))
    const before = rows(state)
    const after = rows(reduced(state, ...SELECTED))
    for (const id of ['conversation', 'memory', 'skills', 'header', 'composer'])
      expect(after.get(id), id).to.equal(before.get(id))
    expect(after.get('approval')).not.to.deep.equal(before.get('approval'))
  })

  it('is drawn again after any other change', () => {
    const state = given(SIZE, ...STREAMING)
    for (const fact of CHANGING) {
      const after = reduced(state, fact)
      for (const still of Object.values(withoutReview))
        expect(still(after), JSON.stringify(fact)).not.to.equal(still(state))
    }
  })
})
