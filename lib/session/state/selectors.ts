import type { ChangeSummary } from '../../tools/journal/summarize-changes.ts'
import type { ChangeSelection, QuestionAnswer, TextEdit } from '../../tools/tool.ts'
import type { Thread } from '../../util/thread.ts'
import type { Decider, Entry, MemoryBasis, ToolCall, ToolPhase } from './entry.ts'
import type { MemoryItem } from './memory.ts'
import type { SessionState } from './session-state.ts'
import type { TurnHolder } from './turn.ts'

/** The history that is open; that of an agent without a name before one is open. */
export function openThread({
  agent,
  conversation,
}: Pick<SessionState, 'agent' | 'conversation'>): Thread {
  return { agentId: agent?.id ?? '', conversationId: conversation.id }
}

/** Whether a turn of this session runs: one that waits for another session has not begun. */
export function isAtWork({ turn }: Pick<SessionState, 'turn'>): boolean {
  return turn.type === 'running' && turn.waitsFor === null
}

/** What the session is doing, for the status line. */
export type Phase =
  | 'opening'
  | 'unopened'
  | 'idle'
  | 'thinking'
  | 'answering'
  | 'tool'
  | 'approval'
  | 'cancelling'
  /** Another session runs the agent, or its user is asked. */
  | 'runningElsewhere'
  | 'approvalElsewhere'

export function phaseOf(state: SessionState): Phase {
  if (state.turn.type === 'idle') {
    if (state.agent !== null) return phaseElsewhere(state.turn.elsewhere ?? null) ?? 'idle'
    return isOpening(state) ? 'opening' : 'unopened'
  }
  const { cancelling, waitsFor } = state.turn
  if (cancelling) return 'cancelling'
  const elsewhere = phaseElsewhere(waitsFor)
  if (elsewhere !== null) return elsewhere
  if (pendingApprovals(state).length > 0) return 'approval'
  const last = state.current.at(-1)
  if (last?.type === 'assistant') return 'answering'
  if (last?.type === 'tool' && last.call.phase.type !== 'finished') return 'tool'
  return 'thinking'
}

/** Until the agent is open: one that was reached is not shown at once, as its history and memory are fetched. */
export function isOpening({ agent, start }: Pick<SessionState, 'agent' | 'start'>): boolean {
  return agent === null && start !== 'failed' && start !== 'noModel'
}

/** Entries at the end among which a command line of the user that still runs is looked for, in each frame. */
const NEWEST_ENTRIES = 20

/** When the newest command line was started that the user runs outside of a turn; null when none runs. */
export function shellLineStart({ settled }: Pick<SessionState, 'settled'>): number | null {
  const newest = settled.slice(-NEWEST_ENTRIES).toReversed()
  for (const entry of newest) {
    if (entry.type === 'shellLine' && entry.status.type === 'running') return entry.status.since
  }
  return null
}

function phaseElsewhere(holder: TurnHolder | null): Phase | null {
  if (holder === null) return null
  return holder.activity === 'approval' ? 'approvalElsewhere' : 'runningElsewhere'
}

/** What is counted and listed next to the conversation: what all its sessions have changed, once it was continued. */
export function shownChanges({ changes }: SessionState): ChangeSummary {
  return changes.ofConversation ?? changes.summary
}

/** Whether a call is shown without the result that the server has meanwhile. */
export function isUnanswered(shown: Entry, stored: Entry): boolean {
  if (shown.type !== 'tool' || stored.type !== 'tool') return false
  return shown.call.phase.type === 'dropped' && stored.call.phase.type !== 'dropped'
}

/** The calls that await approval, oldest first. */
export function pendingApprovals({ current }: Pick<SessionState, 'current'>): readonly ToolCall[] {
  const waiting: ToolCall[] = []
  for (const entry of current) {
    if (entry.type === 'tool' && entry.call.phase.type === 'waiting') waiting.push(entry.call)
  }
  return waiting
}

/** A call that awaits approval, and what is known about it; undefined when it no longer does. */
export function pendingCall(state: SessionState, callId: string) {
  const call = pendingApprovals(state).find((one) => one.callId === callId)
  return call?.phase.type === 'waiting' ? { call, phase: call.phase } : undefined
}

type Decision =
  | {
      readonly allow: true
      readonly by: Decider
      readonly reason: string
      readonly selection?: ChangeSelection
      readonly edited?: TextEdit
      readonly basis?: MemoryBasis
      readonly answers?: readonly QuestionAnswer[]
    }
  | { readonly allow: false; readonly by: Decider; readonly reason: string }

/** The decision on a call, undefined until it is made. A turn waits for it. */
export function decisionOn(callId: string): (state: SessionState) => Decision | undefined {
  return (state) => {
    const phase = newestCall(state, callId)?.phase
    if (phase?.type === 'denied') return { allow: false, by: phase.by, reason: phase.reason }
    if (phase?.type !== 'allowed') return undefined
    const { by, reason, selection, edited, basis, answers } = phase
    return {
      allow: true,
      by,
      reason,
      ...(selection === undefined ? {} : { selection }),
      ...(edited === undefined ? {} : { edited }),
      ...(basis === undefined ? {} : { basis }),
      ...(answers === undefined ? {} : { answers }),
    }
  }
}

/** Some providers number their calls from the start in each response: the newest call of the running turn with this id. */
export function newestCall(
  { current }: Pick<SessionState, 'current'>,
  callId: string,
): ToolCall | undefined {
  const entry = current.findLast((one) => one.type === 'tool' && one.call.callId === callId)
  return entry?.type === 'tool' ? entry.call : undefined
}

/** Whether nothing more happens to a call. */
export function isOver({ type }: ToolPhase): boolean {
  return type === 'finished' || type === 'denied' || type === 'dropped'
}

/** A block that differs from what it was when the session opened its agent. */
interface LearnedBlock {
  readonly item: MemoryItem
  readonly label: string
  readonly before: string
  readonly after: string
}

/** What changed in memory in this session, without the list of skills that letta maintains. Deleted blocks are left out. */
export function learnedBlocks({ memory, memoryAtStart }: SessionState): readonly LearnedBlock[] {
  return memory.flatMap((item) => {
    const { block, change } = item
    const before = memoryAtStart[block.id] ?? ''
    if (before === block.value || change?.by === 'skills') return []
    return [{ item, label: block.label, before, after: block.value }]
  })
}
