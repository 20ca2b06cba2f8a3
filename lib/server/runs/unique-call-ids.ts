import { randomBytes } from 'node:crypto'
import type { ModelPart } from '../providers/provider.ts'

/**
 * Replaces call ids that the agent has had before. Some endpoints number the calls of each answer from 0, and a client
 * that has run `call_0` would take the next one for the same call.
 */
export async function* withUniqueCallIds(
  parts: AsyncIterable<ModelPart>,
  claim: (callId: string) => Promise<boolean>,
): AsyncGenerator<ModelPart> {
  const renamed = new Map<string, string>()
  for await (const part of parts) {
    if (part.type === 'callStart') {
      renamed.set(
        part.callId,
        part.callId !== '' && (await claim(part.callId)) ? part.callId : await newCallId(claim),
      )
    }
    const isOfCall = part.type === 'callStart' || part.type === 'callDelta'
    yield isOfCall ? { ...part, callId: renamed.get(part.callId) ?? part.callId } : part
  }
}

/** In OpenAI's format, which is short enough for all providers. */
async function newCallId(claim: (callId: string) => Promise<boolean>): Promise<string> {
  const callId = `call_${randomBytes(12).toString('hex')}`
  return (await claim(callId)) ? callId : newCallId(claim)
}
