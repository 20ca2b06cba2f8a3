import { conversationName } from '../../../lib/session/messages/conversations.ts'
import { type ConversationRow, rowKey } from '../../../lib/session/state/conversation-row.ts'
import type { Entry } from '../../../lib/session/state/entry.ts'
import { timeAgo } from '../../../lib/util/time-ago.ts'
import {
  type ConversationLine,
  type ConversationsPage,
  conversationLines,
  selectedConversation,
} from '../../state/conversations-page.ts'
import type { RootState } from '../../state/state.ts'
import type { StyleName, Styles } from '../../theme/styles.ts'
import { conversationsTexts as texts } from '../messages/conversation.ts'
import { paneTitles } from '../messages/panes.ts'
import { type RenderOptions, renderMarkdown } from '../render/formatter.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { fitRow, pad, rowWidth, truncate, wrap } from '../render/wrap.ts'
import type { Rect, Size } from '../types.ts'
import { spinner } from './format.ts'
import { nextToList } from './list-and-detail.ts'
import type { Pane } from './pane.ts'
import { phaseMark } from './tool-entry.ts'
import { firstAround } from './virtual-list.ts'

/** The agents and their conversations by directory, and what the selected one contains. */
export const conversations: Pane = {
  id: 'conversations',
  title: () => paneTitles.conversations,
  render(state, size, options) {
    const { styles } = options
    const page = state.workbench.conversations
    const lines = conversationLines(state)
    const count = lines.filter(({ type }) => type === 'row').length
    const note = page.rows === null ? '' : texts.count(count, page.rows.length)
    const isWide = size.columns >= WIDE_COLUMNS
    const columns = isWide ? Math.floor(size.columns * LIST_SHARE) : size.columns
    const selected = selectedConversation(state, lines)
    const list = listRows(state, lines, selected, { columns, rows: size.rows }, styles)
    if (!isWide) return { rows: list, note }
    const detailColumns = size.columns - columns - LINE.length
    const detail = selected === null ? [] : previewRows(state, selected, detailColumns, options)
    const place = { columns, rows: size.rows }
    return { rows: nextToList(list, detail, place, styles, LINE), note }
  },
}

const WIDE_COLUMNS = 98
const LIST_SHARE = 0.6
const LINE = '│ '

/** The conversation in the list at a place in the pane. */
export function conversationKeyAt(
  state: RootState,
  size: Size,
  { x, y }: Pick<Rect, 'x' | 'y'>,
): string | null {
  const isWide = size.columns >= WIDE_COLUMNS
  if (x < 0 || (isWide && x >= Math.floor(size.columns * LIST_SHARE))) return null
  const lines = conversationLines(state)
  const head = hasSearchRow(state.workbench.conversations) ? SEARCH_ROWS : 0
  const room = size.rows - head
  const { visible } = visibleLines(lines, selectedConversation(state, lines), room)
  const clicked = visible[y - head]
  return clicked?.type === 'row' ? rowKey(clicked.row) : null
}

/** The search and a blank row. */
const SEARCH_ROWS = 2

function hasSearchRow({ isFinding, query }: ConversationsPage): boolean {
  return isFinding || query.text !== ''
}

/** The lines that are visible, and which of them is selected. */
function visibleLines(
  lines: readonly ConversationLine[],
  selected: ConversationRow | null,
  room: number,
) {
  const at = lines.findIndex(
    (line) => line.type === 'row' && selected !== null && rowKey(line.row) === rowKey(selected),
  )
  const top = firstAround(at, room, lines.length)
  return { visible: lines.slice(top, top + room), at: at - top }
}

function listRows(
  state: RootState,
  lines: readonly ConversationLine[],
  selected: ConversationRow | null,
  { columns, rows }: Size,
  styles: Styles,
): readonly Row[] {
  const { conversations: page } = state.workbench
  const isNarrowed = hasSearchRow(page)
  const caret = page.isFinding ? '_' : ''
  const search = styled(styles.accent, ` ${texts.find}: ${cleanLine(page.query.text)}${caret}`)
  const head = isNarrowed ? [truncate(search, columns), EMPTY_ROW] : []
  if (page.problem !== null) {
    return [...head, ...wrap(styled(styles.error, cleanLine(page.problem)), columns)]
  }
  if (lines.length === 0) {
    const text = page.rows === null ? texts.listing : texts.none
    return [...head, ...wrap(styled(styles.muted, text), columns, { indent: ' ' })]
  }
  const { visible, at } = visibleLines(lines, selected, rows - head.length)
  const shown = visible.map((line, index) => {
    if (line.type === 'group') return groupRow(line, columns, styles)
    return conversationRow(line, index === at, columns, state, styles)
  })
  return [...head, ...shown]
}

function groupRow(
  { agentName, directory, isHere }: Extract<ConversationLine, { type: 'group' }>,
  columns: number,
  styles: Styles,
): Row {
  const place = directory === null ? '' : cleanLine(directory)
  const name = styled(styles.strong, cleanLine(agentName))
  const here = isHere ? `  ${texts.here}` : ''
  return truncate(row('▾ ', name, styled(styles.muted, `  ${place}${here}`)), columns)
}

const MARKS = {
  shown: { mark: '●', style: 'success' },
  running: { mark: '●', style: 'accent' },
  approval: { mark: '?', style: 'warning' },
  answered: { mark: '✔', style: 'success' },
  failed: { mark: '✗', style: 'error' },
} as const satisfies Record<string, { readonly mark: string; readonly style: StyleName }>

function conversationRow(
  { row: one, status, found }: Extract<ConversationLine, { type: 'row' }>,
  isSelected: boolean,
  columns: number,
  { workbench }: RootState,
  styles: Styles,
): Row {
  const { mark, style } = status === null ? { mark: ' ', style: 'muted' as const } : MARKS[status]
  const sign = status === 'running' ? spinner(workbench.now) : mark
  const at = one.lastMessageAt
  const when = at === null ? '' : timeAgo(Math.max(0, workbench.now - at))
  const title = cleanLine(conversationName(one.id, one.title))
  const excerpt = found === null ? '' : `  “${cleanLine(found)}”`
  const room = Math.max(1, columns - when.length - 7)
  const name = fitRow(row(title, styled(styles.muted, excerpt)), room)
  if (isSelected) {
    const text = fitRow(`${title}${excerpt}`, room)
    const plain = text.map((part) => part.text).join('')
    return styled(styles.selection, fitRow(`▸ ${sign} ${plain} ${when}`, columns))
  }
  const line = row('  ', styled(styles[style], sign), ' ', name, ' ', styled(styles.muted, when))
  return rowWidth(line) > columns ? truncate(line, columns) : line
}

const MAX_BLOCKS = 4
const MAX_ENTRIES = 6
const MAX_ENTRY_ROWS = 4

function previewRows(
  state: RootState,
  one: ConversationRow,
  columns: number,
  options: RenderOptions,
): readonly Row[] {
  const { styles } = options
  const { preview: shown } = state.workbench.conversations
  const head = [
    truncate(styled(styles.strong, cleanLine(conversationName(one.id, one.title))), columns),
    truncate(styled(styles.muted, [cleanLine(one.agentName), one.agentId].join(' · ')), columns),
    ...(one.directory === null
      ? []
      : [truncate(styled(styles.muted, cleanLine(one.directory)), columns)]),
  ]
  if (shown?.key !== rowKey(one)) return [...head, EMPTY_ROW, styled(styles.muted, texts.reading)]
  const { model, messages, memory, entries, files, holder } = shown.preview
  const facts = [cleanLine(model), messages === null ? '' : texts.messages(messages)]
  const section = (title: string, rows: readonly Row[]): readonly Row[] =>
    rows.length === 0 ? [] : [EMPTY_ROW, styled(styles.title, title), ...rows]
  const blocks = memory.filter(({ value }) => value.trim() !== '').slice(0, MAX_BLOCKS)
  const labels = Math.max(0, ...blocks.map(({ label }) => label.length)) + 1
  return [
    ...head,
    truncate(styled(styles.muted, facts.filter(Boolean).join(' · ')), columns),
    ...(holder === null ? [] : [styled(styles.warning, texts.holder[holder])]),
    ...section(
      texts.memory,
      blocks.map(({ label, value }) =>
        truncate(
          row(
            ' ',
            styled(styles.muted, pad(cleanLine(label), labels)),
            cleanLine(value.trim().replaceAll(/\s+/g, ' ')),
          ),
          columns,
        ),
      ),
    ),
    ...section(
      texts.lastMessages,
      entries
        .filter(({ type }) => type === 'user' || type === 'assistant' || type === 'tool')
        .slice(-MAX_ENTRIES)
        .flatMap((entry) => entryRows(entry, columns, options)),
    ),
    ...section(
      texts.files,
      files.map((file) => truncate(row(' ', cleanLine(file)), columns)),
    ),
  ]
}

/** Characters of an answer that are formatted for the preview. */
const MAX_PREVIEW_CHARACTERS = 1000

function entryRows(entry: Entry, columns: number, options: RenderOptions): readonly Row[] {
  const { styles } = options
  if (entry.type === 'user') {
    return firstRows(styled(styles.user, oneLine(entry.text)), '▌ ', columns, styles)
  }
  if (entry.type === 'assistant') {
    const text = entry.text.slice(0, MAX_PREVIEW_CHARACTERS)
    const rows = renderMarkdown(text, Math.max(1, columns - 2), options)
    return firstOf(
      rows.filter((one) => rowWidth(one) > 0),
      '  ',
      styles,
    )
  }
  if (entry.type !== 'tool') return []
  const { tool, label, phase } = entry.call
  const named = row(cleanLine(tool), ' ', styled(styles.muted, cleanLine(label)))
  return [truncate(row(phaseMark(phase, styles), ' ', named), columns)]
}

/** The text without its line breaks. */
function oneLine(text: string): string {
  return cleanLine(text.replaceAll(/\s+/g, ' '))
}

function firstRows(text: Row, margin: string, columns: number, styles: Styles): readonly Row[] {
  return firstOf(wrap(text, Math.max(1, columns - margin.length)), margin, styles)
}

function firstOf(rows: readonly Row[], margin: string, styles: Styles): readonly Row[] {
  const shown = rows.slice(0, MAX_ENTRY_ROWS).map((one) => row(styled(styles.muted, margin), one))
  return rows.length > MAX_ENTRY_ROWS ? [...shown, styled(styles.muted, `${margin}…`)] : shown
}
