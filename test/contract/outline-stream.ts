import { outline, type Streamed, type WireEvent } from '../support/letta-server.ts'

/** The streamed parts as short lines, with the deltas of each part joined. An error event is the last line. */
export function outlineStream({ events, error }: Streamed): readonly string[] {
  const lines = outline(joinParts(events))
  return error === null ? lines : [...lines, `error ${error['error_type']}: ${error['message']}`]
}

/** Joins the events of each part, however finely it was streamed. */
function joinParts(events: readonly WireEvent[]): readonly WireEvent[] {
  const parts: WireEvent[] = []
  for (const event of events) {
    const last = parts.at(-1)
    // The first ping contains the run. Later ones only keep the connection alive.
    if (last !== undefined && event['message_type'] === 'ping') continue
    if (last !== undefined && isMore(last, event)) parts[parts.length - 1] = joined(last, event)
    else parts.push(event)
  }
  return parts
}

function isMore(last: WireEvent, event: WireEvent): boolean {
  if (last['message_type'] !== event['message_type'] || last['id'] !== event['id']) return false
  return callOf(last)['tool_call_id'] === callOf(event)['tool_call_id']
}

function joined(last: WireEvent, event: WireEvent): WireEvent {
  const text = (name: string) =>
    name in last ? { [name]: `${last[name] ?? ''}${event[name] ?? ''}` } : {}
  if (last['tool_calls'] === undefined) return { ...last, ...text('content'), ...text('reasoning') }
  const [before, more] = [callOf(last), callOf(event)]
  const call = {
    tool_call_id: before['tool_call_id'],
    name: before['name'] ?? more['name'],
    arguments: `${before['arguments'] ?? ''}${more['arguments'] ?? ''}`,
  }
  return { ...last, tool_calls: [call] }
}

function callOf(event: WireEvent): Readonly<Record<string, unknown>> {
  return Object([event['tool_calls']].flat()[0])
}
