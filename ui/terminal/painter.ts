import { EMPTY_ROW, isSameRow, type Row } from '../view/render/row.ts'
import { PLAIN_STYLE, styleOf } from '../view/render/style.ts'
import { isWidthDisputed, widestWidth } from '../view/render/width.ts'
import type { Frame, Size } from '../view/types.ts'
import { blankLine, type Cell, type Line, writeRow } from './cells.ts'
import type { Colours } from './colours.ts'
import { type CursorWriter, createCursorWriter, cursorTo } from './cursor-writer.ts'
import { titleSequence } from './sequences.ts'
import { createSgr } from './sgr.ts'

export interface Painter {
  /** What to write so that the terminal shows the frame; '' when it does already. */
  paint(frame: Frame): string
  /** To be called when the terminal may show anything: the next frame is painted whole. */
  forget(): void
  /** Whether the terminal shows joined emoji as one picture; unknown terminals don't. */
  joinsEmoji: boolean
}

export function createPainter(options: { readonly colours: Colours }): Painter {
  const sgr = createSgr(options.colours)
  let size: Size = { columns: 0, rows: 0 }
  // What the terminal shows, and the spans it was composed from: equal spans need no look at their cells.
  let shown: Line[] = []
  let composed: (readonly PlacedRow[])[] = []
  let caret: Caret = 'unknown'
  let title = ''
  let joinsEmoji = false

  const forget = (): void => {
    shown = Array.from({ length: size.rows }, () => unknownLine(size.columns))
    composed = []
    caret = 'unknown'
    title = ''
  }

  const paintRows = (frame: Frame, writer: CursorWriter): void => {
    const spans = spansOf(frame)
    for (let y = 0; y < size.rows; y++) {
      const wanted = spans[y] ?? []
      const line = shown[y]
      if (line === undefined || isSame(wanted, composed[y])) continue
      const target = blankLine(size.columns)
      for (const span of wanted) writeRow(target, span.row, span, { joinsEmoji })
      paintLine(y, target, line, writer)
      shown[y] = target
    }
    composed = spans
  }

  return {
    paint(frame) {
      const isResized = frame.size.columns !== size.columns || frame.size.rows !== size.rows
      size = frame.size
      if (isResized) forget()
      const writer = createCursorWriter(sgr, size.columns)
      paintRows(frame, writer)
      const content = withCaret(writer.finish(), frame.caret, caret)
      const renamed = frame.title === title ? '' : titleSequence(frame.title)
      caret = frame.caret
      title = frame.title
      return synchronized(renamed + content)
    },
    forget,
    get joinsEmoji() {
      return joinsEmoji
    },
    set joinsEmoji(joins) {
      if (joins !== joinsEmoji) forget()
      joinsEmoji = joins
    },
  }
}

/** A row of a part where it lies on the screen. */
interface PlacedRow {
  readonly x: number
  readonly columns: number
  readonly row: Row
}

function spansOf(frame: Frame): (readonly PlacedRow[])[] {
  const lines: PlacedRow[][] = Array.from({ length: frame.size.rows }, () => [])
  for (const { rect, rows } of frame.parts) {
    const end = Math.min(rect.y + rect.rows, frame.size.rows)
    for (let y = Math.max(0, rect.y); y < end; y++) {
      lines[y]?.push({ x: rect.x, columns: rect.columns, row: rows[y - rect.y] ?? EMPTY_ROW })
    }
  }
  return lines
}

function isSame(wanted: readonly PlacedRow[], before: readonly PlacedRow[] | undefined): boolean {
  if (before === undefined || wanted.length !== before.length) return false
  return wanted.every((span, index) => {
    const other = before[index]
    return other?.x === span.x && other.columns === span.columns && isSameRow(other.row, span.row)
  })
}

/** What a cell may show that nothing is known of. */
const UNKNOWN = styleOf({ link: 'unknown' })

function unknownLine(columns: number): Line {
  const cells = Array.from({ length: columns }, (): Cell => [UNKNOWN, ''])
  return Object.assign(cells, { dirty: true })
}

/** Writes the cells of `target` that `shown` has not. Spoils `shown`: it notes there what a wide cluster may cover. */
function paintLine(y: number, target: Line, shown: Line, writer: CursorWriter): void {
  const columns = target.length
  const inked = endOfInk(target)
  for (let x = 0; x < columns; ) {
    const width = target[x + 1]?.[1] === '' ? 2 : 1
    const isDone = isShown(target, shown, x) && (width === 1 || isShown(target, shown, x + 1))
    if (!isDone) {
      writer.moveTo(x, y, target)
      if (x >= inked) {
        writer.eraseToEnd()
        return
      }
      const [style, cluster] = target[x] ?? BLANK
      if (isWidthDisputed(cluster)) {
        writer.putDisputed(cluster, width, style)
        forgetCells(shown, x + width, x + Math.max(width, widestWidth(cluster)))
      } else writer.put(cluster, width, style)
    }
    x += width
  }
}

const BLANK: Cell = [PLAIN_STYLE, ' ']

function forgetCells(shown: Line, from: number, to: number): void {
  for (let x = from; x < Math.min(to, shown.length); x++) shown[x] = [UNKNOWN, '']
}

function isShown(target: Line, shown: Line, x: number): boolean {
  return target[x]?.[0] === shown[x]?.[0] && target[x]?.[1] === shown[x]?.[1]
}

/** Where the plain blanks at the end of a line begin. */
function endOfInk(line: Line): number {
  let x = line.length
  while (x > 0 && line[x - 1]?.[1] === ' ' && line[x - 1]?.[0] === PLAIN_STYLE) x--
  return x
}

function synchronized(content: string): string {
  return content === '' ? '' : `\x1b[?2026h${content}\x1b[?2026l`
}

/** Where the terminal's cursor is when no frame is under way. */
type Caret = Frame['caret'] | 'unknown'

/** The cursor is hidden while it runs over the screen, and comes back where the caret is. */
function withCaret(body: string, caret: Frame['caret'], before: Caret): string {
  const hide = before === null ? '' : '\x1b[?25l'
  if (caret === null) return hide + body
  const show = `${cursorTo(caret.x, caret.y)}\x1b[?25h`
  if (body !== '') return hide + body + show
  return isSameCaret(caret, before) ? '' : show
}

function isSameCaret(caret: Caret, before: Caret): boolean {
  if (caret === null || before === null || caret === 'unknown' || before === 'unknown') return false
  return caret.x === before.x && caret.y === before.y
}
