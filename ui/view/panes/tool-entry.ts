import type { ToolCall, ToolPhase } from '../../../lib/session/state.ts'
import type { Preview } from '../../../lib/tools/tool.ts'
import { isRecord } from '../../../lib/util/is-record.ts'
import type { Styles } from '../../theme/styles.ts'
import { renderPreview, renderTodos } from '../render/preview.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import { rowWidth, truncate, wrap } from '../render/wrap.ts'
import type { Row } from '../types.ts'
import type { EntryLook } from './entry-options.ts'
import { counted, seconds } from './format.ts'

/** Rows of output, and of a diff, shown until the entry is expanded. */
const FOLDED = 4
const FOLDED_DIFF = 8
const FOLDED_FAILURE = 8
const FOLDED_TODOS = 12
const EXPANDED = 400

/** Where a label would get less, the outcome is cut instead. */
const MIN_LABEL = 24

/** A call in the conversation: one line that says what, and below it what came of it. */
export function toolRows(call: ToolCall, look: EntryLook): readonly Row[] {
  const { columns, styles } = look
  const { mark, meta } = headline(call.phase, styles)
  const name = styles.tool(cleanLine(call.tool))
  const label = styles.text(cleanLine(call.label === '' ? argsLine(call.args) : call.label))
  const end = meta === '' ? '' : styles.muted(` — ${meta}`)
  const start = truncate(`${mark} ${name} ${label}`, Math.max(MIN_LABEL, columns - rowWidth(end)))
  return [truncate(start + end, columns), ...detailRows(call.phase, look)]
}

interface Headline {
  readonly mark: string
  readonly meta: string
}

function headline(phase: ToolPhase, styles: Styles): Headline {
  switch (phase.at) {
    case 'arriving':
      return { mark: styles.tool('○'), meta: '' }
    case 'waiting':
      return { mark: styles.warning('?'), meta: 'waits for your decision' }
    case 'allowed':
      return { mark: styles.tool('○'), meta: 'allowed' }
    case 'running':
      return { mark: styles.tool('◐'), meta: 'running' }
    case 'finished': {
      const ok = phase.status === 'success'
      const mark = ok ? styles.toolDone('●') : styles.toolFailed('✗')
      return { mark, meta: outcome(phase) }
    }
    case 'denied':
      return { mark: styles.warning('⊘'), meta: phase.by === 'person' ? 'you said no' : 'denied' }
    case 'dropped':
      return { mark: styles.muted('◌'), meta: 'did not finish' }
  }
}

function outcome({ preview, text, tookMs }: Extract<ToolPhase, { at: 'finished' }>): string {
  const took = tookMs === null || tookMs < 100 ? [] : [seconds(tookMs)]
  if (preview?.kind === 'diff')
    return [`+${preview.added} -${preview.removed}`, ...took].join(' · ')
  return [...sizeOf(text, preview), ...took].join(' · ')
}

function sizeOf(text: string, preview: Preview | null): readonly string[] {
  // What the agent is answered to a list says nothing of it.
  if (preview?.kind === 'todos') return []
  if (text.trim() === '') return ['nothing']
  const lines = text.trimEnd().split('\n')
  // A numbered file ends in the number of a line that is not there.
  const isNumbered = lines.length > 1 && /^\s*\d+→$/.test(lines.at(-1) ?? '')
  return [counted(lines.length - (isNumbered ? 1 : 0), 'line')]
}

function detailRows(phase: ToolPhase, look: EntryLook): readonly Row[] {
  const { styles } = look
  switch (phase.at) {
    case 'running':
      return boxed(tailRows(phase.output, look), look)
    case 'finished':
      return finishedRows(phase, look)
    case 'denied':
      return boxed(headRows(phase.reason, look, styles.warning), look)
    default:
      return []
  }
}

/**
 * What was changed is worth a look, and how a command ended; what was only read stays folded. A failure is told, always.
 */
function finishedRows(
  { preview, status, text }: Extract<ToolPhase, { at: 'finished' }>,
  look: EntryLook,
): readonly Row[] {
  const { styles, expanded } = look
  if (status === 'error' && (preview?.kind !== 'command' || expanded))
    return boxed(headRows(text, look, styles.toolFailed), look)
  // The last words of a command tell best why it failed.
  if (status === 'error') return boxed(endRows(text, FOLDED_FAILURE, look, styles.toolFailed), look)
  if (preview?.kind === 'todos') return boxed(todoRows(preview, look), look)
  if (preview?.kind === 'diff') return boxed(diffRows(preview, look), look)
  if (expanded) return boxed(headRows(text, look, styles.muted), look)
  return preview?.kind === 'command' ? boxed(endRows(text, FOLDED, look, styles.muted), look) : []
}

const INDENT = 2

function roomIn({ columns }: EntryLook): number {
  return Math.max(1, columns - INDENT - 2)
}

type DiffPreview = Extract<Preview, { kind: 'diff' }>

/** The hunks; file and counts stand in the line above. */
function diffRows(preview: DiffPreview, look: EntryLook): readonly Row[] {
  const draw = (diff: DiffPreview) => renderPreview(diff, roomIn(look), look.styles)
  const whole = draw(preview)
  const from = whole.hunkRows[0] ?? 0
  const all = whole.count - from
  const count = folded(all, look.expanded ? EXPANDED : FOLDED_DIFF)
  const sheet = count < all && !look.expanded ? draw(fromFirstChange(preview)) : whole
  const rows = sheet.slice(from, from + count)
  return [...rows, ...more(all - rows.length, look)]
}

/** The few rows of a folded diff are for what changed, not for what stands before it. */
function fromFirstChange(preview: DiffPreview): DiffPreview {
  const [first, ...others] = preview.hunks
  if (first === undefined) return preview
  const skipped = Math.max(
    0,
    first.lines.findIndex(({ kind }) => kind !== 'context'),
  )
  const cut = {
    oldStart: first.oldStart + skipped,
    newStart: first.newStart + skipped,
    lines: first.lines.slice(skipped),
  }
  return { ...preview, hunks: [cut, ...others] }
}

function todoRows(preview: Extract<Preview, { kind: 'todos' }>, look: EntryLook): readonly Row[] {
  const rows = renderTodos(preview.todos, roomIn(look), look.styles)
  const count = folded(rows.length, look.expanded ? EXPANDED : FOLDED_TODOS)
  return [...rows.slice(0, count), ...more(rows.length - count, look)]
}

function tailRows(output: string, look: EntryLook): readonly Row[] {
  return lastRows(output, FOLDED, look, look.styles.muted)
}

/** The last rows of a text, cleaned; no more of it is laid out than can be seen. */
function lastRows(text: string, count: number, look: EntryLook, paint: Paint): readonly Row[] {
  const tail = clean(text.slice(-count * roomIn(look) * 2)).trim()
  return tail === '' ? [] : wrap(paint(tail), roomIn(look), { anywhere: true }).slice(-count)
}

type Paint = (text: string) => string

function endRows(text: string, limit: number, look: EntryLook, paint: Paint): readonly Row[] {
  const lines = text
    .trim()
    .replace(/\n\s*\n\s*\n/g, '\n\n')
    .split('\n')
  const count = folded(lines.length, limit)
  const rows = lastRows(lines.slice(-count).join('\n'), count, look, paint)
  const above = lines.length - count
  return above > 0 ? [...more(above, look), ...rows] : rows
}

function headRows(text: string, look: EntryLook, paint: Paint): readonly Row[] {
  if (text.trim() === '') return []
  const lines = text.trimEnd().split('\n')
  const limit = folded(lines.length, look.expanded ? EXPANDED : FOLDED)
  const start = lines.slice(0, limit).join('\n')
  const shown = clean(start.slice(0, limit * roomIn(look) * 2))
  const rows = wrap(paint(shown), roomIn(look), { anywhere: true })
  const hidden = Math.max(lines.length - limit, rows.length - limit)
  return [...rows.slice(0, limit), ...more(hidden, look)]
}

/** How many of `count` rows are shown: to say that one more is there takes as much room as that one. */
function folded(count: number, limit: number): number {
  return count <= limit + 1 ? count : limit
}

function more(count: number, { styles }: EntryLook): readonly Row[] {
  return count > 0 ? [styles.muted(`… ${counted(count, 'more line')}`)] : []
}

/** Details stand behind a thin line of their own. */
function boxed(rows: readonly Row[], { styles }: EntryLook): readonly Row[] {
  return rows.map((row) => `${' '.repeat(INDENT)}${styles.border('│')} ${row}`)
}

/** Arguments of a call without a label, on one line: `k="v"`; one value alone stands for itself. */
function argsLine(args: string): string {
  const values = parsedArgs(args)
  if (values === null) return args.slice(0, 200)
  const entries = Object.entries(values).filter(([key]) => key !== 'request_heartbeat')
  const [only] = entries
  if (entries.length === 1 && typeof only?.[1] === 'string') return only[1]
  return entries.map(([key, value]) => `${key}=${shortValue(value)}`).join(' ')
}

function parsedArgs(args: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(args)
    return isRecord(value) ? value : null
  } catch {
    // Still arriving, or never valid: shown as it is.
    return null
  }
}

function shortValue(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 50 ? `${value.slice(0, 50)}…` : value)
  if (Array.isArray(value)) return `[${value.length} items]`
  if (typeof value === 'object' && value !== null) return `{${Object.keys(value).length} props}`
  return String(value)
}
