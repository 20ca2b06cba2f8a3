import type { PendingCall } from '../client/gateway/pending-calls.ts'
import type { Reply } from '../client/stream/stream.ts'
import type { Policy } from '../permissions/types.ts'
import type { Store } from '../store.ts'
import type { SessionEvent } from './events.ts'
import {
  isModified,
  judgeAgain,
  type MemoryCall,
  type MemoryCallPorts,
  outsideLinesOf,
  prepareMemoryCalls,
  savePart,
} from './memory-calls.ts'
import { decisionOn } from './state/selectors.ts'
import type { SessionState } from './state/session-state.ts'

interface MemorySettlePorts {
  readonly store: Store<SessionState, SessionEvent>
  policy(): Policy
  /** Absent where no agent is open. */
  readonly memory?: MemoryCallPorts
  now(): number
}

export async function findMemoryCalls(
  { memory, store, policy }: MemorySettlePorts,
  calls: readonly PendingCall[],
  stale: boolean,
): Promise<ReadonlyMap<string, MemoryCall>> {
  if (memory === undefined) return new Map()
  return prepareMemoryCalls({ ports: memory, state: store.state, policy: policy(), stale }, calls)
}

/**
 * The server runs a memory tool that is allowed in full. A part is saved here, because the arguments of a call cannot be changed,
 * and so is a change of a block that was modified while the user reviewed it.
 */
export async function settleMemoryCall(
  settle: MemorySettlePorts,
  memory: MemoryCall,
  signal: AbortSignal,
): Promise<Reply> {
  const { store, memory: ports, now } = settle
  const { callId } = memory.call
  const decision = await store.when(decisionOn(callId), signal)
  if (!decision.allow) return { type: 'denial', callId, reason: decision.reason }
  const again = await judgeMemoryAgain(settle, memory)
  if (again !== null) return settleMemoryCall(settle, again, signal)
  const { selection, edited, basis } = decision
  if (ports !== undefined) {
    const lines = outsideLinesOf(memory, edited?.text, ports.checks(), store.state)
    if (Object.keys(lines).length > 0) store.dispatch({ type: 'memory.outsideFound', lines })
  }
  const isRebased = basis !== undefined && basis.before !== memory.change?.before
  const isChanged = selection !== undefined || edited !== undefined || isRebased
  if (ports === undefined) return { type: 'approval', callId }
  const isReviewed = decision.by === 'person'
  if (!isChanged && !(isReviewed && (await isModified(ports.gateway, memory)))) {
    return { type: 'approval', callId }
  }
  store.dispatch({ type: 'tool.started', callId, at: now() })
  const agentId = store.state.agent?.id ?? ''
  const saving = { gateway: ports.gateway, agentId, memory: store.state.memory }
  const { reply, saved, sources } = await savePart(saving, memory, {
    ...(selection === undefined ? {} : { selection }),
    ...(edited === undefined ? {} : { edited }),
    ...(basis === undefined ? {} : { basis }),
  })
  if (saved !== null) {
    const call = { agentId, callId, tool: memory.call.tool }
    const origin = sources.length === 0 ? call : { ...call, sources }
    store.dispatch({ type: 'memory.changed', block: saved, by: 'agent', at: now(), origin })
  }
  const isSaved = reply.type === 'result' && reply.status === 'success'
  const text = reply.type === 'result' ? reply.text : reply.type === 'denial' ? reply.reason : ''
  const status = isSaved ? 'success' : 'error'
  store.dispatch({ type: 'tool.finished', callId, status, text, at: now() })
  return reply
}

/** Null where what a rule has decided still applies, and for what a person has approved. */
async function judgeMemoryAgain(
  { store, memory: ports, policy, now }: MemorySettlePorts,
  memory: MemoryCall,
): Promise<MemoryCall | null> {
  const decision = decisionOn(memory.call.callId)(store.state)
  if (ports === undefined || decision?.allow !== true || decision.by !== 'rule') return null
  const again = await judgeAgain(memory, { ports, state: store.state, policy: policy() })
  if (again === null) return null
  store.dispatch({ type: 'approval.requested', requests: [again.request], at: now() })
  return again
}

/**
 * The server runs the memory calls when the last call of the answer is decided: meanwhile others have read texts, and the user may
 * have chosen another mode or other rules.
 */
export async function confirmMemoryCalls(
  ports: MemorySettlePorts,
  memories: readonly (MemoryCall | null)[],
  replies: readonly PromiseSettledResult<Reply>[],
  signal: AbortSignal,
): Promise<readonly PromiseSettledResult<Reply>[]> {
  for (const [index, memory] of memories.entries()) {
    const reply = replies[index]
    const isApproved = reply?.status === 'fulfilled' && reply.value.type === 'approval'
    if (signal.aborted || memory === null || !isApproved) continue
    const again = await judgeMemoryAgain(ports, memory)
    if (again === null) continue
    const [settled] = await Promise.allSettled([settleMemoryCall(ports, again, signal)])
    return confirmMemoryCalls(ports, memories, replies.with(index, settled), signal)
  }
  return replies
}
