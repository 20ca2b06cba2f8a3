import { randomBytes } from 'node:crypto'
import type { ModelPart } from '../providers/provider.ts'

/**
 * Gives calls ids that the agent has not had. Some endpoints number the calls of each answer anew, and a client
 * that has run `call_0` once would take the next one for the same.
 */
export async function* withUniqueCallIds(
  parts: AsyncIterable<ModelPart>,
  claim: (callId: string) => boolean,
): AsyncGenerator<ModelPart> {
  const ours = new Map<string, string>()
  for await (const part of parts) {
    if (part.type === 'callStart') {
      ours.set(
        part.callId,
        part.callId !== '' && claim(part.callId) ? part.callId : newCallId(claim),
      )
    }
    const isOfCall = part.type === 'callStart' || part.type === 'callDelta'
    yield isOfCall ? { ...part, callId: ours.get(part.callId) ?? part.callId } : part
  }
}

/** As OpenAI writes them: short enough for all vendors. */
function newCallId(claim: (callId: string) => boolean): string {
  const callId = `call_${randomBytes(12).toString('hex')}`
  return claim(callId) ? callId : newCallId(claim)
}
