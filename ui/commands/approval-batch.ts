import type { ToolCall } from '../../lib/session/state/entry.ts'
import { APPROVE_ALL, APPROVE_FILE, APPROVE_READS, nothingInBatch } from '../messages/approvals.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import type { QuestionAction } from '../state/overlay-actions.ts'
import { type ShownApproval, shownApproval } from '../state/shown-approval.ts'
import type { PageLine } from '../state/state.ts'
import { summaryOf } from '../view/panes/approval-list.ts'
import { openReview } from './open-overlay.ts'
import { isInReview } from './selected-change.ts'
import {
  flash,
  needsPendingApproval,
  type WorkbenchCommand,
  type WorkbenchContext,
} from './workbench-command.ts'

/** Several pending calls are approved at once, after a list of exactly those. Dangerous calls and calls in review are left out. */
export const APPROVAL_BATCH_COMMANDS: readonly WorkbenchCommand[] = [
  batch('approval.allowFile', ({ shown, file }) => ({
    calls: shown.waiting.filter((call) => file !== null && fileOf(call) === file),
    ...APPROVE_FILE(file ?? ''),
    isForTurn: true,
  })),
  batch('approval.allowReads', ({ shown }) => ({
    calls: shown.waiting.filter(({ phase }) => phase.type === 'waiting' && phase.access === 'read'),
    ...APPROVE_READS,
    isForTurn: false,
  })),
  batch('approval.allowAll', ({ shown: { waiting }, isReady: isIncluded }) => {
    const count = waiting.filter(isIncluded).length
    return { calls: waiting, ...APPROVE_ALL(count, waiting.length - count), isForTurn: false }
  }),
]

interface Batch {
  readonly calls: readonly ToolCall[]
  readonly title: string
  readonly question: string
  /** Further changes of the file are allowed until the turn ends. */
  readonly isForTurn: boolean
}

function batch(
  id: WorkbenchCommandId,
  choose: (from: {
    readonly shown: ShownApproval
    readonly file: string | null
    readonly isReady: (call: ToolCall) => boolean
  }) => Batch,
): WorkbenchCommand {
  return {
    id,
    unavailable: ({ session }) => needsPendingApproval(session),
    run(context) {
      const shown = shownApproval(context.root.state)
      if (shown === null) return
      const isIncluded = (call: ToolCall): boolean => isReady(context, call)
      const file = fileOf(shown.call)
      const { calls, title, question, isForTurn } = choose({ shown, file, isReady: isIncluded })
      const ready = calls.filter(isIncluded)
      if (ready.length === 0) {
        flash(context, nothingInBatch(calls.length))
        return
      }
      const callIds = ready.map(({ callId }) => callId)
      const action: QuestionAction = { type: 'approval.allowMany', callIds, isForTurn }
      const lines = ready.map((call): PageLine => ({ type: 'fact', ...summaryOf(call) }))
      openReview(context, { title, lines, question: { text: question, action } })
    },
  }
}

function fileOf({ phase }: ToolCall): string | null {
  if (phase.type !== 'waiting' || phase.access !== 'write') return null
  return phase.preview.type === 'diff' ? phase.preview.path : null
}

/** A dangerous call is approved with its own key, twice; one of which a part was rejected, with its own answer. */
function isReady({ root }: WorkbenchContext, { callId, phase }: ToolCall): boolean {
  if (phase.type !== 'waiting' || phase.preview.type === 'questions') return false
  const isDangerous = phase.dangers !== undefined
  return !isDangerous && !isInReview(root.state, callId)
}
