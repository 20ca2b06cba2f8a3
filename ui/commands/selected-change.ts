import type { ChangeSelection } from '../../lib/tools/tool.ts'
import { EVERYTHING, isPartial } from '../state/diff-selection.ts'
import type { ShownApproval } from '../state/shown-approval.ts'
import type { RootState } from '../state/state.ts'

/** The selection for the session; undefined for the complete change. */
export function selectedChange({
  selection,
}: Pick<ShownApproval, 'selection'>): ChangeSelection | undefined {
  if (!isPartial(selection)) return undefined
  return { rejectedLines: [...selection.rejected].sort((one, other) => one - other) }
}

/** The same for any pending call. */
export function approvedSelection(
  { workbench }: RootState,
  callId: string,
): ChangeSelection | undefined {
  const selection = workbench.approval.selections.get(callId) ?? EVERYTHING
  return selectedChange({ selection })
}

/** Whether a part of the call was rejected, or its text is being edited. */
export function isInReview({ workbench: { approval } }: RootState, callId: string): boolean {
  const selection = approval.selections.get(callId)
  const isSelected = selection !== undefined && isPartial(selection)
  return isSelected || approval.editing?.callId === callId || approval.drafts.has(callId)
}
