import type { Entry } from '../../../lib/session/state.ts'
import type { MessagePresenter } from '../../input/workbench-message.ts'
import type { Styles } from '../../theme/styles.ts'
import { conversationTexts } from '../messages.ts'
import { createBoundedCache } from '../render/bounded-cache.ts'
import { type RenderOptions, renderMarkdown } from '../render/formatter.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { clean } from '../render/sanitize.ts'
import { wrap } from '../render/wrap.ts'
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
}

interface LaidEntry extends EntryOptions {
  readonly rows: readonly Row[]
}

/** Several screens of entries; a long conversation has ten thousand. */
const MAX_LAID = 500

const laid = createBoundedCache<Entry, LaidEntry>(MAX_LAID)
// Each delta creates a new entry object while an entry streams; the weak keys free the rows of the previous ones.
const laidLive = new WeakMap<Entry, LaidEntry>()

/** The rows of an entry and a blank row; laid out once for each set of options. */
export function entryRows(entry: Entry, options: EntryOptions): readonly Row[] {
  const known = options.live ? laidLive.get(entry) : laid.get(entry)
  if (known !== undefined && isSameOptions(known, options)) return known.rows
  const rows = [...rowsOf(entry, options), EMPTY_ROW]
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
    known.live === options.live
  )
}

/** The maximum width of text: longer lines are hard to read. */
const READABLE_COLUMNS = 110

function rowsOf(entry: Entry, options: EntryOptions): readonly Row[] {
  const { styles } = options
  const columns = Math.min(options.columns, READABLE_COLUMNS)
  switch (entry.type) {
    case 'user':
      return userRows(entry, columns, styles)
    case 'reasoning':
      return reasoningRows(entry.text, { ...options, columns })
    case 'assistant':
      return renderMarkdown(entry.text, columns, options)
    case 'tool':
      return toolRows(entry.call, options)
    case 'shellLine':
      return shellLineRows(entry, options)
    case 'notice':
      return noticeRows(entry, { ...options, columns })
  }
}

function userRows(
  entry: Extract<Entry, { type: 'user' }>,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const bar = styled(styles.user, '▌ ')
  const rows = wrap(styled(styles.user, clean(entry.text)), columns, { indent: bar, hang: bar })
  if (entry.outcome === 'kept') return rows
  const mark =
    entry.outcome === 'cancelled'
      ? styled(styles.warning, conversationTexts.cancelled)
      : styled(styles.error, conversationTexts.failed)
  return [...rows, row(bar, mark)]
}

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
