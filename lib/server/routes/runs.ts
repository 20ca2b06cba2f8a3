import type { Hono } from 'hono'
import * as z from 'zod'
import { HttpError } from '../errors.ts'
import { booleanParameter, describeEndpoint, limitParameter } from '../http/endpoint.ts'
import { NOT_A_BACKGROUND_RUN, RUN_IN_OTHER_PROCESS, runNotFound } from '../messages/api.ts'
import type { MessageRecord, RunRecord } from '../records.ts'
import { assertId, type Service } from '../service.ts'
import { toMessageItems } from '../wire/messages.ts'
import { toRunJson, toStepJson, toUsageJson } from '../wire/records.ts'
import { resumeStream } from './send-message.ts'

const resumeShape = z.looseObject({ starting_after: z.int().nullish() })

const listQuery = z.object({
  agent_id: z.string().optional(),
  statuses: z.array(z.string()).optional(),
  active: booleanParameter.optional(),
  limit: limitParameter(100),
  conversation_id: z.string().optional(),
  background: booleanParameter.optional(),
  stop_reason: z.string().optional(),
  order: z.enum(['asc', 'desc']).optional(),
  after: z.string().optional(),
  before: z.string().optional(),
  agent_ids: z.array(z.string()).optional(),
  ascending: booleanParameter.optional(),
})

/** The agents whose runs are listed; all when null. */
function requestedAgents(query: z.output<typeof listQuery>): readonly string[] | null {
  const { agent_id: one, agent_ids: several } = query
  if (one === undefined) return several ?? null
  return several === undefined || several.includes(one) ? [one] : []
}

const pageQuery = z.object({
  limit: limitParameter(100),
  order: z.enum(['asc', 'desc']).optional(),
  after: z.string().optional(),
  before: z.string().optional(),
})

/** The oldest steps and messages come first unless `order` is `desc`. */
function toPage({ limit, order, after, before }: z.output<typeof pageQuery>) {
  return { limit, ascending: order !== 'desc', after: after ?? null, before: before ?? null }
}

export function runRoutes(app: Hono, service: Service): void {
  const { storage, runs } = service

  const list = describeEndpoint({
    summary: 'List runs, newest first',
    query: listQuery,
    response: ['run'],
  })
  app.get('/v1/runs', list, ({ req, json }) => {
    const query = req.valid('query')
    const active = query.active === true ? ['running'] : []
    runs.endDead()
    const listed = storage.runs.list({
      agentIds: requestedAgents(query),
      conversationId: query.conversation_id ?? null,
      statuses: [...(query.statuses ?? []), ...active],
      stopReason: query.stop_reason ?? null,
      background: query.background ?? null,
      ascending: query.order === 'asc' || (query.order === undefined && query.ascending === true),
      after: query.after ?? null,
      before: query.before ?? null,
      limit: query.limit,
    })
    return json(listed.map(toRunJson))
  })

  app.get(
    '/v1/runs/:run_id',
    describeEndpoint({ summary: 'Retrieve a run', response: 'run' }),
    ({ req, json }) => json(toRunJson(requireRun(service, req.param('run_id')))),
  )

  const messages = describeEndpoint({
    summary: 'List the messages of a run',
    query: pageQuery,
    response: ['message'],
  })
  app.get('/v1/runs/:run_id/messages', messages, ({ req, json }) => {
    const run = requireRun(service, req.param('run_id'))
    const page = toPage(req.valid('query'))
    const stored = storage.messages.list({ runId: run.id }, page)
    const isComplete = page.after === null && page.before === null && stored.length < page.limit
    const items = [...stored, ...(isComplete ? answerSoFar(service, run, stored) : [])].flatMap(
      toMessageItems,
    )
    return json(req.valid('query').order === 'desc' ? items.toReversed() : items)
  })

  const steps = describeEndpoint({
    summary: 'List the steps of a run',
    query: pageQuery,
    response: ['step'],
  })
  app.get('/v1/runs/:run_id/steps', steps, ({ req, json }) => {
    const { id: runId } = requireRun(service, req.param('run_id'))
    const page = { runId, agentId: null, ...toPage(req.valid('query')) }
    return json(storage.steps.list(page).map(toStepJson))
  })

  const usage = describeEndpoint({
    summary: 'Get the token usage of a run',
    response: 'usage',
  })
  app.get('/v1/runs/:run_id/usage', usage, ({ req, json }) => {
    const { id: runId } = requireRun(service, req.param('run_id'))
    const all = { runId, agentId: null, limit: 1000, ascending: true, after: null, before: null }
    const used = storage.steps.list(all).flatMap((step) => step.usage ?? [])
    const sum = (tokens: 'promptTokens' | 'completionTokens'): number =>
      used.reduce((total, one) => total + one[tokens], 0)
    const total = {
      promptTokens: sum('promptTokens'),
      completionTokens: sum('completionTokens'),
    }
    return json(toUsageJson(total))
  })

  const resume = describeEndpoint({
    summary: 'Resume the stream of a background run',
    body: resumeShape,
    responseType: 'events',
  })
  app.post('/v1/runs/:run_id/stream', resume, ({ req }) => {
    const body = req.valid('json')
    const run = requireRun(service, req.param('run_id'))
    if (!run.background) throw new HttpError(400, NOT_A_BACKGROUND_RUN)
    const after = Math.max(0, body.starting_after ?? 0)
    const response = resumeStream(service, run, { after, signal: req.raw.signal })
    if (response === null) throw new HttpError(409, RUN_IN_OTHER_PROCESS)
    return response
  })
}

/** What the model has written of its answer, without calls, which may be incomplete. */
function answerSoFar(
  { storage, now }: Service,
  { id: runId, agentId, conversationId, status }: RunRecord,
  stored: readonly MessageRecord[],
): readonly MessageRecord[] {
  const partial = status === 'running' ? storage.partialAnswers.get(runId) : null
  if (partial === null || partial.body.text === '') return []
  const { messageId: id, stepId, body } = partial
  if (stored.some((message) => message.id === id)) return []
  const createdAt = now().toISOString()
  const message = { id, agentId, conversationId, runId, stepId, createdAt }
  return [{ ...message, sequence: 0, position: null, body: { ...body, calls: [] } }]
}

function requireRun({ storage, runs }: Service, id: string): RunRecord {
  runs.endDead()
  const run = storage.runs.get(assertId('run', id))
  if (run === null) throw new HttpError(404, runNotFound(id))
  return run
}
