import type { CallDanger } from '../../lib/permissions/types.ts'
import type { ToolCall, ToolPhase } from '../../lib/session/state/entry.ts'
import { pendingApprovals } from '../../lib/session/state/selectors.ts'
import type { Preview } from '../../lib/tools/tool.ts'
import { changedLineCount } from '../../lib/util/select-changes.ts'
import { type DiffSelection, EVERYTHING, isDivisible, partsOf } from './diff-selection.ts'
import type { RootState } from './state.ts'

export type WaitingPhase = Extract<ToolPhase, { type: 'waiting' }>

export interface ShownApproval {
  readonly call: ToolCall
  readonly phase: WaitingPhase
  readonly waiting: readonly ToolCall[]
  readonly at: number
  readonly selection: DiffSelection
}

/** The call awaiting approval that the pane shows: the selected one, else the oldest. */
export function shownApproval({ session, workbench }: RootState): ShownApproval | null {
  const waiting = pendingApprovals(session)
  const chosen = waiting.findIndex((call) => call.callId === workbench.approval.callId)
  const at = Math.max(0, chosen)
  const call = waiting[at]
  if (call?.phase.type !== 'waiting') return null
  const selection = workbench.approval.selections.get(call.callId) ?? EVERYTHING
  const wide = workbench.approval.contexts.get(call.callId)
  // Of the change as it was asked before, nothing is shown.
  const phase = wide?.of === call.phase.preview ? withPreview(call.phase, wide.preview) : call.phase
  return { call, phase: withoutRejectedDangers(phase, selection), waiting, at, selection }
}

function withPreview(phase: WaitingPhase, preview: Preview): WaitingPhase {
  return { ...phase, preview }
}

/** What concerns only lines that are rejected is not done. */
function withoutRejectedDangers(phase: WaitingPhase, { rejected }: DiffSelection): WaitingPhase {
  const { preview, dangers, ...others } = phase
  if (dangers === undefined || preview.type !== 'diff' || rejected.size === 0) return phase
  const changed = preview.hunks
    .flatMap(({ lines }) => lines)
    .filter(({ type }) => type !== 'context')
  const isLeft = ({ lines = [] }: CallDanger): boolean => {
    const named = changed.flatMap(({ type, text }, at) =>
      type === 'added' && lines.includes(text) ? [at] : [],
    )
    return named.length === 0 || named.some((at) => !rejected.has(at))
  }
  const left = dangers.filter(isLeft)
  return { ...others, preview, ...(left.length > 0 ? { dangers: left } : {}) }
}

/** Whether the call is approved with its key pressed twice. */
export function isDangerous({ phase }: Pick<ShownApproval, 'phase'>): boolean {
  return phase.dangers !== undefined
}

/** A dangerous call, or one with an edited text that was not shown for approval. */
export function needsTwoPresses(
  { workbench }: RootState,
  shown: Pick<ShownApproval, 'phase' | 'call'>,
): boolean {
  return isDangerous(shown) || workbench.approval.drafts.has(shown.call.callId)
}

export function hasSelectedPart({
  phase: { preview },
  selection,
}: Pick<ShownApproval, 'phase' | 'selection'>): boolean {
  return preview.type !== 'diff' || selection.rejected.size < changedLineCount(preview.hunks)
}

/** How long a call is visible before keys answer it, so that the user can notice that it is another call. */
const MIN_VISIBLE_MS = 400

/** False while a key may still be meant for the previous call. */
export function isSeen({ workbench }: RootState, at: number): boolean {
  return at - workbench.approval.visibleSince >= MIN_VISIBLE_MS
}

/** Which keys for the parts of a change do something. */
export function partKeysOf({
  phase: { preview },
  selection,
}: Pick<ShownApproval, 'phase' | 'selection'>) {
  if (preview.type !== 'diff' || preview.isIndivisible === true)
    return { canSelect: false, canMove: false, canDivide: false }
  const { hunks } = preview
  const count = partsOf(hunks, selection).length
  return { canSelect: count > 0, canMove: count > 1, canDivide: isDivisible(hunks, selection) }
}
