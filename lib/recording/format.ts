import type { SessionEvent } from '../session/events.ts'

/** Incremented when the shape of an event changes. Recordings of other versions cannot be replayed. */
export const RECORDING_VERSION = 2

/** The first line of a recording; the others are events of the session, one per line. */
export interface Beginning {
  readonly type: 'recording.started'
  readonly version: typeof RECORDING_VERSION
  readonly directory: string
  readonly at: number
}

const SESSION_EVENTS: Readonly<Record<SessionEvent['type'], true>> = {
  'session.shown': true,
  'server.reached': true,
  'agent.reached': true,
  'opening.failed': true,
  'agent.opened': true,
  'agent.changed': true,
  'conversation.opened': true,
  'conversation.titled': true,
  'cost.counted': true,
  'surroundings.sent': true,
  'surroundings.forgotten': true,
  'history.loaded': true,
  'history.extended': true,
  'history.cleared': true,
  'history.followed': true,
  'turn.waiting': true,
  'retry.waiting': true,
  'retry.ended': true,
  'memory.loaded': true,
  'memory.managed': true,
  'memory.changed': true,
  'memory.outsideFound': true,
  'memory.reviewChecked': true,
  'memory.reviewRequested': true,
  'memory.removed': true,
  'skills.found': true,
  'git.changed': true,
  'changes.found': true,
  'changes.compared': true,
  'mode.changed': true,
  'rules.loaded': true,
  'rule.added': true,
  'rule.removed': true,
  'message.queued': true,
  'message.unqueued': true,
  'queue.changed': true,
  'queue.paused': true,
  'queue.resumed': true,
  'queue.returned': true,
  'turn.started': true,
  'message.sent': true,
  'message.delta': true,
  'tool.delta': true,
  'approval.requested': true,
  'approval.decided': true,
  'tool.started': true,
  'tool.output': true,
  'tool.finished': true,
  'job.started': true,
  'job.output': true,
  'job.exited': true,
  'shellLine.started': true,
  'shellLine.output': true,
  'shellLine.finished': true,
  'usage.reported': true,
  'aside.answered': true,
  'context.counted': true,
  'turn.cancelling': true,
  'turn.finished': true,
  'turn.interrupted': true,
  'notice.posted': true,
}

/** Whether an event belongs in a recording. Text that the user types is recorded only when it is sent. */
export function isSessionEvent(value: unknown): value is SessionEvent {
  const { type } = Object(value)
  return typeof type === 'string' && Object.hasOwn(SESSION_EVENTS, type)
}
