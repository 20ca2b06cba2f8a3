import { expect } from 'chai'
import type { Scroll } from '../../../../ui/state/state.ts'
import {
  type RowList,
  scrolledBy,
  scrolledTo,
  visibleRows,
} from '../../../../ui/view/panes/virtual-list.ts'
import { row } from '../../../../ui/view/render/row.ts'
import { textOf } from '../rows.ts'

/** Items `a`, `b`, … with the given numbers of rows, which are called `a0`, `a1`, … */
function listOf(...counts: readonly number[]): RowList & { asked: Set<string> } {
  const name = (index: number): string => String.fromCharCode(97 + index)
  const asked = new Set<string>()
  return {
    asked,
    length: counts.length,
    id: name,
    rows(index) {
      asked.add(name(index))
      return Array.from({ length: counts[index] ?? 0 }, (_, at) => row(`${name(index)}${at}`))
    },
    indexOf: (id) => (id === '' ? -1 : id.charCodeAt(0) - 97),
  }
}

const shown = (list: RowList, scroll: Scroll, height: number) => {
  const visible = visibleRows(list, scroll, height)
  const items = visible.items.map(({ index }) => list.id(index))
  return { ...visible, items, rows: textOf(visible.rows) }
}

const END: Scroll = { type: 'end' }
const at = (item: string, row: number): Scroll => ({ type: 'item', item, row })

describe('A virtual list', () => {
  it('shows the last rows while it follows the end', () => {
    expect(shown(listOf(2, 3, 2), END, 4)).to.deep.equal({
      rows: ['b1', 'b2', 'c0', 'c1'],
      itemsBelow: 0,
      atEnd: true,
      items: ['b', 'c'],
    })
  })

  it('shows all rows when all of them fit', () => {
    expect(shown(listOf(1, 2), END, 9).rows).to.deep.equal(['a0', 'b0', 'b1'])
  })

  it('renders only the visible items', () => {
    const list = listOf(...Array.from({ length: 26 }, () => 3))
    visibleRows(list, END, 5)
    expect([...list.asked]).to.deep.equal(['z', 'y'])
  })

  it('keeps its position while items grow below', () => {
    const scroll = at('a', 1)
    expect(shown(listOf(3, 3), scroll, 2).rows).to.deep.equal(['a1', 'a2'])
    expect(shown(listOf(3, 3, 9), scroll, 2)).to.deep.equal({
      rows: ['a1', 'a2'],
      itemsBelow: 2,
      atEnd: false,
      items: ['a'],
    })
  })

  it('scrolls over the borders of items, and no further than its ends', () => {
    const list = listOf(2, 2, 2)
    expect(scrolledBy(list, at('a', 1), 2, 2, true)).to.deep.equal(at('b', 1))
    expect(scrolledBy(list, at('b', 1), 2, -9, true)).to.deep.equal(at('a', 0))
    expect(scrolledBy(list, at('b', 0), 2, 9, true)).to.deep.equal(END)
    expect(scrolledBy(list, at('b', 0), 2, 9, false)).to.deep.equal(at('c', 0))
  })

  it('leaves out items without rows', () => {
    const list = listOf(1, 0, 0, 1)
    expect(scrolledBy(list, at('a', 0), 1, 1, false)).to.deep.equal(at('d', 0))
    expect(scrolledBy(list, at('d', 0), 1, -1, false)).to.deep.equal(at('a', 0))
  })

  it('moves no more than necessary to show a complete item', () => {
    const list = listOf(2, 2, 2, 2)
    expect(scrolledTo(list, at('a', 0), 4, 'b')).to.deep.equal(at('a', 0))
    expect(scrolledTo(list, at('a', 0), 4, 'c')).to.deep.equal(at('b', 0))
    expect(scrolledTo(list, at('c', 0), 4, 'b')).to.deep.equal(at('b', 0))
  })

  it('reaches an item that is several heights below', () => {
    const list = listOf(2, 2, 2, 2, 2, 2, 2, 2, 2, 2)
    expect(scrolledTo(list, at('a', 0), 4, 'h')).to.deep.equal(at('g', 0))
    expect(scrolledTo(list, at('a', 0), 5, 'h')).to.deep.equal(at('f', 1))
  })
})
