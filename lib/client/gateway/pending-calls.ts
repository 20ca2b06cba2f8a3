import { argsOf, text, toolCallsOf } from '../stream/decode.ts'

/** A tool call of the agent that waits for a reply from this client. */
export interface PendingCall {
  readonly callId: string
  readonly tool: string
  readonly args: string
}

/**
 * The calls of an approval request as the server stores it, each id once: the answer of a person is for an id, and must not approve
 * another call than the one that was shown.
 */
export function pendingCallsOf(request: Readonly<Record<string, unknown>>): readonly PendingCall[] {
  const calls = new Map<string, PendingCall>()
  for (const call of toolCallsOf(request)) {
    const callId = text(call['tool_call_id'])
    if (callId === '' || calls.has(callId)) continue
    calls.set(callId, { callId, tool: text(call['name']), args: argsOf(call) })
  }
  return [...calls.values()]
}
