import type { ToolCall, ToolPhase } from '../../lib/session/state.ts'
import type { Preview } from '../../lib/tools/tool.ts'
import type { Row } from '../frame.ts'
import { clean, cleanLine } from '../render/clean.ts'
import { renderPreview } from '../render/preview.ts'
import { truncate, wrap } from '../render/wrap.ts'
import type { Styles } from '../styles.ts'
import type { EntryLook } from './entry.ts'
import { seconds } from './words.ts'

/** Rows of output or diff shown until the entry is expanded. */
const FOLDED = 4
const EXPANDED = 400

/** A call in the conversation: one line that says what, and below it what came of it. */
export function toolRows(call: ToolCall, look: EntryLook): readonly Row[] {
  const { columns, styles } = look
  const { mark, meta } = headline(call.phase, styles)
  const name = styles.tool(cleanLine(call.tool))
  const label = styles.text(cleanLine(call.label === '' ? argsLine(call.args) : call.label))
  const head = `${mark} ${name} ${label}${meta === '' ? '' : styles.muted(` — ${meta}`)}`
  return [truncate(head, columns), ...detailRows(call.phase, look)]
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
      return { mark: styles.muted('◌'), meta: 'did not run' }
  }
}

function outcome({ preview, text, tookMs }: Extract<ToolPhase, { at: 'finished' }>): string {
  const took = tookMs === null || tookMs < 100 ? [] : [seconds(tookMs)]
  if (preview?.kind === 'diff')
    return [`+${preview.added} −${preview.removed}`, ...took].join(' · ')
  const { length } = text.split('\n')
  return [`${length} ${length === 1 ? 'line' : 'lines'}`, ...took].join(' · ')
}

function detailRows(phase: ToolPhase, look: EntryLook): readonly Row[] {
  const { styles } = look
  switch (phase.at) {
    case 'running':
      return boxed(tailRows(phase.output, look), look)
    case 'finished':
      if (phase.preview?.kind === 'diff' && phase.status === 'success') {
        return previewRows(phase.preview, look)
      }
      return folded(phase.text, look, phase.status === 'error' ? styles.toolFailed : styles.muted)
    case 'denied':
      return phase.reason === '' ? [] : folded(phase.reason, look, styles.warning)
    default:
      return []
  }
}

const INDENT = 2

function previewRows(preview: Preview, look: EntryLook): readonly Row[] {
  const sheet = renderPreview(preview, look.columns - INDENT - 2, look.styles)
  const kept = sheet.slice(0, look.expanded ? EXPANDED : FOLDED * 2)
  return boxed([...kept, ...more(sheet.count - kept.length, look)], look)
}

function tailRows(output: string, { columns, styles }: EntryLook): readonly Row[] {
  const tail = clean(output.slice(-4000)).trimEnd()
  if (tail === '') return []
  return wrap(styles.muted(tail), columns - INDENT - 2, { anywhere: true }).slice(-FOLDED)
}

function folded(text: string, look: EntryLook, paint: (text: string) => string): readonly Row[] {
  const limit = look.expanded ? EXPANDED : FOLDED
  const lines = text.trimEnd().split('\n')
  const shown = clean(
    lines
      .slice(0, limit)
      .join('\n')
      .slice(0, limit * look.columns * 2),
  )
  const rows = wrap(paint(shown), look.columns - INDENT - 2, { anywhere: true }).slice(0, limit)
  if (text.trim() === '') return []
  return boxed([...rows, ...more(lines.length - Math.min(limit, lines.length), look)], look)
}

function more(count: number, { styles, expanded }: EntryLook): readonly Row[] {
  if (count <= 0) return []
  return [styles.muted(`… ${count} more${expanded ? '' : ', shown when expanded'}`)]
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
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : null
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
