import type { Hono } from 'hono'
import * as z from 'zod'
import type { Thread } from '../../util/thread.ts'
import { describeEndpoint } from '../http/endpoint.ts'
import { type LeaseRecord, leaseKey } from '../records.ts'
import { findPending } from '../runs/approvals.ts'
import { requireAgent, requireThread, type Service } from '../service.ts'
import type { leaseSchema } from '../wire/schema-types.ts'

/** The header by which a session names itself, in requests that start runs. */
export const SESSION_HEADER = 'x-letta-session'

/**
 * Leases: which session is at work on a conversation of an agent, by default on the agent's own history. They are an addition
 * to the Letta API. A lease forbids nothing: it lets the sessions of one conversation wait for each other, where the calls of
 * one would otherwise seem left pending to the others.
 */
export function leaseRoutes(app: Hono, service: Service): void {
  const { storage } = service
  const path = '/v1/agents/:agent_id/lease'
  const threadOf = (agentId: string, conversationId: string | undefined): Thread =>
    requireThread(service, conversationId ?? requireAgent(service, agentId).id, agentId)

  const read = describeEndpoint({
    summary: 'Get the lease of an agent, and the client whose calls are pending',
    query: ofConversation,
    response: 'lease',
  })
  app.get(path, read, ({ req, json }) => {
    const { conversation_id } = req.valid('query')
    return json(toLeaseJson(service, threadOf(req.param('agent_id'), conversation_id)))
  })

  const hold = describeEndpoint({
    summary: 'Take or renew the lease of an agent, unless another session has it',
    query: ofConversation,
    body: holdShape,
    response: 'lease',
  })
  app.put(path, hold, ({ req, json }) => {
    const { owner, activity, process, replaces } = req.valid('json')
    const thread = threadOf(req.param('agent_id'), req.valid('query').conversation_id)
    storage.transaction(() => {
      const current = storage.leases.get(leaseKey(thread))
      if (current !== null && current.owner !== owner && !isSame(current, replaces)) return
      const beat = (current?.beat ?? 0) + 1
      const agentId = leaseKey(thread)
      storage.leases.put({ agentId, owner, activity, process: toProcess(process), beat })
    })
    return json(toLeaseJson(service, thread))
  })

  const release = describeEndpoint({
    summary: 'Release the lease of an agent',
    query: ofConversation.extend({ owner: z.string() }),
    response: 'lease',
  })
  app.delete(path, release, ({ req, json }) => {
    const { owner, conversation_id } = req.valid('query')
    const thread = threadOf(req.param('agent_id'), conversation_id)
    storage.transaction(() => {
      const key = leaseKey(thread)
      if (storage.leases.get(key)?.owner === owner) storage.leases.remove(key)
    })
    return json(toLeaseJson(service, thread))
  })
}

/** The agent's default history when absent. */
const ofConversation = z.object({ conversation_id: z.string().optional() })

const processShape = z.looseObject({
  host: z.string(),
  process_id: z.int(),
  started_at: z.string().nullish(),
})

const holdShape = z.looseObject({
  owner: z.string().min(1),
  activity: z.enum(['model', 'tool', 'approval']),
  process: processShape.nullish(),
  /** The lease as it was when its owner was found to be gone. */
  replaces: z.looseObject({ owner: z.string(), beat: z.int() }).nullish(),
})

/** A lease that was renewed since has an owner after all. */
function isSame(current: LeaseRecord, replaces: z.output<typeof holdShape>['replaces']): boolean {
  return current.owner === replaces?.owner && current.beat === replaces.beat
}

function toProcess(given: z.output<typeof holdShape>['process']): LeaseRecord['process'] {
  if (given == null) return null
  return { host: given.host, processId: given.process_id, startedAt: given.started_at ?? null }
}

function toLeaseJson({ storage }: Service, thread: Thread): z.output<typeof leaseSchema> {
  const lease = storage.leases.get(leaseKey(thread))
  const pending = findPending(storage, thread)
  const runId = pending?.message.runId ?? null
  return {
    lease: lease === null ? null : { ...toHolderJson(lease) },
    pending:
      pending === null
        ? null
        : {
            client: (runId === null ? null : storage.runs.get(runId)?.client) ?? null,
            tool_call_ids: pending.clientCalls.map(({ callId }) => callId),
          },
  }
}

function toHolderJson({ owner, activity, process, beat }: LeaseRecord) {
  const { host, processId, startedAt } = process ?? {}
  const place =
    host === undefined || processId === undefined
      ? null
      : { host, process_id: processId, started_at: startedAt ?? null }
  return { owner, activity, process: place, beat }
}
