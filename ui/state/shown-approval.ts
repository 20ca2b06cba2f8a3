import type { CallDanger } from '../../lib/permissions/types.ts'
import type { ToolCall, ToolPhase } from '../../lib/session/state/entry.ts'
import { pendingApprovals } from '../../lib/session/state/selectors.ts'
import type { Preview } from '../../lib/tools/tool.ts'
import type { Hunk } from '../../lib/util/unified-diff.ts'
import {
  changeCount,
  currentPart,
  type DiffSelection,
  EVERYTHING,
  isDivisible,
  partsOf,
} from './diff-selection.ts'
import type { Overlay, RootState } from './state.ts'

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
  const isLeft = (danger: CallDanger): boolean => {
    const named = namedLines(danger, preview.hunks)
    return named.length === 0 || named.some((at) => !rejected.has(at))
  }
  const left = dangers.filter(isLeft)
  return { ...others, preview, ...(left.length > 0 ? { dangers: left } : {}) }
}

/** The changed lines that a danger names. */
function namedLines(danger: CallDanger, hunks: readonly Hunk[]): readonly number[] {
  const known = knownNames.get(danger)
  if (known?.hunks === hunks) return known.lines
  const { lines: texts = [] } = danger
  const lines: number[] = []
  let change = 0
  for (const hunk of hunks) {
    for (const { type, text } of hunk.lines) {
      if (type === 'added' && texts.includes(text)) lines.push(change)
      if (type !== 'context') change++
    }
  }
  knownNames.set(danger, { hunks, lines })
  return lines
}

// A frame and a key ask for what is shown several times, and a diff may have 100,000 lines.
const knownNames = new WeakMap<
  CallDanger,
  { readonly hunks: readonly Hunk[]; readonly lines: readonly number[] }
>()

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

/** A change that leaves the content as it is has no parts, and none was rejected. */
export function hasSelectedPart({
  phase: { preview },
  selection,
}: Pick<ShownApproval, 'phase' | 'selection'>): boolean {
  if (preview.type !== 'diff' || selection.rejected.size === 0) return true
  return selection.rejected.size < changeCount(preview.hunks, selection)
}

/**
 * How long a call is visible before keys answer it, so that the user can notice that it is another call.
 * @internal
 */
export const MIN_VISIBLE_MS = 400

/** False while a key may have been pressed before the dialog, or its visible rows, were on the screen. */
export function isDialogSeen(overlay: Overlay | null, at: number): boolean {
  const timed = overlay?.type === 'page' || overlay?.type === 'rule'
  const since = timed ? overlay.visibleSince : undefined
  return since === undefined || at - since >= MIN_VISIBLE_MS
}

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
    return {
      canSelect: false,
      canMove: false,
      hasNext: false,
      isLast: false,
      canDivide: false,
    }
  const { hunks } = preview
  const parts = partsOf(hunks, selection)
  const canMove = parts.length > 1
  const isAtLast = currentPart(parts, selection) === parts.at(-1)
  return {
    canSelect: parts.length > 0,
    canMove,
    hasNext: canMove && !isAtLast,
    isLast: canMove && isAtLast,
    canDivide: isDivisible(hunks, selection),
  }
}
