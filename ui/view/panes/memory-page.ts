import type { MemoryItem } from '../../../lib/session/state/memory.ts'
import { learnedBlocks } from '../../../lib/session/state/selectors.ts'
import type { SessionState } from '../../../lib/session/state/session-state.ts'
import { countCodePoints, estimateTokens } from '../../../lib/util/code-points.ts'
import { changedLines, NEARLY_FULL_SHARE } from '../../../lib/util/quantities.ts'
import { timeAgo } from '../../../lib/util/time-ago.ts'
import type { WorkbenchCommandId } from '../../messages/commands.ts'
import { changeSince } from '../../state/learned.ts'
import { type BlockFacts, type MemoryPage, selectedLines } from '../../state/memory-page.ts'
import type { RootState, WorkbenchState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { memoryPageTexts as texts } from '../messages/memory.ts'
import { type RenderOptions, renderMarkdown } from '../render/formatter.ts'
import { gaugeFromHalf } from '../render/gauge.ts'
import { highlightRanges, type TextRange } from '../render/highlight-ranges.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import type { Style } from '../render/style.ts'
import { fitRow, rowWidth, trimEnd, truncate, wrap } from '../render/wrap.ts'
import type { Size } from '../types.ts'
import { shortCount } from './format.ts'
import { boundKeys } from './key-hints.ts'
import { hasOutsideLine, outsideNote, outsideSource } from './memory-block.ts'
import { selectedBlock } from './memory-selection.ts'
import {
  factsOf,
  HISTORY_COLUMNS,
  historyRows,
  shortAuthor,
  versionRows,
} from './memory-versions.ts'
import type { PaneOptions, PaneView } from './pane.ts'
import { firstAround, type RowList, visibleRows } from './virtual-list.ts'

/** Whether the pane fills the main area, and is large enough for columns. */
export function isMemoryPage({ page, memory }: WorkbenchState, { columns, rows }: Size): boolean {
  const isList = memory.editing === null && memory.merging === null
  return page === 'memory' && isList && columns >= MIN_COLUMNS && rows >= MIN_ROWS
}

const MIN_COLUMNS = 60
const MIN_ROWS = 8
/** From this width on the history is next to the text; otherwise it takes the place of the list. */
const WIDE_COLUMNS = 110
const LIST_COLUMNS = 29
/** A blank, a line and a blank. */
const GAP = 3
/** The heading of the text, a rule, and the row of keys. */
const FIXED_ROWS = 3
/** A blank at both edges of the page. */
const EDGES = 2

/** The place of the text of the block. */
export function textSize({ columns, rows }: Size): Size {
  const side =
    columns >= WIDE_COLUMNS ? LIST_COLUMNS + HISTORY_COLUMNS + 2 * GAP : LIST_COLUMNS + GAP
  return { columns: Math.max(20, columns - side - EDGES), rows: Math.max(1, rows - FIXED_ROWS) }
}

/** The agent's memory in columns: blocks, the text of the selected one, its history. */
export function memoryPageView(state: RootState, size: Size, options: PaneOptions): PaneView {
  const { styles } = options
  const item = selectedBlock(state)
  if (item === null) return { rows: [] }
  const { page } = state.workbench.memory
  const height = size.rows - 1
  const text = textSize(size)
  const isWide = size.columns >= WIDE_COLUMNS
  const showsHistory = isWide || page.column === 'history'
  const history = showsHistory ? historyRows(state, item, height, options) : []
  const list = isWide || !showsHistory ? listRows(state, item, height, styles) : history
  const lines = textList(state, text.columns, options)
  const { rows } = visibleRows(lines, state.workbench.scroll.memory, text.rows)
  const middle = [...headRows(state, item, text.columns, styles), ...rows]
  const rule = styled(styles.border, ' │ ')
  const all: Row[] = []
  for (let at = 0; at < height; at++) {
    const left = fitRow(list[at] ?? EMPTY_ROW, LIST_COLUMNS)
    const center = middle[at] ?? EMPTY_ROW
    const right = isWide ? row(rule, history[at] ?? EMPTY_ROW) : EMPTY_ROW
    all.push(row(' ', left, rule, isWide ? fitRow(center, text.columns) : center, right))
  }
  return { rows: [...all, footRow(page, size.columns, options)], note: contextNote(state.session) }
}

function contextNote({ memory, agent }: SessionState): string {
  const used = memory.reduce((sum, { block }) => sum + estimateTokens(block.value), 0)
  const window = agent?.contextWindow ?? null
  return texts.inContext(shortCount(used), window === null ? null : (used / window) * 100)
}

function listRows(
  { session, workbench }: RootState,
  selected: MemoryItem,
  height: number,
  styles: Styles,
): readonly Row[] {
  const { page } = workbench.memory
  const isActive = workbench.focus === 'memory' && page.column === 'blocks'
  const head = spread(texts.blocks, texts.sizes, LIST_COLUMNS)
  const items = session.memory
  // The selected block stays in sight.
  const room = Math.max(1, height - 1)
  const at = items.indexOf(selected)
  const from = firstAround(at, room, items.length)
  const rows = items.slice(from, from + room).map((item) => {
    const hasDraft = item.block.label in workbench.memory.drafts
    const isOutside = hasOutsideLine(item.block.value, session.outsideLines)
    const line = blockRow(item, page, { hasDraft, isOutside }, styles)
    if (item !== selected) return row(' ', line)
    // On the ground of the selection, another color could not be seen in 16 colors.
    if (isActive) return styled(styles.selection, fitRow(row('▸', line), LIST_COLUMNS))
    return row(styled(styles.accent, '▎'), line)
  })
  return [styled(styles.muted, head), ...rows, ...learnedRows(session, styles)]
}

function blockRow(
  { block, change }: MemoryItem,
  { sharing }: MemoryPage,
  { hasDraft, isOutside }: { readonly hasDraft: boolean; readonly isOutside: boolean },
  styles: Styles,
): Row {
  const isShared = (sharing[block.id] ?? []).length > 0
  const marks = row(
    change !== null && change.by !== 'skills' ? styled(styles.warning, ' ●') : '',
    isShared ? styled(styles.accent, ' ≡') : '',
    block.readOnly ? styled(styles.muted, ' ⊘') : '',
    hasDraft ? styled(styles.warning, ' ✎') : '',
    isOutside ? styled(styles.warning, ' !') : '',
    change?.by === 'skills' ? styled(styles.muted, ' ⟳') : '',
  )
  const characters = countCodePoints(block.value)
  const size = `${shortCount(characters).padStart(6)} ${shortCount(estimateTokens(block.value)).padStart(5)}`
  const nearlyFull = characters >= block.limit * NEARLY_FULL_SHARE
  const right = styled(nearlyFull ? styles.warning : styles.muted, size)
  const room = LIST_COLUMNS - 1 - rowWidth(right) - rowWidth(marks)
  return row(fitRow(styled(styles.text, cleanLine(block.label)), room), marks, right)
}

function learnedRows(session: SessionState, styles: Styles): readonly Row[] {
  const learned = learnedBlocks(session)
  if (learned.length === 0) return []
  return [
    EMPTY_ROW,
    styled(styles.muted, texts.learned),
    ...learned.map(({ item, label, before }) => {
      const counts = styled(styles.text, changedLines(changeSince(item, before)))
      const name = fitRow(` ${cleanLine(label)}`, LIST_COLUMNS - rowWidth(counts))
      return row(styled(styles.text, name), counts)
    }),
  ]
}

/** The label and a part of the description. */
const MIN_NAME_COLUMNS = 12

function headRows(
  state: RootState,
  { block }: MemoryItem,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const { page } = state.workbench.memory
  const agents = page.sharing[block.id] ?? []
  const place = page.places[block.id]
  const characters = countCodePoints(block.value)
  const size = `${shortCount(characters)}/${shortCount(block.limit)}`
  const description = (block.description ?? '').trim()
  const left = row(
    styled(styles.strong, cleanLine(block.label)),
    description === '' ? '' : styled(styles.reasoning, `  ${cleanLine(description)}`),
  )
  const shared = agents.length === 0 ? '' : texts.shared(agents.map(cleanLine))
  const withParts = (...parts: readonly (Row | string)[]): Row =>
    row(
      ...parts.flatMap((part) => (part === '' ? [] : [part, '  '])),
      block.readOnly ? styled(styles.muted, `${texts.readOnly}  `) : '',
      gaugeFromHalf(characters, block.limit, 8, styles),
      styled(styles.muted, ` ${size}`),
    )
  const owners = shared === '' ? '' : styled(styles.accent, shared)
  // What other agents have too is not only of this one.
  const isUnknown = place === undefined || (place === 'agent' && agents.length > 0)
  const settings = isUnknown ? '' : styled(styles.muted, texts.places[place])
  // The settings that have the id give way first, then the owners, then the bar.
  const full = withParts(owners, settings)
  const candidates = [full, withParts(owners), row(styled(styles.muted, size))]
  const roomNextTo = (right: Row): number => columns - rowWidth(right) - 1
  const right = candidates.find((one) => roomNextTo(one) >= MIN_NAME_COLUMNS)
  const head =
    right === undefined ? truncate(left, columns) : row(fitRow(left, roomNextTo(right)), ' ', right)
  return [head, styled(styles.border, '─'.repeat(columns))]
}

/** The text of the selected block, a line for each item; in the history, the change of the selected version. */
export function textList(state: RootState, columns: number, options: RenderOptions): RowList {
  const { styles } = options
  const { page } = state.workbench.memory
  const item = selectedBlock(state)
  const value = item?.block.value ?? ''
  const facts = factsOf(page, item)
  const version = page.column === 'history' ? facts?.versions[page.version] : undefined
  if (version !== undefined && facts !== null) {
    const rows = versionRows(page, facts, version, columns, styles)
    return {
      length: rows.length,
      id: String,
      rows: (index) => [rows[index] ?? EMPTY_ROW],
      indexOf: indexIn(rows.length),
    }
  }
  if (page.showsMarkdown && value.trim() !== '') {
    const rows = renderMarkdown(value, columns - 1, options)
    const isText = state.workbench.focus === 'memory' && page.column === 'text'
    return {
      length: rows.length,
      id: String,
      rows: (index) => [
        row(isText && index === page.line ? styled(styles.accent, '▎') : ' ', rows[index] ?? ''),
      ],
      indexOf: indexIn(rows.length),
    }
  }
  const lines = value === '' ? [] : value.split('\n')
  const isActive = state.workbench.focus === 'memory' && page.column === 'text'
  const [first, last] = selectedLines(page)
  const none = [styled(styles.muted, texts.empty)]
  return {
    length: Math.max(1, lines.length),
    id: String,
    indexOf: indexIn(Math.max(1, lines.length)),
    rows(index) {
      const line = lines[index]
      if (line === undefined) return none
      const { now } = state.workbench
      const hasColumn = page.showsAuthors && columns >= MIN_AUTHORS_COLUMNS
      const gutter = hasColumn ? authorCell(facts, index, now, styles) : EMPTY_ROW
      const heading =
        page.showsAuthors && !hasColumn ? authorHeading(facts, index, now, columns, styles) : []
      const isChosen = isActive && index >= first && index <= last
      const source = outsideSource(line, state.session.outsideLines)
      const marker = isChosen
        ? styled(styles.accent, index === page.line ? '▎' : '┆')
        : source === null
          ? ' '
          : styled(styles.warning, '!')
      const indent = row(marker, gutter)
      const hang = ' '.repeat(rowWidth(indent))
      const text = marked(
        clean(line),
        page.query,
        source === null ? styles.text : styles.warning,
        styles,
      )
      const shown = source === null ? text : row(text, outsideNote(source, styles))
      const rows = wrap(shown, columns, { indent, hang })
      return [...heading, ...(rows.length === 0 ? [indent] : rows)]
    },
  }
}

/** The number that an item of the text has as its id; -1 for the id of another list. */
function indexIn(length: number): (id: string) => number {
  return (id) => {
    const index = /^\d+$/.test(id) ? Number(id) : -1
    return index < length ? index : -1
  }
}

function marked(line: string, query: string, style: Style, styles: Styles): Row {
  const text = styled(style, line)
  if (query === '') return text
  const ranges: TextRange[] = []
  const [where, what] = [line.toLowerCase(), query.toLowerCase()]
  for (let at = where.indexOf(what); at >= 0; at = where.indexOf(what, at + what.length)) {
    ranges.push([at, at + what.length])
  }
  return ranges.length === 0 ? text : highlightRanges(text, ranges, styles.selection)
}

const AUTHOR_COLUMNS = 20
/** In a narrower text, authors are above the lines. */
const MIN_AUTHORS_COLUMNS = 44

function authorCell(facts: BlockFacts | null, index: number, now: number, styles: Styles): Row {
  const rule = styled(styles.border, '│ ')
  const text = facts === null ? '' : authorText(facts, index, now)
  return row(styled(styles.muted, fitRow(text, AUTHOR_COLUMNS - 1)), ' ', rule)
}

/** Above the first of the lines that one version wrote. */
function authorHeading(
  facts: BlockFacts | null,
  index: number,
  now: number,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const line = facts?.lines[index]
  if (facts === null || line === undefined) return []
  const isSame = facts.lines[index - 1]?.version === line.version
  return isSame
    ? []
    : [truncate(styled(styles.muted, `── ${authorText(facts, index, now)}`), columns)]
}

function authorText({ blockId, lines }: BlockFacts, index: number, now: number): string {
  const line = lines[index]
  if (line === undefined) return ''
  const { version, by, origin, at, label, blockId: of } = line.version
  const age = timeAgo(Math.max(0, now - at))
  const name = of === blockId ? `v${version}` : `${cleanLine(label)}@${version}`
  return `${line.isOldest ? '~' : ''}${name} ${shortAuthor(by, origin)} ${age}`
}

type PageHint = readonly [command: WorkbenchCommandId, text: string]

const HINTS: Readonly<Record<MemoryPage['column'], readonly PageHint[]>> = {
  blocks: [
    ['memory.edit', texts.edit],
    ['memory.authors', texts.authors],
    ['memory.markdown', texts.markdown],
    ['memory.history', texts.versions],
    ['memory.find', texts.find],
    ['memory.undo', texts.undo],
    ['memory.learned', texts.learnedKey],
    ['memory.create', texts.create],
    ['archival.open', texts.archival],
    ['memory.doctor', texts.doctor],
    ['memory.rename', texts.rename],
    ['memory.setLimit', texts.limit],
    ['memory.share', texts.share],
    ['memory.attach', texts.attach],
    ['memory.detach', texts.detach],
    ['memory.delete', texts.delete],
  ],
  text: [
    ['memory.goToTurn', texts.goToTurn],
    ['memory.authors', texts.authors],
    ['memory.revertLine', texts.revertLine],
    ['memory.revertHunk', texts.revertHunk],
    ['memory.markLine', texts.markLine],
    ['memory.moveText', texts.move],
    ['memory.copyText', texts.copyTo],
    ['memory.find', texts.find],
    ['memory.findNext', texts.next],
    ['memory.copyLine', texts.copyLine],
    ['memory.leaveColumn', texts.back],
  ],
  history: [
    ['memory.diffToNow', texts.diffToNow],
    ['memory.markVersion', texts.mark],
    ['memory.restoreVersion', texts.restore],
    ['memory.revertVersion', texts.revertVersion],
    ['memory.goToTurn', texts.goToTurn],
    ['memory.leaveColumn', texts.back],
  ],
}

function footRow({ column }: MemoryPage, columns: number, { styles, key }: PaneOptions): Row {
  let shown = row(' ')
  for (const [stroke, does] of boundKeys(HINTS[column], key)) {
    const hint = row(' ', styled(styles.accent, stroke), ' ', styled(styles.muted, does), ' ')
    // The blank after the last one may be beyond the edge.
    if (rowWidth(shown) + rowWidth(hint) > columns + 1) break
    shown = row(shown, hint)
  }
  return trimEnd(shown)
}

function spread(left: string, right: string, columns: number): string {
  return `${left}${' '.repeat(Math.max(1, columns - left.length - right.length))}${right}`
}
