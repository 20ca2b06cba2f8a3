import { PLAIN_STYLE } from '../view/render/style.ts'
import { isWidthDisputed, widestWidth } from '../view/render/width.ts'
import type { CaretPosition } from '../view/types.ts'
import { type Cell, type Line, UNKNOWN_STYLE } from './cells.ts'
import type { Colors } from './colors.ts'
import { type CursorWriter, createCursorWriter, cursorTo } from './cursor-writer.ts'
import { applyScroll, findScroll } from './scroll-region.ts'
import { titleSequence } from './sequences.ts'
import { createSgr } from './sgr.ts'

interface Painter {
  /** The output that makes the terminal show `target`; '' when it already does. Updates `target.shown` accordingly. */
  paint(target: PaintTarget): string
  /** Call this when the cursor and the title of the terminal are unknown. */
  forget(): void
}

interface PaintTarget {
  readonly lines: readonly Line[]
  /** What the terminal shows. */
  readonly shown: readonly Line[]
  /** null hides the cursor. */
  readonly caret: CaretPosition | null
  readonly title: string
}

export function createPainter(options: { readonly colors: Colors }): Painter {
  const sgr = createSgr(options.colors)
  let caret: Caret = 'unknown'
  let title = ''

  return {
    paint(target) {
      const scroll = findScroll(target.lines, target.shown)
      const moved = scroll === null ? '' : applyScroll(scroll, target.lines, target.shown)
      const writer = createCursorWriter(sgr, target.lines[0]?.length ?? 0)
      target.lines.forEach((line, y) => {
        const shown = target.shown[y]
        if (line.dirty && shown !== undefined) paintLine(y, line, shown, writer)
        line.dirty = false
      })
      const content = withCaret(moved + writer.finish(), target.caret, caret)
      const renamed = target.title === title ? '' : titleSequence(target.title)
      caret = target.caret
      title = target.title
      return synchronized(renamed + content)
    },
    forget() {
      caret = 'unknown'
      title = ''
    },
  }
}

/** Writes the cells of `target` that differ from `shown`, and copies them to `shown`. */
function paintLine(y: number, target: Line, shown: Line, writer: CursorWriter): void {
  const columns = target.length
  const end = contentEnd(target)
  for (let x = 0; x < columns; ) {
    const width = target[x + 1]?.[1] === '' ? 2 : 1
    const isDone = isShown(target, shown, x) && (width === 1 || isShown(target, shown, x + 1))
    if (!isDone) {
      writer.moveTo(x, y, target)
      if (x >= end) {
        writer.eraseToEnd()
        break
      }
      const [style, cluster] = target[x] ?? BLANK
      if (isWidthDisputed(cluster)) {
        writer.putDisputed(cluster, width, style)
        forgetCells(shown, x + width, x + Math.max(width, widestWidth(cluster)))
      } else writer.put(cluster, width, style)
    }
    x += width
  }
  copyCells(target, shown)
}

const BLANK: Cell = [PLAIN_STYLE, ' ']

function forgetCells(shown: Line, from: number, to: number): void {
  for (let x = from; x < Math.min(to, shown.length); x++) shown[x] = [UNKNOWN_STYLE, '']
}

function copyCells(from: Line, to: Line): void {
  from.forEach(([style, text], x) => {
    const cell = to[x]
    if (cell === undefined) return
    cell[0] = style
    cell[1] = text
  })
}

function isShown(target: Line, shown: Line, x: number): boolean {
  return target[x]?.[0] === shown[x]?.[0] && target[x]?.[1] === shown[x]?.[1]
}

/** The column where the plain blanks at the end of a line begin. */
function contentEnd(line: Line): number {
  // In the built program an imported constant is a getter.
  const plain = PLAIN_STYLE
  let x = line.length
  while (x > 0 && line[x - 1]?.[1] === ' ' && line[x - 1]?.[0] === plain) x--
  return x
}

function synchronized(content: string): string {
  return content === '' ? '' : `\x1b[?2026h${content}\x1b[?2026l`
}

/** The position of the terminal's cursor between frames. */
type Caret = PaintTarget['caret'] | 'unknown'

/** Hides the cursor while the frame is written, and shows it at the caret afterwards. */
function withCaret(body: string, caret: CaretPosition | null, before: Caret): string {
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
