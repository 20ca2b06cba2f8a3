import type { Entry } from '../../../lib/session/state/entry.ts'
import type { MessagePresenter } from '../../input/workbench-message.ts'
import type { Styles } from '../../theme/styles.ts'
import { conversationTexts, toolTexts } from '../messages/conversation.ts'
import { createBoundedCache } from '../render/bounded-cache.ts'
import { isCodeRow } from '../render/code-gutter.ts'
import { type RenderOptions, renderMarkdown } from '../render/formatter.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { clean } from '../render/sanitize.ts'
import { READABLE_COLUMNS, rowWidth, truncate, wrap } from '../render/wrap.ts'
import { shellLineRows } from './shell-line.ts'
import { toolRows } from './tool-entry.ts'

/** What the rows of an entry depend on in addition to the entry. */
export interface EntryOptions extends RenderOptions {
  readonly columns: number
  readonly message: MessagePresenter
  /** Whether the entry is shown in full. */
  readonly expanded: boolean
  /** Whether the entry is still being streamed. */
  readonly live: boolean
  /** Whether the next entry continues this one: no blank row separates them. */
  readonly joined: boolean
  /** What this call and those after it do, above it; empty for most entries. */
  readonly group: string
  /** Whether a newer to-do list exists, or the side column shows this one. */
  readonly superseded: boolean
  /** At the right end of the first row of a message, and of the last row of an answer. */
  readonly note: string
}

interface LaidEntry extends EntryOptions {
  readonly rows: readonly Row[]
}

/** Rows of many screens; a long conversation has a hundred thousand. */
const MAX_LAID_ROWS = 1500
/** What a longer entry counts for: the first and the last entry of a screen can have any number of rows, and all of its entries are kept. */
const MAX_COUNTED_ROWS = 500

const laid = createBoundedCache<Entry, LaidEntry>(MAX_LAID_ROWS, ({ rows }) =>
  Math.min(rows.length, MAX_COUNTED_ROWS),
)
/** Each delta creates a new entry object while an entry streams; the last one stays in the conversation, without these rows. */
const MAX_LAID_LIVE = 4

const laidLive = createBoundedCache<Entry, LaidEntry>(MAX_LAID_LIVE)

/** The rows of an entry and a blank row; laid out once for each set of options. */
export function entryRows(entry: Entry, options: EntryOptions): readonly Row[] {
  const known = options.live ? laidLive.get(entry) : laid.get(entry)
  if (known !== undefined && isSameOptions(known, options)) return known.rows
  const rows = options.joined ? rowsOf(entry, options) : [...rowsOf(entry, options), EMPTY_ROW]
  if (options.live) laidLive.set(entry, { ...options, rows })
  else laid.set(entry, { ...options, rows })
  return rows
}

function isSameOptions(known: EntryOptions, options: EntryOptions): boolean {
  return (
    known.columns === options.columns &&
    known.styles === options.styles &&
    known.message === options.message &&
    known.formatter === options.formatter &&
    known.expanded === options.expanded &&
    known.live === options.live &&
    known.joined === options.joined &&
    known.group === options.group &&
    known.superseded === options.superseded &&
    known.note === options.note
  )
}

function rowsOf(entry: Entry, options: EntryOptions): readonly Row[] {
  const columns = Math.min(options.columns, READABLE_COLUMNS)
  switch (entry.type) {
    case 'user':
      return userRows(entry, options)
    case 'reasoning':
      return reasoningRows(entry.text, { ...options, columns })
    case 'assistant':
      return withNote(renderMarkdown(entry.text, options.columns, options), options)
    case 'tool':
      return [...groupRows(options), ...toolRows(entry.call, options)]
    case 'shellLine':
      return shellLineRows(entry, options)
    case 'notice':
      return noticeRows(entry, { ...options, columns })
  }
}

function groupRows({ group, columns, styles }: EntryOptions): readonly Row[] {
  return group === '' ? [] : [truncate(styled(styles.muted, `┌ ${group}`), columns)]
}

/** Rows of a message that are shown until it is expanded: a pasted text can have thousands. */
const COLLAPSED_MESSAGE = 12

/** A short message is shown in full: its end would need as much room as the count. */
function isLongMessage(text: string): boolean {
  return text.length > 400 || text.split('\n', COLLAPSED_MESSAGE + 2).length > COLLAPSED_MESSAGE + 1
}

/** Whether the entry can be expanded and collapsed, or runs a command. */
export function isExpandable(entry: Entry): boolean {
  if (entry.type === 'user') return isLongMessage(entry.text)
  if (entry.type === 'notice') return entry.command !== undefined
  return entry.type === 'tool' || entry.type === 'reasoning' || entry.type === 'shellLine'
}

function userRows(
  entry: Extract<Entry, { type: 'user' }>,
  { columns, styles, expanded, note }: EntryOptions,
): readonly Row[] {
  const bar = styled(styles.user, '▌ ')
  const failed = entry.outcome === 'failed' ? conversationTexts.failed : ''
  const cancelled = entry.outcome === 'cancelled' ? conversationTexts.cancelled : ''
  const outcome = row(styled(styles.error, failed), styled(styles.warning, cancelled))
  const end = joinNotes(outcome, note, styles)
  const room = Math.min(columns, Math.max(MIN_MESSAGE_COLUMNS, columns - rowWidth(end) - 2))
  const limit = expanded ? Number.POSITIVE_INFINITY : COLLAPSED_MESSAGE
  const start = expanded ? entry.text : entry.text.slice(0, (COLLAPSED_MESSAGE + 2) * columns)
  const all = wrap(styled(styles.user, clean(start)), Math.min(room, READABLE_COLUMNS), {
    indent: bar,
    hang: bar,
  })
  const isCollapsed = isLongMessage(entry.text) && all.length > limit + 1
  const rows = isCollapsed ? all.slice(0, limit) : all
  const hidden = entry.text.split('\n').length - COLLAPSED_MESSAGE
  const more = isCollapsed
    ? [row(bar, styled(styles.muted, toolTexts.moreLines(Math.max(1, hidden))))]
    : []
  return [rightAligned(rows[0] ?? bar, end, columns), ...rows.slice(1), ...more]
}

/** A message has at least this room, whatever is at its right end. */
const MIN_MESSAGE_COLUMNS = 20

function joinNotes(outcome: Row, note: string, styles: Styles): Row {
  const muted = styled(styles.muted, note)
  if (outcome.length === 0) return muted
  return note === '' ? outcome : row(outcome, styled(styles.muted, ' · '), muted)
}

/** The end is left out in a row that has no room for it. */
function rightAligned(start: Row, end: Row, columns: number): Row {
  const gap = columns - rowWidth(start) - rowWidth(end)
  return end.length === 0 || gap < 2 ? start : row(start, ' '.repeat(gap), end)
}

/** What a turn has cost, at the end of its answer: in its last row, or in another one below code and long rows. */
function withNote(rows: readonly Row[], { columns, styles, note }: EntryOptions): readonly Row[] {
  const last = rows.at(-1)
  if (note === '' || last === undefined) return rows
  const end = styled(styles.muted, note)
  const gap = columns - rowWidth(last) - rowWidth(end)
  return gap < MIN_NOTE_GAP || isCodeRow(last)
    ? [...rows, rightAligned(EMPTY_ROW, end, columns)]
    : [...rows.slice(0, -1), rightAligned(last, end, columns)]
}

/** A smaller gap looks like one between words. */
const MIN_NOTE_GAP = 3

/** Rows of reasoning that are shown while it streams. Finished reasoning is collapsed to one row. */
const REASONING_LIVE = 4

function reasoningRows(
  text: string,
  { columns, styles, expanded, live }: EntryOptions,
): readonly Row[] {
  const words = clean(text).trim()
  const indent = styled(styles.reasoning, '∴ ')
  if (expanded) return wrap(styled(styles.reasoning, words), columns, { indent })
  if (live) {
    const tail = words.slice(-REASONING_LIVE * columns * 2)
    const rows = wrap(styled(styles.reasoning, tail), columns - 2).slice(-REASONING_LIVE)
    return rows.map((line, index) => row(index === 0 ? indent : '  ', line))
  }
  const start = words.slice(0, columns * 2).replace(/\s+/g, ' ')
  const [first = EMPTY_ROW, ...more] = wrap(styled(styles.reasoning, start), columns - 2, {
    indent,
  })
  return more.length > 0 ? [row(first, styled(styles.reasoning, ' …'))] : [first]
}

const NOTICE_MARKS = { info: '·', warning: '!', error: '✗' } as const

function noticeRows(
  entry: Extract<Entry, { type: 'notice' }>,
  { columns, styles, message }: EntryOptions,
): readonly Row[] {
  const style = styles[entry.level]
  const rows = wrap(styled(style, clean(message(entry.text))), columns, {
    indent: styled(style, `${NOTICE_MARKS[entry.level]} `),
  })
  if (entry.hint === null) return rows
  return [
    ...rows,
    ...wrap(styled(styles.muted, clean(message(entry.hint))), columns, { indent: '  ' }),
  ]
}
