import { pendingApprovals } from '../../lib/session/state/selectors.ts'
import type { PaneId, RootState } from '../state/state.ts'
import { withoutReview } from '../state/unmoved.ts'
import type { Styles } from '../theme/styles.ts'
import { beneathDialog } from './beneath-dialog.ts'
import { composerHeight, GAP, layout, type Placed } from './layout.ts'
import { renderCompletion } from './panes/completion.ts'
import { createDrawing } from './panes/drawn.ts'
import { contentColumns, withMargins } from './panes/gutter.ts'
import { PANES } from './panes/index.ts'
import { renderKeyBox } from './panes/key-box.ts'
import { renderOverlay } from './panes/overlay.ts'
import type { Pane, PaneOptions } from './panes/pane.ts'
import { type Row, row, styled } from './render/row.ts'
import { cleanLine } from './render/sanitize.ts'
import type { Style } from './render/style.ts'
import { fitRow, rowWidth, truncate } from './render/wrap.ts'
import { isDragged, markSelection } from './text-selection.ts'
import type { ElementContent, Frame, FrameElement, Size } from './types.ts'

export interface ViewOptions extends PaneOptions {
  /** The help page, generated from the tables of keys and commands. */
  helpRows(columns: number): readonly Row[]
}

/** The screen is a function of the state. */
export function view(state: RootState, options: ViewOptions): Frame {
  const size = state.workbench.viewport
  const elements: FrameElement[] = []
  const composerRows = composerHeight(state)
  const { placed, between, title } = plan(state, options, `${composerRows}`, (still) =>
    planOf(still, composerRows, options),
  )
  for (const { pane: id, rect } of placed) {
    const pane = PANES.find((one) => one.id === id)
    if (pane === undefined || rect.rows <= 0 || rect.columns <= 0) continue
    elements.push({
      id,
      type: 'pane',
      rect,
      render: (place) => renderPane(pane, place, state, options),
    })
  }
  elements.push(...between)
  const composer = placed.find(({ pane }) => pane === 'composer')
  const completion = composer && renderCompletion(state, composer.rect, options)
  if (completion) elements.push({ id: 'completion', type: 'popup', ...completion })
  const keyBox = composer && renderKeyBox(state, composer.rect, options)
  if (keyBox) elements.push({ id: 'keyBox', type: 'popup', ...keyBox })
  const overlay = renderOverlay(state, size, options, options.helpRows)
  if (overlay !== null) elements.push({ id: 'overlay', type: 'dialog', ...overlay })
  const focus = overlay === null ? state.workbench.focus : 'overlay'
  const shown = elements.map((element) => withSelection(element, state, options))
  return { size, elements: beneathDialog(shown, state, options.styles.border), focus, title }
}

/** What a frame has apart from the contents of its panes. */
interface Plan {
  readonly placed: readonly Placed[]
  readonly between: readonly FrameElement[]
  readonly title: string
}

/** A key in the message changes it only with the height of the message. */
const plan = createDrawing<Plan>(withoutReview.untypedUnmoved)

function planOf(still: RootState, composerRows: number, options: PaneOptions): Plan {
  const placed = layout(still, composerRows)
  return { placed, between: separators(placed, still, options), title: titleOf(still) }
}

/** The element with what is selected in it by the mouse. */
function withSelection(
  element: FrameElement,
  { workbench }: RootState,
  { styles }: PaneOptions,
): FrameElement {
  const { textSelection } = workbench
  if (textSelection?.part !== element.id || !isDragged(textSelection)) return element
  return {
    ...element,
    render(size) {
      const content = element.render(size)
      const rows = markSelection(content.rows, element.rect, textSelection, styles.selection)
      return { ...content, rows }
    },
  }
}

function titleOf({ session }: RootState): string {
  const projectName = session.directory.split('/').at(-1) ?? ''
  const mark = pendingApprovals(session).length > 0 ? '? ' : ''
  return cleanLine(`${mark}letta · ${session.agent?.name ?? projectName}`)
}

function renderPane(
  pane: Pane,
  size: Size,
  state: RootState,
  options: PaneOptions,
): ElementContent {
  const once = drawings.get(pane.id)
  if (once === undefined) return drawPane(pane, size, state, options)
  const place = `${size.columns} ${size.rows}`
  return once(state, options, place, (still) => drawPane(pane, size, still, options))
}

const drawings = new Map(
  PANES.flatMap((pane) => {
    const still = stillPart(pane)
    return still === null ? [] : [[pane.id, createDrawing<ElementContent>(still)]]
  }),
)

/** The part of the state that the pane depends on, if it is not all. */
function stillPart({ isUnmoved, isUntyped }: Pane): ((state: RootState) => RootState) | null {
  if (isUnmoved) return isUntyped ? withoutReview.untypedUnmoved : withoutReview.unmoved
  return isUntyped ? withoutReview.untyped : null
}

function drawPane(
  pane: Pane,
  { columns, rows: height }: Size,
  state: RootState,
  options: PaneOptions,
): ElementContent {
  const hasTitle = !UNTITLED.has(pane.id) && height > 1
  const top = hasTitle ? 1 : 0
  const inner = { columns: contentColumns(pane.id, columns), rows: height - top }
  const { rows, caret, note } = withMargins(pane.id, pane.render(state, inner, options), columns)
  const title = hasTitle ? [titleRow(pane, note ?? '', columns, state, options)] : []
  return {
    rows: [...title, ...cutToFit(rows, columns)],
    ...(caret === undefined ? {} : { caret: { x: caret.x, y: top + caret.y } }),
  }
}

const UNTITLED: ReadonlySet<PaneId> = new Set(['header', 'status'])

function hasFocus(pane: PaneId, { workbench }: RootState): boolean {
  return workbench.focus === pane && workbench.overlay === null
}

/** The margins of a pane may exceed a small screen. */
const TINY_COLUMNS = 24

function cutToFit(rows: readonly Row[], columns: number): readonly Row[] {
  return columns < TINY_COLUMNS ? rows.map((line) => truncate(line, columns)) : rows
}

/** A rule with the pane's name. That of the focused pane differs in color, weight and mark. */
function titleRow(
  pane: Pane,
  note: string,
  columns: number,
  state: RootState,
  options: PaneOptions,
): Row {
  const { styles } = options
  const isFocused = hasFocus(pane.id, state)
  const calm = isFocused ? styles.borderFocused : styles.border
  const isAlarming = pane.isAlarming?.(state) ?? false
  const style = isAlarming ? styles.error : calm
  const line = isFocused ? '━' : '─'
  const title = pane.title(state)
  const quiet = isFocused ? styles.title : styles.muted
  const name = styled(isAlarming ? styles.error : quiet, isFocused ? `▸ ${title}` : title)
  const edge = styled(style, line)
  const left = row(edge, ' ', truncate(name, Math.max(1, columns - 4)), ' ')
  const right = endOfTitle(note, columns - rowWidth(left), styles.muted, edge)
  const gap = columns - rowWidth(left) - rowWidth(right)
  return gap < 0 ? fitRow(left, columns) : row(left, styled(style, line.repeat(gap)), right)
}

/** As many parts of the note as there is room for. */
function endOfTitle(note: string, room: number, style: Style, edge: Row): Row {
  if (note === '') return row('')
  const end = row(' ', styled(style, note), ' ', edge)
  if (rowWidth(end) <= room) return end
  return endOfTitle(note.split(NOTE_SEPARATOR).slice(0, -1).join(NOTE_SEPARATOR), room, style, edge)
}

const NOTE_SEPARATOR = ' · '

/** A line between panes that are side by side. It joins their title lines, of which the focused one is heavy. */
function separators(
  placed: readonly Placed[],
  state: RootState,
  { styles }: PaneOptions,
): readonly FrameElement[] {
  const side = placed.filter(({ rect }) => rect.x > 0)
  const first = side[0]
  if (first === undefined) return []
  const { x, y } = first.rect
  const rows = side.reduce((sum, { rect }) => sum + rect.rows, 0)
  const titles = [true, false].map(
    (isLeft) =>
      new Map(
        placed.flatMap(({ pane, rect }) =>
          (rect.x === 0) === isLeft ? [[rect.y, pane] as const] : [],
        ),
      ),
  )
  const titleAt = (row: number, isLeft: boolean): Title => {
    const pane = titles[isLeft ? 0 : 1]?.get(row)
    // The long title of an approval below has no joint.
    if (pane === undefined || UNTITLED.has(pane) || pane === 'approval') return 'none'
    return hasFocus(pane, state) ? 'heavy' : 'light'
  }
  const paint = (line: string): Row => joint(line, styles)
  const lines = Array.from({ length: rows }, (_, index) => {
    const table = index === 0 ? TOP_JOINTS : JOINTS
    return paint(table[titleAt(y + index, true)][titleAt(y + index, false)])
  })
  const foot = titleAt(y + rows, true)
  const all = foot === 'none' ? lines : [...lines, paint(FOOT_JOINTS[foot])]
  const rect = { x: x - GAP, y, columns: GAP, rows: all.length }
  return [{ id: 'separator', type: 'separator', rect, render: () => ({ rows: all }) }]
}

const joints = new WeakMap<Styles, Map<string, Row>>()

/** A row of a separator: there are few different ones. */
function joint(line: string, styles: Styles): Row {
  const known = joints.get(styles) ?? new Map<string, Row>()
  joints.set(styles, known)
  const before = known.get(line)
  if (before !== undefined) return before
  const parts = [...line].map((part) =>
    styled(HEAVY.has(part) ? styles.borderFocused : styles.border, part),
  )
  const painted = row(...parts)
  known.set(line, painted)
  return painted
}

type Title = 'none' | 'light' | 'heavy'
/** Keyed by the title line on the left, then by the one on the right. */
type Joints = Readonly<Record<Title, Readonly<Record<Title, string>>>>

const JOINTS: Joints = {
  none: { none: ' │ ', light: ' ├─', heavy: ' ┝━' },
  light: { none: '─┤ ', light: '─┼─', heavy: '─┾━' },
  heavy: { none: '━┥ ', light: '━┽─', heavy: '━┿━' },
}
const TOP_JOINTS: Joints = {
  none: { none: ' ╷ ', light: ' ┌─', heavy: ' ┍━' },
  light: { none: '─┐ ', light: '─┬─', heavy: '─┮━' },
  heavy: { none: '━┑ ', light: '━┭─', heavy: '━┯━' },
}
const FOOT_JOINTS = { light: '─┴─', heavy: '━┷━' } as const

const HEAVY: ReadonlySet<string> = new Set(['━', '┷'])
