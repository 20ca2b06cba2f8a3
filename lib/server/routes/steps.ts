import type { Hono } from 'hono'
import * as z from 'zod'
import { HttpError } from '../errors.ts'
import { describeEndpoint, limitParameter } from '../http/endpoint.ts'
import type { StepRecord } from '../records.ts'
import { assertId, type Service } from '../service.ts'
import { toMessageItems } from '../wire/messages.ts'
import { toStepJson, toStepMetricsJson } from '../wire/records.ts'

/** One step is one call of the model. */
export function stepRoutes(app: Hono, service: Service): void {
  const { storage } = service

  const list = describeEndpoint({
    summary: 'List steps, newest first',
    query: listQuery,
    response: ['step'],
  })
  app.get('/v1/steps', list, ({ req, json }) => {
    const { agent_id = null, order, after = null, before = null, limit } = req.valid('query')
    const query = { runId: null, agentId: agent_id, after, before, limit }
    return json(storage.steps.list({ ...query, ascending: order === 'asc' }).map(toStepJson))
  })

  const retrieve = describeEndpoint({ summary: 'Retrieve a step', response: 'step' })
  app.get('/v1/steps/:step_id', retrieve, ({ req, json }) =>
    json(toStepJson(stepOf(service, req.param('step_id')))),
  )

  const messages = describeEndpoint({
    summary: 'List the messages of a step',
    response: ['message'],
  })
  app.get('/v1/steps/:step_id/messages', messages, ({ req, json }) => {
    const { id, runId } = stepOf(service, req.param('step_id'))
    const all = { limit: 1000, ascending: true, after: null, before: null }
    const ofStep = storage.messages.list({ runId }, all).filter((one) => one.stepId === id)
    return json(ofStep.flatMap(toMessageItems))
  })

  const metrics = describeEndpoint({
    summary: 'Tell how long a step took',
    response: 'stepMetrics',
  })
  app.get('/v1/steps/:step_id/metrics', metrics, ({ req, json }) =>
    json(toStepMetricsJson(stepOf(service, req.param('step_id')))),
  )

  // A conversation is kept once, in the history: not again as it went over the wire.
  const trace = describeEndpoint({
    summary: 'Tell what a vendor was sent: it is not kept',
    response: 'nothing',
  })
  app.get('/v1/steps/:step_id/trace', trace, ({ req, json }) => {
    stepOf(service, req.param('step_id'))
    return json(null)
  })

  const feedback = describeEndpoint({
    summary: 'Say whether a step was good',
    body: feedbackShape,
    response: 'step',
  })
  app.patch('/v1/steps/:step_id/feedback', feedback, ({ req, json }) => {
    const step = { ...stepOf(service, req.param('step_id')), ...req.valid('json') }
    storage.steps.save(step)
    return json(toStepJson(step))
  })
}

function stepOf({ storage }: Service, id: string): StepRecord {
  const step = storage.steps.get(assertId('step', id))
  if (step === null) throw new HttpError(404, `Step with ID ${id} not found`)
  return step
}

const feedbackShape = z.object({
  feedback: z
    .enum(['positive', 'negative'])
    .nullish()
    .transform((given) => given ?? null),
})

const listQuery = z.object({
  agent_id: z.string().optional(),
  order: z.enum(['asc', 'desc']).optional(),
  after: z.string().optional(),
  before: z.string().optional(),
  limit: limitParameter(100),
})
