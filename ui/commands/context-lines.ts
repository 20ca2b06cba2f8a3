import { DEFAULT_CONTEXT } from '../../lib/util/widen-hunks.ts'
import {
  CONTEXT_NOT_CHANGED,
  contextLinesShown,
  FILE_CHANGED_SINCE_SHOWN,
} from '../messages/approvals.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import {
  changedLinesOf,
  selectedChangesRow,
  shownComparison,
  versionsOf,
} from '../state/changes-rows.ts'
import { currentPart, partsOf } from '../state/diff-selection.ts'
import { shownApproval } from '../state/shown-approval.ts'
import { currentHunk } from '../view/panes/changes.ts'
import { isDiffRows } from '../view/render/diff.ts'
import { approvalPlace, changesPlace, noteApprovalRows } from './scroll.ts'
import {
  flash,
  needsPendingApproval,
  type WorkbenchCommand,
  type WorkbenchContext,
} from './workbench-command.ts'

/** Steps of unchanged lines above and below each hunk. */
const STEPS = [0, 3, 10, 25, 50, 100, 1_000]

/** More or fewer unchanged lines around the hunks of a change. */
export const CONTEXT_COMMANDS: readonly WorkbenchCommand[] = [
  ofApproval('approval.moreContext', 1),
  ofApproval('approval.lessContext', -1),
  ofChanges('changes.moreContext', 1),
  ofChanges('changes.lessContext', -1),
]

function step(lines: number, by: 1 | -1): number | null {
  return STEPS[STEPS.indexOf(lines) + by] ?? null
}

function ofApproval(id: WorkbenchCommandId, by: 1 | -1): WorkbenchCommand {
  return {
    id,
    hidden: true,
    unavailable: ({ session }) => needsPendingApproval(session),
    async run(context) {
      const { root, session } = context
      const shown = shownApproval(root.state)
      if (shown?.call.phase.type !== 'waiting') return
      const { callId, phase } = shown.call
      const known = root.state.workbench.approval.contexts.get(callId)
      const lines = step(known?.of === phase.preview ? known.lines : DEFAULT_CONTEXT, by)
      if (lines === null || phase.preview.type !== 'diff')
        return flash(context, CONTEXT_NOT_CHANGED)
      const preview = await session.approvals.withContext(callId, lines)
      if (preview === null) return flash(context, FILE_CHANGED_SINCE_SHOWN)
      const view = { of: phase.preview, lines, preview }
      noteApprovalRows(context)
      keepPlace(context, 'approval', () =>
        root.dispatch({ type: 'approval.contextChanged', callId, view }),
      )
      showLines(context, lines)
    },
  }
}

function ofChanges(id: WorkbenchCommandId, by: 1 | -1): WorkbenchCommand {
  return {
    id,
    hidden: true,
    async run(context) {
      const { root, session } = context
      const lines = step(root.state.workbench.changes.context, by)
      const versions = versionsOf(selectedChangesRow(root.state))
      if (lines === null || versions === null) return flash(context, CONTEXT_NOT_CHANGED)
      const place = anchorOf(context, 'changes')
      // The next press counts from here; what is shown follows.
      root.dispatch({ type: 'changes.contextChanged', lines })
      showLines(context, lines)
      await session.changes.compare(versions, lines)
      if (root.state.workbench.changes.context === lines) scrollTo(context, 'changes', place)
    },
  }
}

function showLines({ root }: WorkbenchContext, lines: number): void {
  root.dispatch({ type: 'flash.shown', level: 'info', text: contextLinesShown(lines) })
}

type DiffPane = 'approval' | 'changes'

/** A changed line, and in which row of the pane it is. */
interface Anchor {
  readonly line: number
  readonly row: number
}

/** The part at the cursor, or else the lines that the person reads, stay where they are on the screen. */
function keepPlace(context: WorkbenchContext, pane: DiffPane, change: () => void): void {
  const place = anchorOf(context, pane)
  change()
  scrollTo(context, pane, place)
}

function placeOf(context: WorkbenchContext, pane: DiffPane) {
  const at = pane === 'approval' ? approvalPlace(context) : changesPlace(context)
  return at !== null && isDiffRows(at.sheet) ? { ...at, sheet: at.sheet } : null
}

function anchorOf(context: WorkbenchContext, pane: DiffPane): Anchor | null {
  const at = placeOf(context, pane)
  if (at === null) return null
  const isMarked = pane === 'approval' ? inMarkedPart(context) : inMarkedHunk(context)
  let first: Anchor | null = null
  for (let row = 0; row < at.body; row++) {
    const [line] = at.sheet.changedLinesAt(at.top + row)
    if (line === undefined) continue
    if (isMarked(line)) return { line, row }
    first ??= { line, row }
  }
  return first
}

/** Whether a changed line is in the part that keys act on. */
function inMarkedPart({ root }: WorkbenchContext): (line: number) => boolean {
  const shown = shownApproval(root.state)
  if (shown === null || shown.phase.preview.type !== 'diff') return () => false
  const { selection } = shown
  const part = currentPart(partsOf(shown.phase.preview.hunks, selection), selection)
  return (line) => part !== null && part.from <= line && line < part.to
}

function inMarkedHunk(context: WorkbenchContext): (line: number) => boolean {
  const shown = shownComparison(context.root.state)
  const at = changesPlace(context)
  if (shown === null || at === null) return () => false
  const lines = new Set(
    changedLinesOf(shown.preview.hunks, currentHunk(context.root.state, at.sheet)),
  )
  return (line) => lines.has(line)
}

function scrollTo(context: WorkbenchContext, pane: DiffPane, anchor: Anchor | null): void {
  const at = placeOf(context, pane)
  if (at === null || anchor === null) return
  const row = Math.max(0, at.sheet.rowOfChangedLine(anchor.line) - anchor.row)
  context.root.dispatch({ type: 'scroll.moved', pane, scroll: { type: 'item', item: '', row } })
}
