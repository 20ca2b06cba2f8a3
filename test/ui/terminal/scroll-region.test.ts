import { expect } from 'chai'
import type { Line } from '../../../ui/terminal/cells.ts'
import { applyScroll, findScroll } from '../../../ui/terminal/scroll-region.ts'
import { PLAIN_STYLE } from '../../../ui/view/render/style.ts'

const ROWS = 12

/** Lines whose cells are counted when they are read. */
function linesOf(texts: readonly string[], isDirty: (y: number) => boolean) {
  const reads = { count: 0 }
  const lines = texts.map((text, y): Line => {
    const cells = Object.assign(
      [...text.padEnd(80)].map((character) => [PLAIN_STYLE, character]),
      { dirty: isDirty(y) },
    )
    return new Proxy(cells as unknown as Line, {
      get(target, name, receiver) {
        if (name === '0') reads.count++
        return Reflect.get(target, name, receiver)
      },
    })
  })
  return { lines, reads }
}

const texts = (from: number): readonly string[] =>
  Array.from({ length: ROWS }, (_, y) => String.fromCharCode(97 + from + y).repeat(70))

describe('Rows that have moved up', () => {
  it('are found when every row has changed', () => {
    const target = linesOf(texts(2), () => true).lines
    const { lines: shown } = linesOf(texts(0), () => false)
    expect(findScroll(target, shown)).to.include({ top: 0, bottom: ROWS - 1, by: 2 })
  })

  it('are all compared again after the terminal has moved them, also those that are as before', () => {
    const target = linesOf(texts(2), () => false).lines
    const { lines: shown } = linesOf(texts(0), () => false)
    applyScroll({ top: 2, bottom: 5, by: 1 }, target, shown)
    expect(target.flatMap(({ dirty }, y) => (dirty ? [y] : []))).to.deep.equal([2, 3, 4, 5])
  })

  it('are looked for in no cell while only three rows have changed, as when a text streams in', () => {
    const changed = new Set([0, 9, 11])
    const target = linesOf(texts(2), (y) => changed.has(y))
    const shown = linesOf(texts(0), () => false)
    expect(findScroll(target.lines, shown.lines)).to.equal(null)
    expect(target.reads.count + shown.reads.count).to.equal(0)
    changed.add(5)
    const more = linesOf(texts(2), (y) => changed.has(y))
    expect(findScroll(more.lines, shown.lines)).not.to.equal(null)
    expect(more.reads.count).to.be.above(0)
  })
})
