import type { Hono } from 'hono'
import * as z from 'zod'
import { HttpError } from '../errors.ts'
import { endpoint, flag, listLimit } from '../http/endpoint.ts'
import type { RunRecord } from '../records.ts'
import { checkId, type Service } from '../service.ts'
import { messageItems } from '../wire/messages.ts'
import { runJson, stepJson, usageJson } from '../wire/records.ts'
import { streamedAgain } from './send-message.ts'

const resumeShape = z.looseObject({ starting_after: z.int().nullish() })

const listQuery = z.object({
  agent_id: z.string().optional(),
  statuses: z.array(z.string()).optional(),
  active: flag.optional(),
  limit: listLimit(100),
  conversation_id: z.string().optional(),
  background: flag.optional(),
  stop_reason: z.string().optional(),
  order: z.enum(['asc', 'desc']).optional(),
  after: z.string().optional(),
  before: z.string().optional(),
})

const pageQuery = z.object({
  limit: listLimit(100),
  order: z.enum(['asc', 'desc']).optional(),
  after: z.string().optional(),
  before: z.string().optional(),
})

/** Oldest first unless told otherwise. */
function pageOf({ limit, order, after, before }: z.output<typeof pageQuery>) {
  return { limit, ascending: order !== 'desc', after: after ?? null, before: before ?? null }
}

const ELSEWHERE =
  'CONFLICT: The run is under way in another process; its events can be had once it is over.'

const NOT_BACKGROUND =
  'INVALID_ARGUMENT: Run was not created in background mode, so it cannot be retrieved.'

export function runRoutes(app: Hono, service: Service): void {
  const { storage } = service

  const list = endpoint({
    summary: 'List runs, newest first',
    query: listQuery,
    answer: ['run'],
  })
  app.get('/v1/runs', list, ({ req, json }) => {
    const query = req.valid('query')
    const active = query.active === true ? ['running'] : []
    const listed = storage.runs.list({
      agentId: query.agent_id ?? null,
      conversationId: query.conversation_id ?? null,
      statuses: [...(query.statuses ?? []), ...active],
      stopReason: query.stop_reason ?? null,
      background: query.background ?? null,
      ascending: query.order === 'asc',
      after: query.after ?? null,
      before: query.before ?? null,
      limit: query.limit,
    })
    return json(listed.map(runJson))
  })

  app.get(
    '/v1/runs/:run_id',
    endpoint({ summary: 'Retrieve a run', answer: 'run' }),
    ({ req, json }) => json(runJson(runOf(service, req.param('run_id')))),
  )

  const messages = endpoint({
    summary: 'List the messages of a run',
    query: pageQuery,
    answer: ['message'],
  })
  app.get('/v1/runs/:run_id/messages', messages, ({ req, json }) => {
    const { id: runId } = runOf(service, req.param('run_id'))
    const items = storage.messages.list({ runId }, pageOf(req.valid('query'))).flatMap(messageItems)
    return json(req.valid('query').order === 'desc' ? items.toReversed() : items)
  })

  const steps = endpoint({
    summary: 'List the steps of a run',
    query: pageQuery,
    answer: ['step'],
  })
  app.get('/v1/runs/:run_id/steps', steps, ({ req, json }) => {
    const { id: runId } = runOf(service, req.param('run_id'))
    const page = { runId, agentId: null, ...pageOf(req.valid('query')) }
    return json(storage.steps.list(page).map(stepJson))
  })

  const usage = endpoint({ summary: 'Tell the tokens that a run has taken', answer: 'usage' })
  app.get('/v1/runs/:run_id/usage', usage, ({ req, json }) => {
    const { id: runId } = runOf(service, req.param('run_id'))
    const all = { runId, agentId: null, limit: 1000, ascending: true, after: null, before: null }
    const used = storage.steps.list(all).flatMap((step) => step.usage ?? [])
    const sum = (tokens: 'promptTokens' | 'completionTokens'): number =>
      used.reduce((total, one) => total + one[tokens], 0)
    const total = {
      promptTokens: sum('promptTokens'),
      completionTokens: sum('completionTokens'),
    }
    return json(usageJson(total))
  })

  const resume = endpoint({
    summary: 'Stream the events of a background run again',
    body: resumeShape,
    gives: 'events',
  })
  app.post('/v1/runs/:run_id/stream', resume, ({ req }) => {
    const body = req.valid('json')
    const run = runOf(service, req.param('run_id'))
    if (!run.background) throw new HttpError(400, NOT_BACKGROUND)
    const after = Math.max(0, body.starting_after ?? 0)
    const response = streamedAgain(service, run, { after, signal: req.raw.signal })
    if (response === null) throw new HttpError(409, ELSEWHERE)
    return response
  })
}

function runOf({ storage }: Service, id: string): RunRecord {
  const run = storage.runs.get(checkId('run', id))
  if (run === null) throw new HttpError(404, `Run with ID ${id} not found`)
  return run
}
