import { expect } from 'chai'
import { type Row, type RowContent, row, styled } from '../../../ui/view/render/row.ts'
import { rgb, type Style, styleOf } from '../../../ui/view/render/style.ts'
import { feed, gridOf, type Look, openModel, PLAIN_LOOK, type SeenCell, seenStyle } from './grid.ts'
import { createPartsPainter, type Part, type PartsFrame } from './parts-painter.ts'

const frameOf = (columns: number, rows: number, parts: readonly Part[], rest = {}): PartsFrame => ({
  size: { columns, rows },
  parts,
  caret: null,
  title: '',
  ...rest,
})

const onePart = (columns: number, rows: readonly RowContent[], rest = {}): PartsFrame =>
  frameOf(
    columns,
    rows.length,
    [
      {
        id: 'all',
        rect: { x: 0, y: 0, columns, rows: rows.length },
        rows: rows.map((one) => row(one)),
      },
    ],
    rest,
  )

const body = (bytes: string): string => {
  expect(bytes.startsWith('\x1b[?2026h') && bytes.endsWith('\x1b[?2026l')).to.equal(true)
  return bytes.slice('\x1b[?2026h'.length, -'\x1b[?2026l'.length)
}

describe('The painter', () => {
  it('hides the cursor while it writes, and shows it at the caret afterwards', () => {
    const painter = createPartsPainter({ colors: 'truecolor' })
    painter.paint(onePart(20, ['text'], { caret: { x: 0, y: 0 } }))
    expect(body(painter.paint(onePart(20, ['next'], { caret: { x: 0, y: 0 } })))).to.match(
      /^\x1b\[\?25l.*\x1b\[1;1H\x1b\[\?25h$/,
    )
  })

  it('writes nothing when nothing changed', () => {
    const painter = createPartsPainter({ colors: 'truecolor' })
    const frame = () =>
      onePart(10, ['one', styled(styleOf({ bold: true }), 'two')], { caret: { x: 1, y: 1 } })
    expect(painter.paint(frame())).not.to.equal('')
    expect(painter.paint(frame())).to.equal('')
  })

  it('writes only the cells that changed', () => {
    const painter = createPartsPainter({ colors: 'truecolor' })
    painter.paint(onePart(20, ['the quick brown fox', 'jumps']))
    expect(body(painter.paint(onePart(20, ['the quick green fox', 'jumps'])))).to.equal(
      '\x1b[1;11Hgree',
    )
  })

  it('lets the terminal move rows that have moved up, next to others that stay', async () => {
    const painter = createPartsPainter({ colors: 'truecolor' })
    const terminal = openModel(80, 20)
    const wide = styleOf({ bg: rgb(40, 40, 80) })
    const frame = (from: number): PartsFrame =>
      frameOf(80, 20, [
        {
          id: 'left',
          rect: { x: 0, y: 1, columns: 50, rows: 16 },
          rows: Array.from({ length: 16 }, (_, y) =>
            row(
              styled(y % 3 === 0 ? wide : styleOf({ bold: true }), `row ${from + y} 漢字 `),
              'and some words',
            ),
          ),
        },
        {
          id: 'right',
          rect: { x: 52, y: 0, columns: 28, rows: 20 },
          rows: ['Tasks', '1/2', 'Memory'].map((text) => row(text)),
        },
      ])
    let most = 0
    for (const from of [0, 1, 2, 5, 6, 13, 12, 40]) {
      const bytes = painter.paint(frame(from))
      await feed(terminal, bytes)
      if (from === 1 || from === 2) most = Math.max(most, bytes.length)
      const fresh = openModel(80, 20)
      await feed(fresh, createPartsPainter({ colors: 'truecolor' }).paint(frame(from)))
      expect(gridOf(terminal)).to.deep.equal(gridOf(fresh))
    }
    expect(most).to.be.below(330)
  })

  it('writes a row again that stays where the terminal moves the others', async () => {
    const painter = createPartsPainter({ colors: 'truecolor' })
    const terminal = openModel(60, 16)
    const wide = styleOf({ bg: rgb(40, 40, 80) })
    const frame = (from: number): PartsFrame =>
      onePart(
        60,
        Array.from({ length: 16 }, (_, y) =>
          row(styled(wide, y === 7 ? 'the same row in every frame' : `row ${from + y}, and words`)),
        ),
      )
    for (const from of [0, 1, 2]) {
      await feed(terminal, painter.paint(frame(from)))
      const fresh = openModel(60, 16)
      await feed(fresh, createPartsPainter({ colors: 'truecolor' }).paint(frame(from)))
      expect(gridOf(terminal)).to.deep.equal(gridOf(fresh))
    }
  })

  it('erases the rest of a row instead of writing spaces', () => {
    const painter = createPartsPainter({ colors: 'truecolor' })
    painter.paint(onePart(20, ['a long row of text']))
    expect(body(painter.paint(onePart(20, ['a'])))).to.equal('\x1b[1;3H\x1b[K')
  })

  it('moves the caret without painting, and hides a missing one', () => {
    const painter = createPartsPainter({ colors: 'truecolor' })
    painter.paint(onePart(20, ['text'], { caret: { x: 0, y: 0 } }))
    expect(body(painter.paint(onePart(20, ['text'], { caret: { x: 3, y: 0 } })))).to.equal(
      '\x1b[1;4H\x1b[?25h',
    )
    expect(body(painter.paint(onePart(20, ['text'])))).to.equal('\x1b[?25l')
    expect(painter.paint(onePart(20, ['text']))).to.equal('')
  })

  it('hides a cursor of unknown position', () => {
    const painter = createPartsPainter({ colors: 'truecolor' })
    painter.paint(onePart(20, ['text'], { caret: { x: 0, y: 0 } }))
    painter.forget()
    expect(painter.paint(onePart(20, ['text']))).to.include('\x1b[?25l')
    expect(painter.paint(onePart(20, ['text']))).to.equal('')
  })

  it('sets the title once, without control characters', () => {
    const painter = createPartsPainter({ colors: 'truecolor' })
    const frame = onePart(5, [''], { title: 'a\x07b\x1b]0;c\u009cd\u202e' })
    expect(painter.paint(frame)).to.include('\x1b]2;a b ]0;c d \x1b\\')
    expect(painter.paint(frame)).to.equal('')
  })

  it('paints later parts over earlier ones', async () => {
    const painter = createPartsPainter({ colors: 'truecolor' })
    const model = openModel(8, 2)
    const parts: readonly Part[] = [
      {
        id: 'under',
        rect: { x: 0, y: 0, columns: 8, rows: 2 },
        rows: [row('漢字漢字'), row('abcdefgh')],
      },
      { id: 'over', rect: { x: 1, y: 0, columns: 4, rows: 2 }, rows: [row('over'), row('o')] },
    ]
    await feed(model, painter.paint(frameOf(8, 2, parts)))
    expect(textOf(gridOf(model))).to.deep.equal([' over 字', 'ao   fgh'])
    await feed(model, painter.paint(frameOf(8, 2, parts.slice(0, 1))))
    expect(textOf(gridOf(model))).to.deep.equal(['漢字漢字', 'abcdefgh'])
  })

  it('shows colors as closely as the terminal can', () => {
    const content = styled(styleOf({ fg: rgb(255, 0, 0), bg: 17, bold: true }), 'x')
    const painted = (colors: 'truecolor' | '256' | '16' | 'none'): string =>
      /\x1b\[0;([\d;]*)m/.exec(createPartsPainter({ colors }).paint(onePart(1, [content])))?.[1] ??
      ''
    expect(painted('truecolor')).to.equal('1;38;2;255;0;0;48;5;17')
    expect(painted('256')).to.equal('1;38;5;196;48;5;17')
    expect(painted('16')).to.equal('1;91;44')
    expect(painted('none')).to.equal('1')
  })

  it('writes only safe links, and ends each', () => {
    const link = (target: string): string =>
      createPartsPainter({ colors: 'truecolor' }).paint(
        onePart(4, [row(styled(styleOf({ link: target }), 'ab'), 'cd')]),
      )
    expect(link('https://letta.com/x')).to.include(
      '\x1b]8;;https://letta.com/x\x1b\\ab\x1b[m\x1b]8;;\x1b\\cd'.replace('\x1b[m', ''),
    )
    expect(link('javascript:alert(1)')).not.to.include('\x1b]8')
  })

  it('keeps the position of the text after an emoji, whatever its width in the terminal is', async () => {
    for (const version of ['6', 'wide']) {
      const model = openModel(12, 1)
      if (version === 'wide') makeAmbiguousWide(model)
      const painter = createPartsPainter({ colors: 'truecolor' })
      for (const line of ['a😀b👩‍🚀c🇩🇪d', 'a😀B👩‍🚀c☀d', 'plain text', '❤️x1️⃣y✅z'])
        await feed(model, painter.paint(onePart(12, [line])))
      const text = textOf(gridOf(model))[0] ?? ''
      expect(text.replace(/[^\x20-\x7e]/gu, '').replaceAll(' ', ''), version).to.match(/^x1?yz$/)
      expect(columnOf(gridOf(model), 'x'), version).to.equal(2)
      expect(columnOf(gridOf(model), 'y'), version).to.equal(5)
      expect(columnOf(gridOf(model), 'z'), version).to.equal(8)
    }
  })

  it('repaints what a wider emoji covers', async () => {
    for (const line of ['☀bcdef', '🇩🇪cdef', 'ab☀def', 'a✅def']) {
      const model = openModel(8, 1)
      makeAmbiguousWide(model)
      const painter = createPartsPainter({ colors: 'truecolor' })
      for (const shown of ['abcdef', line]) await feed(model, painter.paint(onePart(8, [shown])))
      const text = textOf(gridOf(model))[0] ?? ''
      expect(text.replace(/[^a-z]/g, ''), line).to.equal(line.replace(/[^a-z]/g, ''))
      expect(columnOf(gridOf(model), 'd'), line).to.equal(3)
    }
  })

  it('repaints everything after it was reset', async () => {
    const painter = createPartsPainter({ colors: 'truecolor' })
    const model = openModel(6, 2)
    await feed(model, painter.paint(onePart(6, ['one', 'two'])))
    await feed(model, '\x1b[2J\x1b[Hgarbage')
    painter.forget()
    await feed(model, painter.paint(onePart(6, ['one', 'two'])))
    expect(textOf(gridOf(model))).to.deep.equal(['one   ', 'two   '])
  })

  for (const seed of [1, 2, 3]) {
    it(`shows random frames cell by cell as expected, painted as changes or completely (seed ${seed})`, async () => {
      const random = createRandom(seed)
      let size = { columns: 40, rows: 10 }
      const model = openModel(size.columns, size.rows)
      const painter = createPartsPainter({ colors: 'truecolor' })
      let parts: readonly DrawnPart[] = []
      for (let index = 0; index < 150; index++) {
        if (index % 37 === 36) {
          size = { columns: 8 + random(60), rows: 3 + random(14) }
          model.resize(size.columns, size.rows)
        }
        parts = nextParts(parts, size, random, index % 12 === 0 || index % 37 === 36)
        const frame = frameOf(size.columns, size.rows, parts.map(partOf), {
          caret: random(3) === 0 ? null : { x: random(size.columns), y: random(size.rows) },
        })
        const bytes = painter.paint(frame)
        if (bytes !== '') expect(body(bytes)).not.to.match(/\x1b\[\?2026/)
        await feed(model, bytes)
        expect(painter.paint(frame)).to.equal('')
        const shown = gridOf(model)
        expect(difference(shown, wantedGrid(size, parts)), `frame ${index}`).to.equal('')
        if (index % 10 === 0) {
          const fresh = openModel(size.columns, size.rows)
          await feed(fresh, createPartsPainter({ colors: 'truecolor' }).paint(frame))
          expect(gridOf(fresh), `frame ${index}`).to.deep.equal(shown)
        }
      }
    })
  }
})

function textOf(grid: readonly (readonly SeenCell[])[]): readonly string[] {
  return grid.map((line) => line.map((cell) => cell.text).join(''))
}

function columnOf(grid: readonly (readonly SeenCell[])[], text: string): number {
  return grid[0]?.findIndex((cell) => cell.text === text) ?? -1
}

/** A terminal that takes two cells for all that is not plain ASCII. */
function makeAmbiguousWide(model: ReturnType<typeof openModel>): void {
  model.unicode.register({
    version: 'wide',
    wcwidth: (code) => (code < 0x7f ? 1 : code === 0x200d || code === 0xfe0f ? 0 : 2),
    charProperties: (code) => (code < 0x7f ? 1 : code === 0x200d || code === 0xfe0f ? 0 : 2) << 1,
  })
  model.unicode.activeVersion = 'wide'
}

interface Drawn {
  readonly cluster: string
  readonly width: number
  readonly look: Look
}

interface DrawnPart {
  readonly rect: Part['rect']
  readonly rows: readonly (readonly Drawn[])[]
}

type Random = (below: number) => number

function createRandom(seed: number): Random {
  let state = seed * 2654435761
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0
    return (state >>> 7) % below
  }
}

const CLUSTERS: readonly (readonly [string, number])[] = [
  ...[...'abcdefgh ─│●é'].map((text) => [text, 1] as const),
  [' ', 1],
  [' ', 1],
  ['漢', 2],
  ['字', 2],
  ['한', 2],
  ['Ｗ', 2],
  ['😀', 2],
  ['✅', 2],
  ['e\u0301', 1],
  ['ก็', 1],
]

const LOOKS: readonly Look[] = [
  PLAIN_LOOK,
  PLAIN_LOOK,
  { ...PLAIN_LOOK, fg: 1 },
  { ...PLAIN_LOOK, fg: 0x78c85a, bg: 0x102030, italic: true },
  { ...PLAIN_LOOK, bg: 4, bold: true },
  { ...PLAIN_LOOK, inverse: true },
  { ...PLAIN_LOOK, underline: true, strike: true, fg: 200 },
]

function spanStyle(look: Look): Style {
  const color = (value: number): number =>
    value > 255 ? rgb(value >> 16, (value >> 8) & 255, value & 255) : value
  return styleOf({ ...look, fg: color(look.fg), bg: color(look.bg) })
}

function nextParts(
  before: readonly DrawnPart[],
  size: PartsFrame['size'],
  random: Random,
  isNew: boolean,
): readonly DrawnPart[] {
  if (isNew) return Array.from({ length: 1 + random(5) }, () => drawPart(size, random))
  return before.map((part) => {
    const kind = random(4)
    if (kind === 0)
      return { ...part, rows: [...part.rows.slice(1), drawRow(part.rect.columns, random)] }
    if (kind === 1) return part
    const changed = random(part.rows.length)
    return {
      ...part,
      rows: part.rows.map((row, y) => (y === changed ? changeRow(row, random) : row)),
    }
  })
}

function drawPart(size: PartsFrame['size'], random: Random): DrawnPart {
  const x = random(size.columns)
  const y = random(size.rows)
  const rect = { x, y, columns: 1 + random(size.columns - x), rows: 1 + random(size.rows - y) }
  return { rect, rows: Array.from({ length: rect.rows }, () => drawRow(rect.columns, random)) }
}

function drawRow(columns: number, random: Random): readonly Drawn[] {
  return Array.from({ length: random(columns + 4) }, () => drawCluster(random))
}

function drawCluster(random: Random): Drawn {
  const [cluster = ' ', width = 1] = CLUSTERS[random(CLUSTERS.length)] ?? []
  return { cluster, width, look: LOOKS[random(LOOKS.length)] ?? PLAIN_LOOK }
}

function changeRow(row: readonly Drawn[], random: Random): readonly Drawn[] {
  const at = random(row.length + 1)
  return [...row.slice(0, at), drawCluster(random), ...row.slice(at + 1)]
}

function partOf({ rect, rows }: DrawnPart, index: number): Part {
  return {
    id: String(index),
    rect,
    rows: rows.map(
      (drawn): Row => drawn.map(({ cluster, look }) => ({ text: cluster, style: spanStyle(look) })),
    ),
  }
}

/** The same frame, composed without the code under test. */
function wantedGrid(size: PartsFrame['size'], parts: readonly DrawnPart[]): readonly SeenCell[][] {
  const cells = Array.from({ length: size.rows }, () =>
    Array.from({ length: size.columns }, () => ({ text: ' ', look: PLAIN_LOOK })),
  )
  for (const { rect, rows } of parts) {
    for (let row = 0; row < rect.rows; row++) {
      const line = cells[rect.y + row]
      if (line === undefined) continue
      const end = rect.x + rect.columns
      const [first, next] = [line[rect.x], line[end]]
      if (first?.text === '')
        line[rect.x - 1] = { text: ' ', look: line[rect.x - 1]?.look ?? PLAIN_LOOK }
      if (next?.text === '') line[end] = { ...next, text: ' ' }
      let x = rect.x
      for (const { cluster, width, look } of rows[row] ?? []) {
        if (x >= end) break
        const fits = x + width <= end
        line[x] = { text: fits ? cluster : ' ', look }
        if (fits && width === 2) line[x + 1] = { text: '', look }
        x += width
      }
      for (; x < end; x++) line[x] = { text: ' ', look: PLAIN_LOOK }
    }
  }
  return cells.map((line) => line.map(({ text, look }) => ({ text, style: seenStyle(text, look) })))
}

/** The first cell that differs. The second half of an emoji is a blank where the terminal takes one cell for it. */
function difference(
  shown: readonly (readonly SeenCell[])[],
  wanted: readonly (readonly SeenCell[])[],
): string {
  for (const [y, line] of wanted.entries()) {
    for (const [x, expected] of line.entries()) {
      const seen = shown[y]?.[x]
      if (expected.text === '' && (seen?.text === '' || seen?.text === ' ')) continue
      if (seen?.text === expected.text && seen.style === expected.style) continue
      return `${x},${y}: shows ${JSON.stringify(seen)}, wanted ${JSON.stringify(expected)}`
    }
  }
  return ''
}
