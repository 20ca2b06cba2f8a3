import { argsOf, text, toolCallsOf } from '../stream/decode.ts'

/** A tool call of the agent that waits for a reply from this client. */
export interface PendingCall {
  readonly callId: string
  readonly tool: string
  readonly args: string
}

/** The calls of an approval request as the server stores it. */
export function pendingCallsOf(request: Readonly<Record<string, unknown>>): readonly PendingCall[] {
  return toolCallsOf(request).map((call) => ({
    callId: text(call['tool_call_id']),
    tool: text(call['name']),
    args: argsOf(call),
  }))
}
