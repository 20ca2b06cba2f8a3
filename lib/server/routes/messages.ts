import type { Hono } from 'hono'
import * as z from 'zod'
import { defaultThread } from '../../util/thread.ts'
import { HttpError } from '../errors.ts'
import { describeEndpoint } from '../http/endpoint.ts'
import { APPROVAL_PENDING } from '../messages/api.ts'
import { describeAgent, requireAgent, type Service } from '../service.ts'
import { toRunJson } from '../wire/records.ts'
import { SESSION_HEADER } from './leases.ts'
import { listHistory, messageQuery } from './message-list.ts'
import { type SendBody, sendShape, toEventFilter, toRunInput } from './send-body.ts'
import { runToCompletion, streamNewRun } from './send-message.ts'

export function messageRoutes(app: Hono, service: Service): void {
  const { storage, runs } = service
  const threadOf = (agentId: string) => defaultThread(requireAgent(service, agentId).id)

  const streamTo = (agentId: string, body: SendBody, raw: Request): Promise<Response> => {
    const [input, background] = [toRunInput(body, raw.headers), body.background === true]
    const type = 'send_message_streaming'
    const thread = threadOf(agentId)
    const client = raw.headers.get(SESSION_HEADER)
    const request = { thread, input, background, otids: null, type, client } as const
    return streamNewRun(service, request, { filter: toEventFilter(body), signal: raw.signal })
  }
  const stream = describeEndpoint({
    summary: 'Send a message or an approval, and stream the response',
    body: sendShape,
    responseType: 'events',
  })
  app.post('/v1/agents/:agent_id/messages/stream', stream, ({ req }) =>
    streamTo(req.param('agent_id'), req.valid('json'), req.raw),
  )

  const send = describeEndpoint({
    summary: 'Send a message or an approval',
    body: agentSendShape,
    responseType: 'json or events',
    response: 'turn',
  })
  app.post('/v1/agents/:agent_id/messages', send, async ({ req, json }) => {
    const thread = threadOf(req.param('agent_id'))
    const body = req.valid('json')
    const { signal } = req.raw
    if (body.streaming === true) return streamTo(thread.agentId, body, req.raw)
    const input = toRunInput(body)
    const type = 'send_message'
    const request = { thread, input, background: false, otids: null, type, refusePending } as const
    return json(await runToCompletion(service, request, { filter: toEventFilter(body), signal }))
  })

  const begin = describeEndpoint({
    summary: 'Send a message or an approval, and return its background run',
    body: sendShape,
    response: 'run',
  })
  app.post('/v1/agents/:agent_id/messages/async', begin, async ({ req, json }) => {
    const thread = threadOf(req.param('agent_id'))
    const request = { thread, input: toRunInput(req.valid('json')), background: true, otids: null }
    const run = await runs.start({ ...request, type: 'send_message_async' })
    return json(toRunJson(run.record))
  })

  const list = describeEndpoint({
    summary: 'List the messages of an agent',
    query: listQuery,
    response: ['message'],
  })
  app.get('/v1/agents/:agent_id/messages', list, ({ req, json }) => {
    const { conversation_id, ...query } = req.valid('query')
    const { id: agentId } = requireAgent(service, req.param('agent_id'))
    const conversation = conversation_id === undefined ? {} : { conversationId: conversation_id }
    return json(listHistory(service, { agentId, ...conversation }, query))
  })

  const cancel = describeEndpoint({
    summary: 'Cancel runs and deny pending calls',
    body: cancelShape,
    response: 'cancel',
  })
  app.post('/v1/agents/:agent_id/messages/cancel', cancel, async ({ req, json }) => {
    const thread = threadOf(req.param('agent_id'))
    const { run_ids } = req.valid('json')
    if (run_ids == null) return json(await runs.cancel(thread))
    const ended = run_ids.map(async (id) => {
      const isOurs = storage.runs.get(id)?.agentId === thread.agentId
      return [id, isOurs ? await runs.cancelRun(id) : 'failed'] as const
    })
    return json(Object.fromEntries(await Promise.all(ended)))
  })

  const reset = describeEndpoint({
    summary: 'Remove all messages from the context',
    response: 'agent',
  })
  app.patch('/v1/agents/:agent_id/reset-messages', reset, async ({ req, json }) => {
    const thread = threadOf(req.param('agent_id'))
    await runs.cancel(thread)
    storage.messages.forget(thread)
    return json(describeAgent(service, requireAgent(service, thread.agentId)))
  })
}

function refusePending(pending_request_id: string): HttpError {
  const detail = { code: 'PENDING_APPROVAL', message: APPROVAL_PENDING, pending_request_id }
  return new HttpError(409, { detail })
}

const agentSendShape = sendShape.extend({
  /** One complete response unless it is true. */
  streaming: z.boolean().nullish(),
})

const cancelShape = z.looseObject({ run_ids: z.array(z.string()).nullish() })

const listQuery = messageQuery.extend({
  /** Lists the messages of all conversations when absent. */
  conversation_id: z.string().optional(),
})
