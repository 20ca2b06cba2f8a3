import type { Entry } from '../../../lib/session/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { renderMarkdown } from '../render/markdown.ts'
import { clean } from '../render/sanitize.ts'
import { wrap } from '../render/wrap.ts'
import type { Row } from '../types.ts'
import type { EntryLook } from './entry-options.ts'
import { toolRows } from './tool-entry.ts'

interface Laid extends EntryLook {
  readonly entry: Entry
  readonly rows: readonly Row[]
}

// Oldest first: a Map keeps the order of entry.
const laid = new Map<string, Laid>()
/** Some screens of entries; a long day has ten thousand of them. */
const KEPT = 500

/** How often rows were made anew; for tests and benches that only what is seen is laid out. */
export const layoutCount = { rows: 0 }

/** An entry's rows with a blank one below; laid out once for each width and look. */
export function entryRows(entry: Entry, look: EntryLook): readonly Row[] {
  const known = laid.get(entry.id)
  if (known?.entry === entry && isSameLook(known, look)) return known.rows
  layoutCount.rows++
  const rows = [...rowsOf(entry, look), '']
  laid.delete(entry.id)
  laid.set(entry.id, { ...look, entry, rows })
  if (laid.size > KEPT) laid.delete(laid.keys().next().value ?? '')
  return rows
}

function isSameLook(known: EntryLook, look: EntryLook): boolean {
  return (
    known.columns === look.columns &&
    known.styles === look.styles &&
    known.message === look.message &&
    known.expanded === look.expanded &&
    known.live === look.live
  )
}

/** Lines longer than this tire the eye, however wide the screen is. */
const READABLE = 110

function rowsOf(entry: Entry, look: EntryLook): readonly Row[] {
  const { styles } = look
  const columns = Math.min(look.columns, READABLE)
  switch (entry.kind) {
    case 'user':
      return userRows(entry, columns, styles)
    case 'reasoning':
      return reasoningRows(entry.text, { ...look, columns })
    case 'assistant':
      return renderMarkdown(entry.id, entry.text, columns, styles)
    case 'tool':
      return toolRows(entry.call, look)
    case 'notice':
      return noticeRows(entry, { ...look, columns })
  }
}

function userRows(
  entry: Extract<Entry, { kind: 'user' }>,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const bar = styles.user('▌ ')
  const rows = wrap(styles.user(clean(entry.text)), columns, { indent: bar, hang: bar })
  if (entry.outcome === 'kept') return rows
  const mark = entry.outcome === 'cancelled' ? styles.warning('cancelled') : styles.error('failed')
  return [...rows, `${bar}${mark}`]
}

/** Rows of reasoning shown while it streams; finished, it folds to one. */
const REASONING_LIVE = 4

function reasoningRows(
  text: string,
  { columns, styles, expanded, live }: EntryLook,
): readonly Row[] {
  const words = clean(text).trim()
  const indent = styles.reasoning('∴ ')
  if (expanded) return wrap(styles.reasoning(words), columns, { indent })
  if (live) {
    const tail = words.slice(-REASONING_LIVE * columns * 2)
    const rows = wrap(styles.reasoning(tail), columns - 2).slice(-REASONING_LIVE)
    return rows.map((row, index) => `${index === 0 ? indent : '  '}${row}`)
  }
  const start = words.slice(0, columns * 2).replace(/\s+/g, ' ')
  const [first = '', ...more] = wrap(styles.reasoning(start), columns - 2, { indent })
  return more.length > 0 ? [first + styles.reasoning(' …')] : [first]
}

const NOTICE_MARKS = { info: '·', warning: '!', error: '✗' } as const

function noticeRows(
  entry: Extract<Entry, { kind: 'notice' }>,
  { columns, styles, message }: EntryLook,
): readonly Row[] {
  const paint = styles[entry.level]
  const rows = wrap(paint(clean(message(entry.text))), columns, {
    indent: paint(`${NOTICE_MARKS[entry.level]} `),
  })
  if (entry.hint === null) return rows
  return [...rows, ...wrap(styles.muted(clean(message(entry.hint))), columns, { indent: '  ' })]
}
