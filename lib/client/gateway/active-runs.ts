import * as z from 'zod'
import { DEFAULT_CONVERSATION, type Thread } from '../../session/state/thread.ts'
import { text } from '../stream/decode.ts'

export const runAnswer = z.looseObject({
  agent_id: z.string().min(1),
  conversation_id: z.string().nullish(),
})

/** The history that a run, whose shape was checked, belongs to. */
export function threadOfRun(run: object): Thread {
  const { agent_id, conversation_id } = Object(run)
  return {
    agentId: text(agent_id),
    conversationId: text(conversation_id) || DEFAULT_CONVERSATION,
  }
}
