import { pendingApprovals, type ToolCall, type ToolPhase } from '../../lib/session/state.ts'
import type { Row, Size } from '../frame.ts'
import { cleanLine, reveal } from '../render/clean.ts'
import { renderPreview } from '../render/preview.ts'
import type { Sheet } from '../render/sheet.ts'
import { truncate, wrap } from '../render/wrap.ts'
import type { RootState } from '../state.ts'
import type { Styles } from '../styles.ts'
import type { Look, Pane } from './pane.ts'

export const approval: Pane = {
  id: 'approval',
  title: (state) => {
    const shown = shownApproval(state)
    return shown === null ? 'Approval' : `Approval: ${cleanLine(shown.call.tool)}`
  },
  render(state, size, look) {
    const shown = shownApproval(state)
    if (shown === null) return { rows: [] }
    const { head, body, foot, sheet } = approvalParts(shown, state, size, look)
    const top = firstRow(state, sheet, body)
    const rows = sheet.slice(top, top + body)
    const blank = Array.from({ length: Math.max(0, body - rows.length) }, () => '')
    const seen = Math.min(sheet.count, top + body)
    const lines = sheet.count > body ? `${seen} of ${sheet.count} lines` : ''
    const of = shown.waiting.length > 1 ? `${shown.at + 1} of ${shown.waiting.length}` : ''
    const note = [of, lines].filter(Boolean).join(' · ')
    return { rows: [...head, ...rows, ...blank, ...foot].slice(0, size.rows), note }
  },
}

type Waiting = Extract<ToolPhase, { at: 'waiting' }>

export interface ShownApproval {
  readonly call: ToolCall
  readonly phase: Waiting
  readonly waiting: readonly ToolCall[]
  readonly at: number
}

/** The waiting call that the pane shows: the one chosen, else the oldest. */
export function shownApproval({ session, workbench }: RootState): ShownApproval | null {
  const waiting = pendingApprovals(session)
  const chosen = waiting.findIndex((call) => call.callId === workbench.approval.shown)
  const at = Math.max(0, chosen)
  const call = waiting[at]
  return call?.phase.at === 'waiting' ? { call, phase: call.phase, waiting, at } : null
}

export interface ApprovalParts {
  readonly head: readonly Row[]
  /** Rows for the preview. */
  readonly body: number
  readonly foot: readonly Row[]
  readonly sheet: Sheet
}

/** How the pane's rows are shared out: why it asks, what would happen, what can be answered. */
export function approvalParts(
  { call, phase }: ShownApproval,
  state: RootState,
  size: Size,
  look: Look,
): ApprovalParts {
  const head = size.rows < 6 ? [] : headRows(call, phase, size.columns, look.styles)
  const foot = footRows(state, size.columns, look)
  const sheet = renderPreview(phase.preview, size.columns, look.styles)
  return { head, foot, sheet, body: Math.max(0, size.rows - head.length - foot.length) }
}

/** The first visible row of the preview. */
export function firstRow(state: RootState, sheet: Sheet, body: number): number {
  const { approval: scroll } = state.workbench.scroll
  const last = Math.max(0, sheet.count - body)
  return scroll.at === 'end' ? last : Math.min(scroll.row, last)
}

function headRows(
  call: ToolCall,
  { verdict }: Waiting,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const rule = verdict.rule === null ? '' : ` Rule: ${cleanLine(verdict.rule)}`
  const part = verdict.part === null ? '' : ` ${styles.warning(reveal(verdict.part))}`
  const why = styles.muted(`${cleanLine(verdict.because)}${rule}`)
  const label = `${styles.tool(cleanLine(call.tool))} ${styles.strong(cleanLine(call.label))}`
  return [truncate(label, columns), ...wrap(`${why}${part}`, columns).slice(0, 2), '']
}

const ANSWERS = [
  ['approval.allow', 'yes, once'],
  ['approval.always', 'always …'],
  ['approval.deny', 'no'],
  ['approval.denyWithReason', 'no, because …'],
] as const

function footRows(state: RootState, columns: number, { styles, key }: Look): readonly Row[] {
  if (state.workbench.focus !== 'approval') {
    const stroke = key('focus.approval') ?? key('focus.next') ?? ''
    return [truncate(styles.warning(`${stroke} to decide`), columns)]
  }
  const answers = ANSWERS.flatMap(([command, does]) => {
    const stroke = key(command)
    return stroke === null ? [] : [`${styles.accent(stroke)} ${styles.text(does)}`]
  })
  return [truncate(answers.join(styles.muted('  ·  ')), columns)]
}
