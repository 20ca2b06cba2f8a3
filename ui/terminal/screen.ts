import { isWidthDisputed, widestWidth } from '../view/render/width.ts'
import type { Frame, Row, Size } from '../view/types.ts'
import { createCellStyles, PLAIN_STYLE } from './cell-styles.ts'
import { blankLine, type Line, writeRow } from './cells.ts'
import type { Colours } from './colours.ts'
import { createPen, cursorTo, type Pen } from './cursor-writer.ts'
import { titleSequence } from './sequences.ts'

export interface Painter {
  /** What to write so that the terminal shows the frame; '' when it does already. */
  paint(frame: Frame): string
  /** To be called when the terminal may show anything: the next frame is painted whole. */
  forget(): void
  /** Whether the terminal shows joined emoji as one picture; unknown terminals don't. */
  joinsEmoji: boolean
}

export function createPainter(options: { readonly colours: Colours }): Painter {
  let styles = createCellStyles(options.colours)
  let size: Size = { columns: 0, rows: 0 }
  // What the terminal shows, and the spans it was composed from: equal spans need no look at their cells.
  let shown: Line[] = []
  let composed: (readonly Span[])[] = []
  let caret: Caret = 'unknown'
  let title = ''
  let joinsEmoji = false

  const forget = (): void => {
    if (styles.size > MANY_STYLES) styles = createCellStyles(options.colours)
    shown = Array.from({ length: size.rows }, () => unknownLine(size.columns))
    composed = []
    caret = 'unknown'
    title = ''
  }

  const paintRows = (frame: Frame, pen: Pen): void => {
    const spans = spansOf(frame)
    for (let y = 0; y < size.rows; y++) {
      const wanted = spans[y] ?? []
      const line = shown[y]
      if (line === undefined || isSame(wanted, composed[y])) continue
      const target = blankLine(size.columns)
      for (const span of wanted) writeRow(target, span.row, span, { styles, joinsEmoji })
      paintLine(y, target, line, pen)
      shown[y] = target
    }
    composed = spans
  }

  return {
    paint(frame) {
      const isResized = frame.size.columns !== size.columns || frame.size.rows !== size.rows
      size = frame.size
      if (isResized || styles.size > MANY_STYLES) forget()
      const pen = createPen(styles, size.columns)
      paintRows(frame, pen)
      const content = withCaret(pen.finish(), frame.caret, caret)
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

// Colours come from themes and highlighters; a table that large holds what is no longer on the screen.
const MANY_STYLES = 4096

/** A row of a part where it lies on the screen. */
interface Span {
  readonly x: number
  readonly columns: number
  readonly row: Row
}

function spansOf(frame: Frame): (readonly Span[])[] {
  const lines: Span[][] = Array.from({ length: frame.size.rows }, () => [])
  for (const { rect, rows } of frame.parts) {
    const end = Math.min(rect.y + rect.rows, frame.size.rows)
    for (let y = Math.max(0, rect.y); y < end; y++) {
      lines[y]?.push({ x: rect.x, columns: rect.columns, row: rows[y - rect.y] ?? '' })
    }
  }
  return lines
}

function isSame(wanted: readonly Span[], before: readonly Span[] | undefined): boolean {
  if (before === undefined || wanted.length !== before.length) return false
  return wanted.every((span, index) => {
    const other = before[index]
    return other?.x === span.x && other.columns === span.columns && other.row === span.row
  })
}

const UNKNOWN = -1

function unknownLine(columns: number): Line {
  return { text: new Array<string>(columns).fill(''), style: new Array(columns).fill(UNKNOWN) }
}

/** Writes the cells of `target` that `shown` has not. Spoils `shown`: it notes there what a wide cluster may cover. */
function paintLine(y: number, target: Line, shown: Line, pen: Pen): void {
  const columns = target.text.length
  const inked = endOfInk(target)
  for (let x = 0; x < columns; ) {
    const width = target.text[x + 1] === '' ? 2 : 1
    const isDone = isShown(target, shown, x) && (width === 1 || isShown(target, shown, x + 1))
    if (!isDone) {
      pen.moveTo(x, y, target)
      if (x >= inked) {
        pen.eraseToEnd()
        return
      }
      const cluster = target.text[x] ?? ' '
      const style = target.style[x] ?? PLAIN_STYLE
      if (isWidthDisputed(cluster)) {
        pen.putDisputed(cluster, width, style)
        shown.style.fill(UNKNOWN, x + width, x + Math.max(width, widestWidth(cluster)))
      } else pen.put(cluster, width, style)
    }
    x += width
  }
}

function isShown(target: Line, shown: Line, x: number): boolean {
  return target.style[x] === shown.style[x] && target.text[x] === shown.text[x]
}

/** Where the plain blanks at the end of a line begin. */
function endOfInk(line: Line): number {
  let x = line.text.length
  while (x > 0 && line.text[x - 1] === ' ' && line.style[x - 1] === PLAIN_STYLE) x--
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
