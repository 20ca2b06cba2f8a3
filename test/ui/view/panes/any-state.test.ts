import { expect } from 'chai'
import { array, assert, constantFrom, integer, property, record } from 'fast-check'
import { createEditor, EMPTY_EDITOR } from '../../../../ui/state/editor.ts'
import type { Focus } from '../../../../ui/state/state.ts'
import { PANES } from '../../../../ui/view/panes/index.ts'
import { rowWidth } from '../../../../ui/view/render/wrap.ts'
import { view } from '../../../../ui/view/view.ts'
import {
  block,
  caretOf,
  type Fact,
  FINISHED,
  formatScenes,
  given,
  NOON,
  optionsFor,
  partsOf,
  WAITING,
} from './scene.ts'

const FOCI: readonly Focus[] = ['conversation', 'memory', 'skills', 'approval', 'composer']
const ITEMS = ['', 'm1', 'a2', 'c2', 'head', 'activity', 'project', 'bisect', 'gone']
const TEXTS = [
  '',
  'a',
  '漢字',
  '👨‍👩‍👧‍👦',
  'one\ntwo',
  '\t',
  'word '.repeat(60),
  '\r\n',
  '\u202e',
  'x'.repeat(300),
]

/** Facts in any order, also those that make no sense together. */
const FACTS: readonly Fact[] = [
  ...FINISHED,
  ...FOCI.map((to): Fact => ({ type: 'focus.moved', to })),
  ...FOCI.flatMap((pane) =>
    ITEMS.map(
      (item): Fact => ({
        type: 'scroll.moved',
        pane,
        scroll: { type: 'item', item, row: item.length * 3 },
      }),
    ),
  ),
  ...FOCI.map((pane): Fact => ({ type: 'scroll.moved', pane, scroll: { type: 'end' } })),
  ...PANES.map(({ id }): Fact => ({ type: 'pane.toggled', pane: id })),
  ...ITEMS.map((id): Fact => ({ type: 'entry.toggled', id })),
  ...ITEMS.map((id): Fact => ({ type: 'entry.selected', id, scroll: { type: 'end' } })),
  ...ITEMS.map((label): Fact => ({ type: 'memory.toggled', label })),
  ...TEXTS.map((text): Fact => ({ type: 'text.edited', editor: createEditor(text), at: NOON })),
  ...TEXTS.map((text): Fact => ({ type: 'composer.sent', text })),
  ...TEXTS.map((text): Fact => ({ type: 'message.queued', id: text, text })),
  ...TEXTS.map((value): Fact => ({ type: 'memory.editStarted', label: 'human', value })),
  ...TEXTS.map(
    (text): Fact => ({
      type: 'memory.changed',
      block: block('human', text, 10),
      by: 'agent',
      at: NOON,
    }),
  ),
  { type: 'memory.editEnded' },
  { type: 'focus.stepped', by: 1 },
  { type: 'focus.stepped', by: -1 },
  { type: 'pane.resized', share: 'side', by: 0.4 },
  { type: 'pane.resized', share: 'approval', by: -0.4 },
  { type: 'history.moved', by: -1 },
  { type: 'history.moved', by: 1 },
  { type: 'history.cleared' },
  { type: 'overlay.opened', overlay: { type: 'help', query: EMPTY_EDITOR, scroll: 9 } },
  { type: 'overlay.moved', by: -3 },
  { type: 'overlay.scrolled', by: -3, last: 20, at: 0 },
  { type: 'overlay.closed' },
]

const size = record({
  columns: integer({ min: 1, max: 260 }),
  rows: integer({ min: 1, max: 90 }),
})

describe('Any state', () => {
  before(formatScenes)

  it('has a frame whose rows fit, with its caret on the screen', () => {
    const facts = array(constantFrom(...FACTS), { maxLength: 60 })
    return assert(
      property(size, constantFrom([], WAITING, FINISHED), facts, (viewport, first, happened) => {
        const state = given(viewport, ...first, ...happened)
        const frame = view(state, optionsFor(state))
        const caret = caretOf(frame)
        for (const { rect, rows } of partsOf(frame)) {
          expect(rows.length).to.be.at.most(rect.rows)
          for (const row of rows) expect(rowWidth(row)).to.be.at.most(rect.columns)
        }
        if (caret === null) return
        expect(caret.x).to.be.within(0, viewport.columns - 1)
        expect(caret.y).to.be.within(0, viewport.rows - 1)
      }),
      { numRuns: 400 },
    )
  })
})
