import type { StreamPart } from '../client/stream/decode.ts'
import { MEMORY_TOOLS } from '../permissions/rules/rule.ts'
import type { Store } from '../store.ts'
import type { SessionEvent } from './events.ts'
import { MEMORY_RAN_UNREVIEWED } from './messages/memory-review.ts'
import { ranUnapproved, resultNotOfTool } from './messages/turns.ts'
import { isReviewWanted } from './require-memory-approval.ts'
import { newestCall } from './state/selectors.ts'
import type { SessionState } from './state/session-state.ts'

type ServerResult = Extract<StreamPart, { type: 'return' }>

interface ResultPorts {
  readonly store: Store<SessionState, SessionEvent>
  /** Whether a tool of this name runs here, and never on the server. */
  isLocalTool(name: string): boolean
  /** A tool ran on the server: memory may have changed. */
  serverToolReturned(): void
  now(): number
  newId(): string
}

/**
 * The result of a tool that the server has run. What the tools of this machine give is known here: a server that sends results of
 * them, or that runs what it was to ask about, is not believed silently.
 */
export function reportServerResult(ports: ResultPorts, part: ServerResult): void {
  const { store } = ports
  const at = ports.now()
  const call = newestCall(store.state, part.callId)
  const isAnnounced = call?.host === 'local' && call.phase.type === 'arriving'
  const warn = (text: string): void =>
    store.dispatch({ type: 'notice.posted', level: 'warning', id: ports.newId(), text, hint: null })
  if (call?.host === 'local' && ports.isLocalTool(call.tool)) {
    if (isAnnounced) warn(resultNotOfTool(call.tool))
    return
  }
  store.dispatch({ ...part, type: 'tool.finished', at })
  ports.serverToolReturned()
  if (call === undefined) return
  const isMemory = MEMORY_TOOLS.includes(call.tool) && isReviewWanted(store.state)
  const isUnapproved = isAnnounced || (call.host === 'server' && isMemory)
  if (!isUnapproved) return
  if (!isMemory) {
    warn(ranUnapproved(call.tool))
    return
  }
  if (store.state.memoryReviewProblem !== null) return
  store.dispatch({ type: 'memory.reviewChecked', problem: MEMORY_RAN_UNREVIEWED })
  warn(MEMORY_RAN_UNREVIEWED)
}
