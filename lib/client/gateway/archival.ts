import type { Letta } from '@letta-ai/letta-client'
import * as z from 'zod'
import { LISTED_PASSAGES, type Passage } from '../../session/state/memory.ts'
import { isStatus } from '../errors.ts'
import type { Requests } from './requests.ts'

/** The archival memory of an agent: passages that are not in its context until it searches for them. */
export interface GatewayArchival {
  /** Newest first, those that contain the text; null when the server has no archival memory for the agent. */
  list(agentId: string, text: string): Promise<readonly Passage[] | null>
  insert(agentId: string, text: string): Promise<void>
  remove(agentId: string, passageId: string): Promise<void>
}

const passagesAnswer = z.array(z.looseObject({ id: z.string(), text: z.string() })).nullable()

export function gatewayArchival(client: Letta, { call }: Pick<Requests, 'call'>): GatewayArchival {
  return {
    async list(agentId, text) {
      const search = text === '' ? {} : { search: text }
      const query = { limit: LISTED_PASSAGES, ascending: false, ...search }
      const work = client.agents.passages.list(agentId, query).catch((thrown: unknown) => {
        if (isStatus(thrown, 404, 405, 501)) return null
        throw thrown
      })
      const found = await call(work, passagesAnswer)
      return found === null ? null : found.map(passageOf).sort((one, other) => other.at - one.at)
    },
    insert: async (agentId, text) =>
      void (await call(client.agents.passages.create(agentId, { text }))),
    remove: async (agentId, passageId) =>
      void (await call(client.agents.passages.delete(passageId, { agent_id: agentId }))),
  }
}

function passageOf(passage: {
  readonly id?: string
  readonly text: string
  readonly tags?: readonly string[] | null
  readonly created_at?: string | null
}): Passage {
  const { id = '', text, tags, created_at } = passage
  return { id, text, tags: tags ?? [], at: Date.parse(created_at ?? '') || 0 }
}
