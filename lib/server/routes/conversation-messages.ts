import type { Hono } from 'hono'
import * as z from 'zod'
import type { Thread } from '../../util/thread.ts'
import { HttpError } from '../errors.ts'
import { describeEndpoint } from '../http/endpoint.ts'
import { APPROVAL_PENDING, NO_ACTIVE_RUNS, nothingToCancel } from '../messages/api.ts'
import type { RunRecord } from '../records.ts'
import { findPending } from '../runs/approvals.ts'
import type { RunRequest } from '../runs/runs.ts'
import { requireThread, type Service } from '../service.ts'
import { SESSION_HEADER } from './leases.ts'
import { listHistory, messageQuery } from './message-list.ts'
import { joinOtids, sendShape, toEventFilter, toRunInput } from './send-body.ts'
import { resumeStream, runToCompletion, streamNewRun } from './send-message.ts'

/** Like the routes of an agent's messages, but a repeated request is answered with the same run. */
export function conversationMessageRoutes(app: Hono, service: Service): void {
  const { storage, runs } = service
  const one = '/v1/conversations/:conversation_id'

  const send = describeEndpoint({
    summary: 'Send a message or an approval to a conversation',
    body: conversationSendShape,
    responseType: 'json or events',
    response: 'turn',
  })
  app.post(`${one}/messages`, send, async ({ req, json }) => {
    const body = req.valid('json')
    const thread = requireThread(service, req.param('conversation_id'), body.agent_id)
    const background = body.background === true
    const otids = joinOtids(body)
    const type = 'send_conversation_message'
    const { signal, headers } = req.raw
    const client = headers.get(SESSION_HEADER)
    const input = toRunInput(body, headers)
    const request: RunRequest = { thread, input, background, otids, type, client }
    const reader = { filter: toEventFilter(body), signal }
    if (body.streaming === false) {
      const refusePending = () => new HttpError(409, APPROVAL_PENDING)
      return json(await runToCompletion(service, { ...request, refusePending }, reader))
    }
    const previous = background && otids !== null ? storage.runs.sameRequest(thread, otids) : null
    const resumed = previous === null ? null : resumeStream(service, previous, { after: 0, signal })
    if (resumed !== null) return resumed
    return await streamNewRun(service, request, reader)
  })

  const list = describeEndpoint({
    summary: 'List the messages of a conversation',
    query: listQuery,
    response: ['message'],
  })
  app.get(`${one}/messages`, list, ({ req, json }) => {
    const { agent_id, ...query } = req.valid('query')
    const thread = findThread(service, req.param('conversation_id'), agent_id)
    if (thread === null) return json([])
    const items = listHistory(service, thread, query)
    return json(query.order === 'asc' ? items : items.toReversed())
  })

  const cancel = describeEndpoint({
    summary: 'Cancel the run of a conversation',
    query: z.object({ agent_id: z.string().optional() }),
    response: 'cancel',
  })
  app.post(`${one}/cancel`, cancel, async ({ req, json }) => {
    const id = req.param('conversation_id')
    const thread = requireThread(service, id, req.valid('query').agent_id)
    const isActive = storage.runs.running(thread) !== null || findPending(storage, thread) !== null
    if (isActive) return json(await runs.cancel(thread))
    throw new HttpError(409, nothingToCancel(id))
  })

  const stream = describeEndpoint({
    summary: 'Resume the stream of a conversation',
    body: streamShape,
    responseType: 'events',
  })
  app.post(`${one}/stream`, stream, ({ req }) => {
    const body = req.valid('json')
    const thread = requireThread(service, req.param('conversation_id'), body.agent_id)
    const run = findRun(service, thread, body)
    const after = Math.max(0, body.starting_after ?? 0)
    const events =
      run?.background === true
        ? resumeStream(service, run, { after, signal: req.raw.signal })
        : null
    if (events !== null) return events
    throw new HttpError(400, NO_ACTIVE_RUNS)
  })
}

/** Null for a conversation that does not exist, whose list of messages is empty. */
function findThread(service: Service, id: string, agentId: string | undefined): Thread | null {
  try {
    return requireThread(service, id, agentId)
  } catch (thrown) {
    if (thrown instanceof HttpError && thrown.status === 404) return null
    throw thrown
  }
}

function findRun(
  { storage }: Service,
  thread: Thread,
  { run_id, otid }: z.output<typeof streamShape>,
): RunRecord | null {
  if (otid != null) return storage.runs.sameRequest(thread, otid)
  if (run_id == null) return storage.runs.running(thread)
  const run = storage.runs.get(run_id)
  return run?.agentId === thread.agentId ? run : null
}

const conversationSendShape = sendShape.extend({
  agent_id: z.string().nullish(),
  /** Server-sent events unless it is false. */
  streaming: z.boolean().nullish(),
})

const streamShape = z.looseObject({
  agent_id: z.string().nullish(),
  run_id: z.string().nullish(),
  otid: z.string().nullish(),
  starting_after: z.int().nullish(),
})

const listQuery = messageQuery.extend({ agent_id: z.string().optional() })
