import type { Hono } from 'hono'
import { pendingOf } from '../approvals.ts'
import { streamRun } from '../event-stream.ts'
import { PENDING, Refusal } from '../failure.ts'
import type { LiveRun } from '../live-run.ts'
import { agentOf, bodyOf, describeAgent, limitOf, type Service } from '../service.ts'
import { messageItems } from '../wire.ts'
import { isReply, runInput, sendShape } from './send-body.ts'

export function messageRoutes(app: Hono, service: Service): void {
  const { storage, runs } = service

  app.post('/v1/agents/:id/messages/stream', async ({ req }) => {
    const body = await bodyOf(req.raw, sendShape)
    const agent = agentOf(service, req.param('id'))
    const background = body.background === true
    const run = await runs.start(agent.id, runInput(body), background)
    // Whoever leaves a foreground stream has no way back to it: the model need not go on.
    const left = background ? {} : { onLeft: () => run.abort() }
    return streamRun(run, { after: 0, signal: req.raw.signal, ...left })
  })

  app.post('/v1/agents/:id/messages', async ({ req, json }) => {
    const body = await bodyOf(req.raw, sendShape)
    const agent = agentOf(service, req.param('id'))
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

  app.get('/v1/agents/:id/messages', ({ req, json }) => {
    const agent = agentOf(service, req.param('id'))
    const messages = storage.messages.list(agent.id, {
      limit: limitOf(req.query('limit'), 100),
      ascending: req.query('order') === 'asc',
      after: req.query('after') ?? null,
      before: req.query('before') ?? null,
    })
    return json(messages.flatMap(messageItems))
  })

  app.post('/v1/agents/:id/messages/cancel', async ({ req, json }) =>
    json(await runs.cancel(agentOf(service, req.param('id')).id)),
  )

  app.patch('/v1/agents/:id/reset-messages', async ({ req, json }) => {
    const agent = agentOf(service, req.param('id'))
    await runs.cancel(agent.id)
    storage.messages.forget(agent.id)
    return json(describeAgent(service, agent))
  })
}

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
  const failure = ofType('error_message')
  if (failure !== undefined) throw new Refusal(500, { detail: failure['message'] })
  const told = new Set(['ping', 'stop_reason', 'usage_statistics'])
  return {
    messages: events.filter((json) => !told.has(String(json['message_type']))),
    stop_reason: ofType('stop_reason'),
    usage: ofType('usage_statistics'),
  }
}
