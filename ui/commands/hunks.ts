import { DECIDED_DIFFERENTLY, NO_OTHER_PARTS, NOT_DIVISIBLE } from '../messages/approvals.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import {
  currentPart,
  type DiffPart,
  type DiffSelection,
  divideCurrent,
  isHeldApart,
  partsOf,
  toggleCurrent,
  toggleRest,
} from '../state/diff-selection.ts'
import { partKeysOf, type ShownApproval, shownApproval } from '../state/shown-approval.ts'
import type { RootState } from '../state/state.ts'
import { partRow } from '../view/panes/selection-rows.ts'
import { isDiffRows } from '../view/render/diff.ts'
import { approvalPlace, noteApprovalRows, page, scrollPaneBy } from './scroll.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** What selects a part of the change that awaits approval. */
export const HUNK_COMMANDS: readonly WorkbenchCommand[] = [
  moveToPart('hunk.next', 1),
  moveToPart('hunk.previous', -1),
  toggleHunk(),
  rejectRest(),
  divideHunk(),
]

/** Moves to the next or previous part of the diff: from the one at the cursor while that is visible, otherwise from the view. */
function moveToPart(id: WorkbenchCommandId, by: 1 | -1): WorkbenchCommand {
  return {
    id,
    hidden: true,
    unavailable: unlessKey('canMove', NO_OTHER_PARTS),
    run(context) {
      const review = shownReview(context)
      if (review === null) return
      const { parts, rowOf, at, current } = review
      const row = current === null ? -1 : rowOf(current)
      const isVisible = current !== null && at.top <= row && row < at.top + at.body
      const next = isVisible
        ? parts[parts.indexOf(current) + by]
        : by > 0
          ? parts.find((part) => rowOf(part) > at.top)
          : parts.findLast((part) => rowOf(part) < at.top)
      if (next === undefined) return
      select(context, review, { ...review.shown.selection, cursor: next.from })
      if (!isInView(rowOf(next), at)) showPreviewRow(context, Math.max(0, rowOf(next) - ROWS_ABOVE))
    },
  }
}

/** Without a hunk to select, the key scrolls as in other panes. */
function toggleHunk(): WorkbenchCommand {
  return {
    id: 'hunk.toggle',
    hidden: true,
    run(context) {
      const review = shownReview(context)
      if (review === null || !partKeysOf(review.shown).canSelect)
        return scrollPaneBy(context, 'approval', page(context, 'approval'))
      select(context, review, toggleCurrent(review.preview.hunks, review.shown.selection))
    },
  }
}

function rejectRest(): WorkbenchCommand {
  return {
    id: 'hunk.rejectRest',
    hidden: true,
    unavailable: unlessKey('canSelect', NO_OTHER_PARTS),
    run(context) {
      const review = shownReview(context)
      if (review === null) return
      select(context, review, toggleRest(review.preview.hunks, review.shown.selection))
    },
  }
}

function divideHunk(): WorkbenchCommand {
  return {
    id: 'hunk.divide',
    hidden: true,
    unavailable: notDivisible,
    run(context) {
      const review = shownReview(context)
      if (review === null) return
      select(context, review, divideCurrent(review.preview.hunks, review.shown.selection))
    },
  }
}

/** Why a key for parts of a change does nothing now; null when it does something. */
function unlessKey(key: keyof ReturnType<typeof partKeysOf>, reason: string) {
  return (state: RootState): string | null => {
    const shown = shownApproval(state)
    return shown !== null && partKeysOf(shown)[key] ? null : reason
  }
}

function notDivisible(state: RootState): string | null {
  const reason = unlessKey('canDivide', NOT_DIVISIBLE)(state)
  const shown = shownApproval(state)
  if (reason === null || shown?.phase.preview.type !== 'diff') return reason
  return isHeldApart(shown.phase.preview.hunks, shown.selection) ? DECIDED_DIFFERENTLY : reason
}

/** The change that the approval pane shows; null when it shows none, or when it is not focused. */
function shownReview(context: WorkbenchContext) {
  const { state } = context.root
  const shown = shownApproval(state)
  const at = approvalPlace(context)
  if (shown === null || at === null || state.workbench.focus !== 'approval') return null
  const { preview } = shown.phase
  const { sheet } = at
  if (preview.type !== 'diff' || !isDiffRows(sheet)) return null
  const parts = partsOf(preview.hunks, shown.selection)
  const rowOf = (part: DiffPart): number => partRow(part, shown.selection, sheet)
  return { shown, preview, at, parts, rowOf, current: currentPart(parts, shown.selection) }
}

/** Rows of context above the part at the cursor, and of the part itself. */
const ROWS_ABOVE = 2
const ROWS_BELOW = 4

function isInView(row: number, { top, body }: { readonly top: number; readonly body: number }) {
  return top <= row && row + ROWS_BELOW <= top + body
}

function select(
  { root }: WorkbenchContext,
  { shown: { call } }: { readonly shown: ShownApproval },
  selection: DiffSelection,
): void {
  root.dispatch({ type: 'approval.partSelected', callId: call.callId, selection })
}

function showPreviewRow(context: WorkbenchContext, row: number): void {
  const { root } = context
  noteApprovalRows(context)
  const scroll = { type: 'item', item: '', row } as const
  root.dispatch({ type: 'scroll.moved', pane: 'approval', scroll })
  noteApprovalRows(context)
}
