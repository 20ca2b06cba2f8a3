import type { Hono } from 'hono'
import * as z from 'zod'
import { pendingOf } from '../approvals.ts'
import { endpoint, listLimit } from '../endpoint.ts'
import { streamRun } from '../event-stream.ts'
import { PENDING, Refusal } from '../failure.ts'
import type { LiveRun } from '../live-run.ts'
import { agentOf, describeAgent, type Service } from '../service.ts'
import { messageItems } from '../wire.ts'
import { isReply, runInput, sendShape } from './send-body.ts'

export function messageRoutes(app: Hono, service: Service): void {
  const { storage, runs } = service

  const stream = endpoint({
    summary: 'Send a message, or answer what waits; the answer is streamed',
    body: sendShape,
    gives: 'events',
  })
  app.post('/v1/agents/:agent_id/messages/stream', stream, async ({ req }) => {
    const body = req.valid('json')
    const agent = agentOf(service, req.param('agent_id'))
    const background = body.background === true
    const run = await runs.start(agent.id, runInput(body), background)
    // Whoever leaves a foreground stream has no way back to it: the model need not go on.
    const left = background ? {} : { onLeft: () => run.abort() }
    return streamRun(run, { after: 0, signal: req.raw.signal, ...left })
  })

  const send = endpoint({
    summary: 'Send a message, or answer what waits; gives the whole answer',
    body: sendShape,
  })
  app.post('/v1/agents/:agent_id/messages', send, async ({ req, json }) => {
    const body = req.valid('json')
    const agent = agentOf(service, req.param('agent_id'))
    const pending = pendingOf(storage, agent.id)
    if (pending !== null && !isReply(body)) {
      const detail = {
        code: 'PENDING_APPROVAL',
        message: PENDING,
        pending_request_id: pending.message.id,
      }
      throw new Refusal(409, { detail })
    }
    const run = await runs.start(agent.id, { ...runInput(body), tokens: false }, false)
    req.raw.signal.addEventListener('abort', run.abort, { once: true })
    await over(run)
    return json(wholeAnswer(run))
  })

  const list = endpoint({ summary: 'List the messages of an agent', query: listQuery })
  app.get('/v1/agents/:agent_id/messages', list, ({ req, json }) => {
    const { limit, order, after = null, before = null } = req.valid('query')
    const agent = agentOf(service, req.param('agent_id'))
    const query = { limit, ascending: order === 'asc', after, before }
    const messages = storage.messages.list(agent.id, query)
    return json(messages.flatMap(messageItems))
  })

  const cancel = endpoint({ summary: 'Cancel what runs, deny what waits' })
  app.post('/v1/agents/:agent_id/messages/cancel', cancel, async ({ req, json }) =>
    json(await runs.cancel(agentOf(service, req.param('agent_id')).id)),
  )

  const reset = endpoint({ summary: 'Take all messages out of the context of the model' })
  app.patch('/v1/agents/:agent_id/reset-messages', reset, async ({ req, json }) => {
    const agent = agentOf(service, req.param('agent_id'))
    await runs.cancel(agent.id)
    storage.messages.forget(agent.id)
    return json(describeAgent(service, agent))
  })
}

const listQuery = z.object({
  limit: listLimit(100),
  order: z.enum(['asc', 'desc']).optional(),
  after: z.string().optional(),
  before: z.string().optional(),
})

function over(run: LiveRun): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!run.isOver) return
      stop()
      resolve()
    }
    const stop = run.follow(check)
    check()
  })
}

/** The whole answer of a run that was not streamed; its failure is an HTTP error. */
function wholeAnswer(run: LiveRun): unknown {
  const events = run.events.map((event) => event.json)
  const ofType = (type: string) => events.find((json) => json['message_type'] === type)
  if (run.failure !== null) throw run.failure.refusal
  const told = new Set(['ping', 'stop_reason', 'usage_statistics'])
  return {
    messages: events.filter((json) => !told.has(String(json['message_type']))),
    stop_reason: ofType('stop_reason'),
    usage: ofType('usage_statistics'),
  }
}
