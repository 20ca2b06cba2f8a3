import type { ToolCall, ToolPhase } from '../../../lib/session/state/entry.ts'
import { outputOfEditedCommand } from '../../../lib/tools/messages/reviews.ts'
import { BYTES_OMITTED, NO_OUTPUT } from '../../../lib/tools/messages/shell.ts'
import type { Preview } from '../../../lib/tools/tool.ts'
import { decodeArguments } from '../../../lib/util/decode-arguments.ts'
import { changedLines } from '../../../lib/util/quantities.ts'
import { DENIED_BY_USER } from '../../messages/approvals.ts'
import type { Styles } from '../../theme/styles.ts'
import { toolTexts } from '../messages/conversation.ts'
import { isDiffRows } from '../render/diff.ts'
import type { LazyRows } from '../render/lazy-rows.ts'
import { renderPreview, renderTodos } from '../render/preview.ts'
import { type Row, row, styled } from '../render/row.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import type { Style } from '../render/style.ts'
import { fitRow, rowWidth, truncate, wrap } from '../render/wrap.ts'
import { type ArrivingCall, arrivingCall } from './arriving-call.ts'
import type { EntryOptions } from './entry.ts'
import { seconds } from './format.ts'

/** Rows of output, and of a diff, shown until the entry is expanded. */
const COLLAPSED_LINES = 4
const COLLAPSED_DIFF = 8
const COLLAPSED_FAILURE = 8
const COLLAPSED_TODOS = 12
const EXPANDED = 400

/** The minimum width of a label. In a narrower row the outcome is cut instead. */
const MIN_LABEL_COLUMNS = 24

/** The names of most tools have at most five letters: their labels are in one column. */
const NAME_COLUMNS = 5

/** A call in the conversation: one line with its label and, at the right, its outcome; and its result below. */
export function toolRows(call: ToolCall, options: EntryOptions): readonly Row[] {
  const { styles } = options
  const phase = forPerson(call.phase)
  const { mark, meta } = headline(phase, styles)
  const isArriving = phase.type === 'arriving'
  // The arguments of a call that was broken off are incomplete, too.
  const isPart = isArriving || phase.type === 'dropped'
  const arriving = isPart ? arrivingCall(call) : null
  const name = styled(styles.tool, cleanLine(call.tool).padEnd(NAME_COLUMNS))
  const text = call.label || arriving?.label || (isArriving ? '' : argsLine(call.args))
  const label = styled(styles.text, cleanLine(text))
  const size = arriving === null ? '' : arrivingSize(arriving)
  const end = [size, meta].filter(Boolean).join(' · ')
  const isGrowing = isArriving && arriving !== null
  return [
    withOutcome(row(mark, ' ', name, ' ', label), end, options),
    ...(isGrowing ? arrivingRows(arriving, options) : detailRows(phase, options)),
  ]
}

/** The outcome says that a command was edited, and that it had no output; the sentences about it are for the agent. */
function forPerson(phase: ToolPhase): ToolPhase {
  if (phase.type !== 'finished') return phase
  const text = phase.isEdited === true ? outputOfEditedCommand(phase.text) : phase.text
  return { ...phase, text: text === NO_OUTPUT ? '' : text }
}

/** A row with its outcome at the right end; in a narrow pane the outcome is cut before the label. */
export function withOutcome(start: Row, meta: string, { columns, styles }: EntryOptions): Row {
  if (meta === '') return truncate(start, columns)
  const end = row('  ', styled(styles.muted, meta))
  const room = Math.max(Math.min(columns, MIN_LABEL_COLUMNS), columns - rowWidth(end))
  return truncate(row(fitRow(start, room), end), columns)
}

function arrivingSize({ lines }: ArrivingCall): string {
  return lines === 0 ? '' : `… ${toolTexts.lines(lines)}`
}

/** The line that is being written, so that it can be seen that the call grows. */
function arrivingRows({ lastLine }: ArrivingCall, options: EntryOptions): readonly Row[] {
  if (lastLine === '') return []
  const text = styled(options.styles.muted, cleanLine(lastLine))
  return boxed([truncate(text, roomIn(options))], options)
}

interface Headline {
  readonly mark: Row
  readonly meta: string
}

/** What has become of a call, in one character. */
export function phaseMark(phase: ToolPhase, styles: Styles): Row {
  return headline(phase, styles).mark
}

/** A question of the agent is answered, and not approved. */
function awaited({ preview }: Extract<ToolPhase, { type: 'waiting' }>): string {
  return preview.type === 'questions' ? toolTexts.awaitingAnswer : toolTexts.awaitingApproval
}

function headline(phase: ToolPhase, styles: Styles): Headline {
  switch (phase.type) {
    case 'arriving':
      return { mark: styled(styles.tool, '○'), meta: '' }
    case 'waiting':
      return { mark: styled(styles.warning, '?'), meta: awaited(phase) }
    case 'allowed':
      return { mark: styled(styles.tool, '○'), meta: toolTexts.allowed }
    case 'running':
      return { mark: styled(styles.tool, '◐'), meta: withEdit(toolTexts.running, phase) }
    case 'finished': {
      const ok = phase.status === 'success'
      const mark = ok ? styled(styles.toolDone, '●') : styled(styles.toolFailed, '✗')
      return { mark, meta: withEdit(outcome(phase), phase) }
    }
    case 'denied':
      return {
        mark: styled(styles.warning, '⊘'),
        meta: toolTexts.denied,
      }
    case 'dropped':
      return { mark: styled(styles.muted, '◌'), meta: toolTexts.unfinished }
  }
}

function withEdit(meta: string, { isEdited }: { readonly isEdited?: true }): string {
  return isEdited === true ? [toolTexts.editedByYou, meta].filter(Boolean).join(' · ') : meta
}

function outcome({
  preview,
  status,
  text,
  tookMs,
}: Extract<ToolPhase, { type: 'finished' }>): string {
  const took = tookMs === null || tookMs < 100 ? [] : [seconds(tookMs)]
  // A change that failed has changed nothing.
  if (preview?.type === 'diff' && status === 'success') {
    const part = preview.isPartial === true ? [toolTexts.inPart] : []
    return [changedLines(preview), ...part, ...took].filter(Boolean).join(' · ')
  }
  // How long the report of an error is says nothing.
  if (status === 'error') return [failure(text), ...took].join(' · ')
  return [...sizeOf(text, preview), ...took].join(' · ')
}

/** The line of letta between what a command printed to both streams; null when the command printed such a line, too. */
function exitCodeLine(text: string): RegExpExecArray | null {
  const [first, second] = [...text.matchAll(/^Exit code: (\d+)$\n?/gm)]
  return second === undefined ? (first ?? null) : null
}

/** The outcome states it. */
function withoutCode(text: string): string {
  return text.replace(exitCodeLine(text)?.[0] ?? '', '')
}

function failure(text: string): string {
  const code = exitCodeLine(text)?.[1]
  return code === undefined ? toolTexts.failed : toolTexts.exitCode(Number(code))
}

/** The rows between what is kept of an output, and one that is cut. */
const CUT_ROWS = 4

function sizeOf(text: string, preview: Preview | null): readonly string[] {
  // The tool result of a todo list does not describe the list.
  if (preview?.type === 'todos') return []
  if (text.trim() === '') return [toolTexts.noOutput]
  const lines = text.trimEnd().split('\n')
  if (BYTES_OMITTED.test(text)) return [toolTexts.moreThanLines(lines.length - CUT_ROWS)]
  // A file with line numbers ends in the number of a line that does not exist.
  const isNumbered = lines.length > 1 && /^\s*\d+→$/.test(lines.at(-1) ?? '')
  return [toolTexts.lines(lines.length - (isNumbered ? 1 : 0))]
}

function detailRows(phase: ToolPhase, options: EntryOptions): readonly Row[] {
  const { styles } = options
  switch (phase.type) {
    case 'running':
      return boxed(tailRows(phase.output, options), options)
    case 'finished':
      return finishedRows(phase, options)
    case 'denied':
      return DEFAULT_REASONS.has(phase.reason)
        ? []
        : boxed(headRows(phase.reason, options, styles.warning), options)
    default:
      return []
  }
}

/** What the agent reads in place of a reason is not news to the user. */
const DEFAULT_REASONS: ReadonlySet<string> = new Set(['', DENIED_BY_USER])

/**
 * Changes and the end of the output of a command are shown; files that were only read are collapsed. Errors are always shown.
 */
function finishedRows(
  { preview, status, text }: Extract<ToolPhase, { type: 'finished' }>,
  options: EntryOptions,
): readonly Row[] {
  const { styles, expanded } = options
  if (status === 'error' && (preview?.type !== 'command' || expanded))
    return boxed(headRows(text, options, styles.toolFailed, COLLAPSED_FAILURE), options)
  // The end of the output of a command shows best why it failed.
  if (status === 'error')
    return boxed(endRows(withoutCode(text), COLLAPSED_FAILURE, options, styles.toolFailed), options)
  if (preview?.type === 'todos' && !expanded && options.superseded) return []
  if (preview?.type === 'todos') return boxed(todoRows(preview, options), options)
  if (preview?.type === 'diff') return boxed(diffRows(preview, options), options)
  if (expanded) return boxed(headRows(withPrinted(preview, text), options, styles.muted), options)
  return preview?.type === 'command'
    ? boxed(endRows(text, COLLAPSED_LINES, options, styles.muted), options)
    : []
}

/** The output, preceded by the command that was run if it differs from that of the agent. */
function withPrinted(preview: Preview | null, text: string): string {
  return preview?.type === 'command' && preview.runs !== undefined
    ? `$ ${preview.runs}\n${text}`
    : text
}

function roomIn({ columns }: EntryOptions): number {
  return Math.max(1, columns - 2)
}

type EntryDiff = Extract<Preview, { type: 'diff' }>

/** The hunks; the file and the counts are in the line above. */
function diffRows(preview: EntryDiff, options: EntryOptions): readonly Row[] {
  const draw = (diff: EntryDiff) => renderPreview(diff, roomIn(options), options)
  const complete = draw(preview)
  const from = complete.hunkRows[0] ?? 0
  const all = complete.count - from
  const count = collapsed(all, options.expanded ? EXPANDED : COLLAPSED_DIFF)
  const sheet = count < all && !options.expanded ? draw(fromFirstChange(preview)) : complete
  const end = count < all ? lastHunkEnd(sheet, from, from + count) : from + count
  const rows = sheet.slice(from, end)
  return [...rows, ...more(all - rows.length, options)]
}

/** Where the rows end when a hunk of which no change would be in sight is left out: its header and context show nothing. */
function lastHunkEnd(sheet: LazyRows, from: number, to: number): number {
  const start = sheet.hunkRows.findLast((row) => from < row && row < to)
  if (start === undefined || !isDiffRows(sheet)) return to
  for (let at = start; at < to; at++) if (sheet.changedLinesAt(at).length > 0) return to
  return start
}

/** A collapsed diff starts at the first changed line, as it has few rows. */
function fromFirstChange(preview: EntryDiff): EntryDiff {
  const [first, ...others] = preview.hunks
  if (first === undefined) return preview
  const skipped = Math.max(
    0,
    first.lines.findIndex(({ type: kind }) => kind !== 'context'),
  )
  const cut = {
    ...first,
    oldStart: first.oldStart + skipped,
    newStart: first.newStart + skipped,
    lines: first.lines.slice(skipped),
  }
  return { ...preview, hunks: [cut, ...others] }
}

function todoRows(
  preview: Extract<Preview, { type: 'todos' }>,
  options: EntryOptions,
): readonly Row[] {
  const rows = renderTodos(preview.todos, roomIn(options), options)
  const count = collapsed(rows.length, options.expanded ? EXPANDED : COLLAPSED_TODOS)
  return [...rows.slice(0, count), ...more(rows.length - count, options)]
}

function tailRows(output: string, options: EntryOptions): readonly Row[] {
  return lastRows(output, COLLAPSED_LINES, options, options.styles.muted)
}

/** The last rows of a text, sanitized; only the visible part of it is laid out. */
function lastRows(
  text: string,
  count: number,
  options: EntryOptions,
  style: Style,
): readonly Row[] {
  const tail = withoutBlankEnds(clean(text.slice(-count * roomIn(options) * 2)))
  return tail === ''
    ? []
    : wrap(styled(style, tail), roomIn(options), { breaks: 'anywhere' }).slice(-count)
}

/** Without blank lines at the beginning and at the end. The first line keeps its indentation: columns of numbers begin with it. */
function withoutBlankEnds(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd()
}

/** The last lines of a text, with the number of lines above them. */
export function endRows(
  text: string,
  limit: number,
  options: EntryOptions,
  style: Style,
): readonly Row[] {
  const lines = withoutBlankEnds(text)
    .replace(/\n\s*\n\s*\n/g, '\n\n')
    .split('\n')
  const count = collapsed(lines.length, limit)
  const rows = lastRows(lines.slice(-count).join('\n'), count, options, style)
  const above = lines.length - count
  return above > 0 ? [...more(above, options), ...rows] : rows
}

/** The first rows of a text, with the number of rows below them. */
export function headRows(
  text: string,
  options: EntryOptions,
  style: Style,
  limit = COLLAPSED_LINES,
): readonly Row[] {
  if (text.trim() === '') return []
  const most = (options.expanded ? EXPANDED : limit) + 1
  const lines = text.trimEnd().split('\n')
  const start = lines.slice(0, most).join('\n')
  const shown = clean(start.slice(0, most * roomIn(options) * 2))
  const rows = wrap(styled(style, shown), roomIn(options), { breaks: 'anywhere' })
  const all = rows.length + Math.max(0, lines.length - most)
  const count = collapsed(all, most - 1)
  return [...rows.slice(0, count), ...more(all - count, options)]
}

/** How many of `count` rows are shown. A note about a single hidden row would need as much room as that row. */
function collapsed(count: number, limit: number): number {
  return count <= limit + 1 ? count : limit
}

function more(count: number, { styles }: EntryOptions): readonly Row[] {
  return count > 0 ? [styled(styles.muted, toolTexts.moreLines(count))] : []
}

/** Details are after a thin vertical line below the mark. */
export function boxed(rows: readonly Row[], { styles }: EntryOptions): readonly Row[] {
  const edge = row(styled(styles.border, '│'), ' ')
  return rows.map((line) => row(edge, line))
}

/** Arguments of a call without a label, on one line: `k="v"`; a single value is shown without its key. */
function argsLine(args: string): string {
  const values = decodeArguments(args)
  // Arguments that are incomplete or invalid are shown as raw text.
  if (values === null) return args.slice(0, 200)
  const entries = Object.entries(values).filter(([key]) => key !== 'request_heartbeat')
  const [only] = entries
  if (entries.length === 1 && typeof only?.[1] === 'string') return only[1]
  return entries.map(([key, value]) => `${key}=${shortValue(value)}`).join(' ')
}

function shortValue(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 50 ? `${value.slice(0, 50)}…` : value)
  if (Array.isArray(value)) return toolTexts.items(value.length)
  if (typeof value === 'object' && value !== null)
    return toolTexts.properties(Object.keys(value).length)
  return String(value)
}
