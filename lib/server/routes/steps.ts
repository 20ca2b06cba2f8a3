import type { Hono } from 'hono'
import * as z from 'zod'
import { HttpError } from '../errors.ts'
import { booleanParameter, describeEndpoint, limitParameter } from '../http/endpoint.ts'
import { stepNotFound } from '../messages/api.ts'
import type { StepRecord } from '../records.ts'
import { parseDateRange } from '../server-tools/search-dates.ts'
import { assertId, type Service } from '../service.ts'
import { toMessageItems } from '../wire/messages.ts'
import { toStepJson, toStepMetricsJson } from '../wire/records.ts'
import { isUnmatchable, texts, unmatchable } from './filters.ts'
import { fullListQuery, paginate } from './paging.ts'

/** A step is one model call. */
export function stepRoutes(app: Hono, service: Service): void {
  const { storage } = service

  const list = describeEndpoint({
    summary: 'List steps, newest first',
    query: listQuery,
    response: ['step'],
  })
  app.get('/v1/steps', list, ({ req, json }) => {
    const query = req.valid('query')
    const { agent_id = null, order, after = null, before = null, limit, tags } = query
    // Steps have no tags here.
    if (isUnmatchable(query) || (tags ?? []).length > 0) return json([])
    const page = { runId: null, agentId: agent_id, after, before, limit }
    const { feedback = null, has_feedback = null, model = null } = query
    const dates = parseDateRange(
      { start_date: query.start_date, end_date: query.end_date },
      (message) => new HttpError(400, message),
    )
    const filter = { feedback, hasFeedback: has_feedback, model, ...dates }
    const steps = storage.steps.list({ ...page, ascending: order === 'asc', filter })
    return json(steps.map(toStepJson))
  })

  const retrieve = describeEndpoint({ summary: 'Retrieve a step', response: 'step' })
  app.get('/v1/steps/:step_id', retrieve, ({ req, json }) =>
    json(toStepJson(requireStep(service, req.param('step_id')))),
  )

  const messages = describeEndpoint({
    summary: 'List the messages of a step',
    query: fullListQuery,
    response: ['message'],
  })
  app.get('/v1/steps/:step_id/messages', messages, ({ req, json }) => {
    const { id, runId } = requireStep(service, req.param('step_id'))
    const all = { limit: 1000, ascending: true, after: null, before: null }
    const ofStep = storage.messages.list({ runId }, all).filter((one) => one.stepId === id)
    return json(paginate(ofStep, req.valid('query')).flatMap(toMessageItems))
  })

  const metrics = describeEndpoint({
    summary: 'Get the metrics of a step',
    response: 'stepMetrics',
  })
  app.get('/v1/steps/:step_id/metrics', metrics, ({ req, json }) =>
    json(toStepMetricsJson(requireStep(service, req.param('step_id')))),
  )

  // Requests to providers are not stored: the history already contains the conversation.
  const trace = describeEndpoint({
    summary: 'Get the trace of a step (not stored)',
    response: 'nothing',
  })
  app.get('/v1/steps/:step_id/trace', trace, ({ req, json }) => {
    requireStep(service, req.param('step_id'))
    return json(null)
  })

  const feedback = describeEndpoint({
    summary: 'Add feedback to a step',
    body: feedbackShape,
    response: 'step',
  })
  app.patch('/v1/steps/:step_id/feedback', feedback, ({ req, json }) => {
    const step = { ...requireStep(service, req.param('step_id')), ...req.valid('json') }
    storage.steps.save(step)
    return json(toStepJson(step))
  })
}

function requireStep({ storage }: Service, id: string): StepRecord {
  const step = storage.steps.get(assertId('step', id))
  if (step === null) throw new HttpError(404, stepNotFound(id))
  return step
}

const feedbackShape = z.object({
  feedback: z
    .enum(['positive', 'negative'])
    .nullish()
    .transform((feedback) => feedback ?? null),
})

const listQuery = z.object({
  agent_id: z.string().optional(),
  order: z.enum(['asc', 'desc']).optional(),
  after: z.string().optional(),
  before: z.string().optional(),
  limit: limitParameter(100),
  feedback: z.enum(['positive', 'negative']).optional(),
  has_feedback: booleanParameter.optional(),
  model: z.string().optional(),
  start_date: z.string().optional(),
  end_date: z.string().optional(),
  tags: texts,
  ...unmatchable.shape,
})
