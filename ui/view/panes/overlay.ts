import { largest } from '../../../lib/util/extremes.ts'
import type { TextEditor } from '../../state/editor.ts'
import { matchingPickerItems } from '../../state/selectors.ts'
import type { Overlay, OverlayOf, PickerItem, RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { dialogTexts } from '../messages/dialogs.ts'
import { paneTitles } from '../messages/panes.ts'
import { EMPTY_ROW, joinRows, type Row, row, styled } from '../render/row.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import type { Style } from '../render/style.ts'
import { textWidth } from '../render/width.ts'
import { fitRow, rowWidth, truncate, wrap } from '../render/wrap.ts'
import { editorRows, rowTexts } from '../render/wrap-editor.ts'
import type { PlacedContent, Size } from '../types.ts'
import { pageColumns, pageRows } from './info-page.ts'
import { keyHints } from './key-hints.ts'
import { lastLearnedScroll, learnedBody } from './learned-card.ts'
import { markedLetters } from './marked-letters.ts'
import type { PaneOptions } from './pane.ts'
import { ruleDialogBody } from './rule-dialog.ts'

export function renderOverlay(
  state: RootState,
  viewport: Size,
  options: PaneOptions,
  helpRows: (columns: number) => readonly Row[],
): PlacedContent | null {
  const { overlay } = state.workbench
  if (overlay === null) return null
  const columns = dialogColumns(overlay, viewport)
  const size = bodySize(columns, viewport)
  const body = bodyOf(state, overlay, size, options, helpRows)
  const title = overlay.type === 'help' ? paneTitles.help : overlay.title
  return boxed(title, body, columns, viewport, options.styles)
}

/** The largest scroll position of help or a page of facts, at which its last row is visible. */
export function lastScroll(
  overlay: ScrollingOverlay,
  viewport: Size,
  styles: Styles,
  helpRows: (columns: number) => readonly Row[],
): number {
  const { columns } = bodySize(dialogColumns(overlay, viewport), viewport)
  return lastTop(
    scrollingRows(overlay, columns, styles, helpRows),
    visibleHeight(overlay, viewport),
  )
}

/** Whether the last row of a page of facts is visible: never on a screen that is too small to show one. */
export function isEndVisible(
  overlay: OverlayOf<'page'>,
  viewport: Size,
  styles: Styles,
  helpRows: (columns: number) => readonly Row[],
): boolean {
  const isShown = visibleHeight(overlay, viewport) > 0
  return isShown && overlay.scroll >= lastScroll(overlay, viewport, styles, helpRows)
}

/** The rows of help or a page of facts that are visible at a time; none on the smallest screens. */
export function visibleHeight(overlay: ScrollingOverlay, viewport: Size): number {
  const { rows } = bodySize(dialogColumns(overlay, viewport), viewport)
  if (overlay.type === 'help') return Math.max(0, rows - QUERY_ROWS)
  return rows - (isQuestion(overlay) ? questionRows(rows) : 0)
}

/** The rows of a page of the card, and how far its selected hunk can be scrolled. */
export function learnedScroll(state: RootState, overlay: OverlayOf<'learned'>, styles: Styles) {
  const { viewport } = state.workbench
  const size = bodySize(dialogColumns(overlay, viewport), viewport)
  return lastLearnedScroll(state, overlay, size, styles)
}

type ScrollingOverlay = OverlayOf<'help' | 'page'>

function dialogColumns(overlay: Overlay, viewport: Size): number {
  const wanted = widestDialog(overlay)
  // What is left of the screen would be shreds of its text.
  return viewport.columns - wanted < MIN_VISIBLE_COLUMNS ? viewport.columns : wanted
}

const MIN_VISIBLE_COLUMNS = 8

function widestDialog(overlay: Overlay): number {
  if (overlay.type === 'page' && overlay.lines.some(({ type }) => type === 'diff')) return 112
  if (overlay.type === 'learned') return 112
  if (overlay.type === 'picker')
    return Math.max(otherwiseOf(overlay) ? 76 : 56, Math.min(112, pickerColumns(overlay)))
  if (overlay.type === 'page')
    return Math.max(76, Math.min(112, pageColumns(overlay.lines) + BORDER_COLUMNS))
  return overlay.type === 'help' || overlay.type === 'rule' ? 92 : 76
}

/** Cells of the mark and the blanks of an item. */
const ITEM_SPACES = 6
/** Cells of the border and the margins. */
const BORDER_COLUMNS = 4

/** The cells that show all items completely; of a long list, almost all: its right half would be empty. */
function pickerColumns(overlay: OverlayOf<'picker'>): number {
  const found = matchingPickerItems(overlay)
  if (found.length <= MAX_PICKER_ROWS && found.length < overlay.items.length)
    return Math.max(itemColumns(overlay.items), itemColumns(found))
  return itemColumns(overlay.items)
}

function itemColumns(items: readonly PickerItem[]): number {
  const share = items.length > MAX_PICKER_ROWS ? 0.95 : 1
  const widest = (texts: readonly string[]): number => {
    const widths = texts.map((text) => textWidth(cleanLine(text))).toSorted((a, b) => a - b)
    return widths[Math.floor((widths.length - 1) * share)] ?? 0
  }
  const titles = widest(items.map(({ title }) => title))
  // A reason why a command is not available is cut.
  const details = widest(items.flatMap((item) => (item.isUnavailable ? [] : [item.detail])))
  return titles + details + ITEM_SPACES + BORDER_COLUMNS
}

/** The room within the border and the margins of a dialog. On a low screen it covers all but the last row, which has messages. */
function bodySize(columns: number, viewport: Size): Size {
  const most = viewport.rows - 2 * BORDER_ROWS - 1
  const rows = Math.min(most, Math.max(viewport.rows - 2 * BORDER_ROWS - MARGIN_ROWS, LOW_ROWS))
  return { columns: Math.max(1, columns - BORDER_COLUMNS), rows: Math.max(0, rows) }
}

/** The rows above and below a dialog, and those that it has before it gives them up. */
const MARGIN_ROWS = 4
const LOW_ROWS = 8

interface DialogBody {
  readonly rows: readonly Row[]
  /** The scroll position, in the lower border. */
  readonly note?: string
  readonly caret?: { readonly x: number; readonly y: number }
  /** How many rows it has at most: the dialog stays in its place while it has fewer. */
  readonly mostRows?: number
}

function bodyOf(
  state: RootState,
  overlay: Overlay,
  size: Size,
  options: PaneOptions,
  helpRows: (columns: number) => readonly Row[],
): DialogBody {
  switch (overlay.type) {
    case 'picker':
      return pickerBody(overlay, size, options)
    case 'prompt':
      return promptBody(overlay, size, options)
    case 'rule':
      return ruleDialogBody(overlay, size.columns, options)
    case 'question':
      return questionBody(overlay, size, options, YES_OR_NO)
    case 'unsavedBlock':
      return questionBody(overlay, size, withOwnKeys(options), dialogTexts.unsaved)
    case 'learned':
      return learnedBody(state, overlay, size, options)
    case 'help':
      return helpBody(overlay, size, options, helpRows)
    case 'page': {
      const { styles, message } = options
      const rows = scrollingRows(overlay, size.columns, options.styles, helpRows)
      if (!isQuestion(overlay)) return scrolledBody(rows, overlay.scroll, size.rows)
      const height = size.rows - questionRows(size.rows)
      const body = scrolledBody(rows, overlay.scroll, height)
      const { text } = overlay.question
      const asked = truncate(styled(styles.text, cleanLine(message(text))), size.columns)
      const isRead = height > 0 && overlay.scroll >= lastTop(rows, height)
      const answers = isRead ? answerRow(options) : readFirstRow(options)
      const below = [EMPTY_ROW, asked, answers].slice(QUESTION_ROWS - questionRows(size.rows))
      return { ...body, rows: [...body.rows, ...below] }
    }
  }
}

/** What is searched for, and a blank row. */
const QUERY_ROWS = 2
const MAX_PICKER_ROWS = 16

function helpBody(
  overlay: OverlayOf<'help'>,
  size: Size,
  { styles }: PaneOptions,
  helpRows: (columns: number) => readonly Row[],
): DialogBody {
  const { text, cursor } = overlay.query
  const { caret } = editorRows(text, cursor, size.columns - 2)
  const shown =
    text === '' ? styled(styles.muted, dialogTexts.filter) : styled(styles.text, cleanLine(text))
  const height = Math.max(0, size.rows - QUERY_ROWS)
  const body = scrolledBody(helpRows(size.columns), overlay.scroll, height)
  return {
    ...body,
    rows: [
      truncate(row(styled(styles.accent, '› '), shown), size.columns),
      EMPTY_ROW,
      ...body.rows,
    ],
    caret: { x: 2 + caret.column, y: 0 },
  }
}

/** A blank row, the question and its keys, below a page that is shown for an answer. */
const QUESTION_ROWS = 3

/** How many of them there are in a dialog with this many rows: what is asked about comes first. */
function questionRows(rows: number): number {
  return rows > 2 * QUESTION_ROWS
    ? QUESTION_ROWS
    : Math.max(0, Math.min(QUESTION_ROWS - 1, rows - 1))
}

function isQuestion(
  overlay: ScrollingOverlay,
): overlay is OverlayOf<'page'> & Required<Pick<OverlayOf<'page'>, 'question'>> {
  return overlay.type === 'page' && overlay.question !== undefined
}

function scrollingRows(
  overlay: ScrollingOverlay,
  columns: number,
  styles: Styles,
  helpRows: (columns: number) => readonly Row[],
): readonly Row[] {
  return overlay.type === 'help' ? helpRows(columns) : pageRows(overlay.lines, columns, styles)
}

function lastTop(rows: readonly Row[], height: number): number {
  return Math.max(0, rows.length - height)
}

function scrolledBody(rows: readonly Row[], scroll: number, height: number): DialogBody {
  const top = Math.min(scroll, lastTop(rows, height))
  const shown = rows.slice(top, top + height)
  const note = dialogTexts.rows(top + 1, top + shown.length, rows.length)
  return { rows: shown, ...(rows.length > height ? { note } : {}) }
}

/** The items of a list that are visible, in a dialog with this many rows. */
function pickerWindow(selected: number, count: number, rows: number) {
  const height = Math.max(1, Math.min(rows - QUERY_ROWS, MAX_PICKER_ROWS))
  const top = Math.max(0, Math.min(selected - Math.floor(height / 2), count - height))
  return { top, height }
}

/** The index of the item in a row of the dialog, counted from its border; null outside of the items. */
export function pickerItemAt(
  overlay: OverlayOf<'picker'>,
  viewport: Size,
  row: number,
): number | null {
  const count = matchingPickerItems(overlay).length
  const { rows } = bodySize(dialogColumns(overlay, viewport), viewport)
  const { top, height } = pickerWindow(overlay.selected, count, rows)
  const line = row - BORDER_ROWS - QUERY_ROWS
  return line < 0 || line >= height || top + line >= count ? null : top + line
}

const BORDER_ROWS = 1

/** What the key that chooses does where no item fits the query. */
function otherwiseOf({ items }: OverlayOf<'picker'>): ((key: string) => string) | null {
  const type = items[0]?.action.type
  if (type === 'model.set') return dialogTexts.notListed
  return type === 'conversation.open' ? dialogTexts.noTitle : null
}

function pickerBody(
  overlay: OverlayOf<'picker'>,
  { columns, rows }: Size,
  { styles, message, key }: PaneOptions,
): DialogBody {
  const items = matchingPickerItems(overlay)
  const { top, height } = pickerWindow(overlay.selected, items.length, rows)
  const shown = items.slice(top, top + height)
  const query = overlay.query.text
  const widest = largest(
    shown.map(({ title }) => textWidth(cleanLine(title))),
    0,
  )
  const details = shown.flatMap(({ detail, isUnavailable }) =>
    isUnavailable ? [] : [textWidth(cleanLine(message(detail)))],
  )
  const free = columns - ITEM_SPACES - Math.max(0, ...details)
  const roomy = details.length === shown.length ? free : Math.min(Math.floor(columns * 0.6), free)
  const most = Math.max(Math.floor(columns * 0.4), roomy)
  const titleColumns = Math.min(widest, most)
  const lines = shown.map((item, index) => {
    const isSelected = index + top === overlay.selected
    const mark = item.current ? styled(styles.success, '●') : ' '
    const letters = markedLetters(cleanLine(item.title), query, styles, isSelected)
    const title = styled(styles.text, fitRow(letters, titleColumns))
    const line = row(
      isSelected ? '▸ ' : '  ',
      mark,
      ' ',
      title,
      '  ',
      styled(styles.muted, cleanLine(message(item.detail))),
    )
    return isSelected ? styled(styles.selection, fitRow(line, columns)) : truncate(line, columns)
  })
  const isModelList = overlay.items[0]?.action.type === 'model.set'
  const choose = query.trim() === '' ? null : key('picker.choose')
  const keys = isModelList && query === '' ? keyHints(dialogTexts.modelKeys, key).join(' · ') : ''
  const otherwise = otherwiseOf(overlay)
  const nothing = choose === null || otherwise === null ? dialogTexts.noMatches : otherwise(choose)
  const none = [truncate(styled(styles.muted, `  ${nothing}`), columns)]
  const { caret } = editorRows(query, overlay.query.cursor, columns - 2)
  return {
    rows: [
      row(
        styled(styles.accent, '› '),
        styled(styles.text, cleanLine(query)),
        styled(styles.muted, keys === '' ? '' : ` ${keys}`),
      ),
      EMPTY_ROW,
      ...(lines.length > 0 ? lines : none),
    ],
    caret: { x: 2 + caret.column, y: 0 },
    mostRows: QUERY_ROWS + Math.min(height, Math.max(1, overlay.items.length)),
    ...(items.length > height
      ? { note: dialogTexts.position(overlay.selected + 1, items.length) }
      : {}),
  }
}

function promptBody(
  overlay: OverlayOf<'prompt'>,
  { columns }: Size,
  { styles, key, message }: PaneOptions,
): DialogBody {
  const explained = wrap(styled(styles.muted, clean(message(overlay.explanation))), columns)
  const { text: written, cursor } =
    overlay.secret === true ? masked(overlay.editor) : overlay.editor
  const wrapped = editorRows(written, cursor, columns - 2)
  const { caret } = wrapped
  const text = rowTexts(wrapped).map((line, index) =>
    row(styled(styles.accent, index === 0 ? '› ' : '  '), styled(styles.text, clean(line))),
  )
  const refused =
    overlay.error === undefined
      ? []
      : [...wrap(styled(styles.error, clean(message(overlay.error))), columns), EMPTY_ROW]
  const keys = `${key('prompt.accept') ?? ''} ${dialogTexts.confirm} · ${key('overlay.close') ?? ''} ${dialogTexts.back}`
  return {
    rows: [...explained, EMPTY_ROW, ...text, EMPTY_ROW, ...refused, styled(styles.muted, keys)],
    caret: { x: 2 + caret.column, y: explained.length + 1 + caret.row },
  }
}

/** One dot for each typed character; the text is not shown. */
function masked({ text, cursor }: TextEditor): { text: string; cursor: number } {
  return { text: '•'.repeat(text.length), cursor }
}

function questionBody(
  { text }: Pick<OverlayOf<'question'>, 'text'>,
  { columns }: Size,
  options: PaneOptions,
  answers: Answers,
): DialogBody {
  const asked = styled(options.styles.text, clean(options.message(text)))
  const keys = wrap(answerRow(options, answers), columns)
  return { rows: [...wrap(asked, columns), EMPTY_ROW, ...keys] }
}

/** The pane below the dialog binds the same commands to other keys. */
function withOwnKeys(options: PaneOptions): PaneOptions {
  const own = options.ownKeys()
  return {
    ...options,
    key: (command) => own.find((one) => one.command === command)?.keys ?? options.key(command),
  }
}

/** Commands, and what each of them answers. */
type Answers = readonly (readonly [command: string, answer: string])[]

const YES_OR_NO: Answers = [
  ['question.yes', dialogTexts.yes],
  ['question.no', dialogTexts.no],
]

function answerRow({ styles, key }: PaneOptions, answers: Answers = YES_OR_NO): Row {
  const keys = answers.map(([command, answer]) =>
    row(styled(styles.accent, key(command) ?? ''), ` ${answer}`),
  )
  return joinRows(keys, '   ')
}

/** Until the end was displayed, a question is not answered with yes. */
function readFirstRow({ styles, key }: PaneOptions): Row {
  const yes = key('question.yes') ?? ''
  const first = dialogTexts.readFirst(key('help.pageDown') ?? '', yes)
  const no = row(styled(styles.accent, key('question.no') ?? ''), ` ${dialogTexts.no}`)
  return joinRows([styled(styles.warning, first), no], '   ')
}

function boxed(
  title: string,
  body: DialogBody,
  columns: number,
  viewport: Size,
  styles: Styles,
): PlacedContent {
  const inner = Math.max(1, columns - 4)
  const head = truncate(cleanLine(title), inner)
  const rule = '─'.repeat(Math.max(0, columns - 4 - rowWidth(head)))
  const edge = styles.borderFocused
  const rows = [
    row(styled(edge, '╭ '), styled(styles.title, head), styled(edge, ` ${rule}╮`)),
    ...body.rows.map((line) =>
      row(styled(edge, '│'), ' ', fitRow(line, inner), ' ', styled(edge, '│')),
    ),
    lowerEdge(body.note ?? '', columns, edge),
  ]
    .slice(0, viewport.rows)
    .map((line) => truncate(line, columns))
  const x = Math.max(0, Math.floor((viewport.columns - columns) / 2))
  const mostRows = Math.max(rows.length, (body.mostRows ?? 0) + 2 * BORDER_ROWS)
  const y = Math.max(0, Math.floor((viewport.rows - mostRows) / 3))
  const caret = body.caret && { caret: { x: 2 + body.caret.x, y: 1 + body.caret.y } }
  return { rect: { x, y, columns, rows: rows.length }, render: () => ({ rows, ...caret }) }
}

function lowerEdge(note: string, columns: number, edge: Style): Row {
  const words = note === '' ? '' : ` ${note} ─`
  const rule = '─'.repeat(Math.max(0, columns - 2 - rowWidth(words)))
  return styled(edge, `╰${rule}${words}╯`)
}
