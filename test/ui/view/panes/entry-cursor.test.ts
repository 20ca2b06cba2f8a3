import { expect } from 'chai'
import type { Scroll } from '../../../../ui/state/state.ts'
import {
  cursorItem,
  type EntryCursor,
  type SelectableList,
  stepCursor,
} from '../../../../ui/view/panes/entry-cursor.ts'
import { scrolledWith, visibleRows } from '../../../../ui/view/panes/virtual-list.ts'
import { row } from '../../../../ui/view/render/row.ts'

/** Items `a`, `b`, … with the given numbers of rows; those without rows and the last one, `.`, cannot be selected. */
function listOf(...counts: readonly number[]): SelectableList & { laid: Set<number> } {
  return listWith([], counts)
}

/** The same, with some of the items as notices. */
function listWith(
  notices: readonly string[],
  counts: readonly number[],
): SelectableList & { laid: Set<number> } {
  const laid = new Set<number>()
  const length = counts.length + 1
  return {
    laid,
    length,
    id: (index) => (index === length - 1 ? '.' : String.fromCharCode(97 + index)),
    isSelectable: (index) => index < length - 1 && (counts[index] ?? 0) > 0,
    isNotice: (index) => notices.includes(String.fromCharCode(97 + index)),
    rows(index) {
      laid.add(index)
      return Array.from({ length: counts[index] ?? 1 }, () => row('x'))
    },
    indexOf: (id) => (id === '.' ? length - 1 : id.charCodeAt(0) - 97),
  }
}

const END: Scroll = { type: 'end' }
const NEWEST: EntryCursor = { id: null, scroll: END }
const at = (item: string, row = 0): Scroll => ({ type: 'item', item, row })

/** The cursor after each of a number of steps. */
function steps(list: SelectableList, from: EntryCursor, height: number, ...by: (1 | -1)[]) {
  let cursor = from
  return by.map((one) => {
    cursor = stepCursor(list, cursor, height, one)
    return cursor
  })
}

describe('The cursor of the conversation', () => {
  it('begins at the newest entry, and is pushed to the nearest visible one', () => {
    const list = listOf(2, 2, 2, 2)
    const on = (selected: string | null, scroll: Scroll): string => {
      const item = cursorItem(list, visibleRows(list, scroll, 4).items, selected)
      return item === null ? '' : list.id(item.index)
    }
    expect(on(null, END)).to.equal('d')
    expect(on('c', END)).to.equal('c')
    expect(on('a', END)).to.equal('c')
    expect(on('d', at('a'))).to.equal('b')
  })

  it('begins before notices at the end, goes to them by key, and begins at one where nothing else is', () => {
    const list = listWith(['c', 'd'], [2, 2, 2, 2])
    const first = cursorItem(list, visibleRows(list, END, 9).items, null)
    expect(first?.index).to.equal(1)
    expect(steps(list, NEWEST, 9, 1, 1, 1, -1)).to.deep.equal([
      { id: 'c', scroll: at('a') },
      { id: 'd', scroll: END },
      { id: 'd', scroll: END },
      { id: 'c', scroll: at('a') },
    ])
    expect(cursorItem(list, visibleRows(list, END, 4).items, null)?.index).to.equal(3)
  })

  it('moves by entry, and scrolls only when the next one is not visible', () => {
    expect(steps(listOf(2, 2, 2, 2), NEWEST, 5, -1, -1, -1, 1)).to.deep.equal([
      { id: 'c', scroll: at('c') },
      { id: 'b', scroll: at('b') },
      { id: 'a', scroll: at('a') },
      { id: 'b', scroll: at('a') },
    ])
  })

  it('holds the view at an older entry, and follows the end again at the newest', () => {
    const [older, newest] = steps(listOf(1, 1, 1), NEWEST, 9, -1, 1)
    expect(older).to.deep.equal({ id: 'b', scroll: at('a') })
    expect(newest).to.deep.equal(NEWEST)
  })

  it('pages through an entry that is taller than the pane before it leaves it', () => {
    expect(steps(listOf(2, 12, 2), { id: 'a', scroll: at('a') }, 6, 1, 1, 1, 1)).to.deep.equal([
      { id: 'b', scroll: at('b') },
      { id: 'b', scroll: at('b', 4) },
      { id: 'b', scroll: at('b', 6) },
      NEWEST,
    ])
    expect(steps(listOf(2, 12, 2), NEWEST, 6, -1, -1, -1)).to.deep.equal([
      { id: 'b', scroll: at('b', 6) },
      { id: 'b', scroll: at('b', 2) },
      { id: 'b', scroll: at('b', 0) },
    ])
  })

  it('skips entries without rows, and stops at the first', () => {
    const list = listOf(1, 0, 0, 1)
    expect(steps(list, NEWEST, 3, -1, -1)).to.deep.equal([
      { id: 'a', scroll: at('a') },
      { id: 'a', scroll: at('a') },
    ])
  })

  it('lays out a few entries of ten thousand', () => {
    const list = listOf(...Array.from({ length: 10_000 }, () => 2))
    let cursor: EntryCursor = NEWEST
    for (let key = 0; key < 20; key++) cursor = stepCursor(list, cursor, 30, -1)
    expect(list.laid.size).to.be.below(60)
  })
})

describe('A scroll position with an item at a row', () => {
  it('is kept as far as the ends of the list allow', () => {
    const list = listOf(2, 2, 2, 2)
    expect(scrolledWith(list, 4, 'c', 1)).to.deep.equal(at('b', 1))
    expect(scrolledWith(list, 4, 'a', 3)).to.deep.equal(at('a'))
    expect(scrolledWith(list, 4, 'd', 0)).to.deep.equal(END)
    expect(scrolledWith(list, 4, 'a', -1)).to.deep.equal(at('a', 1))
  })
})
