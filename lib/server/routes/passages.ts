import type { Hono } from 'hono'
import * as z from 'zod'
import { defaultThread } from '../../util/thread.ts'
import { HttpError } from '../errors.ts'
import { booleanParameter, describeEndpoint, limitParameter } from '../http/endpoint.ts'
import { passageDeleted, passageNotFound } from '../messages/api.ts'
import { createPassage, DEFAULT_RESULTS, toResultJson } from '../server-tools/archival-memory.ts'
import { parseDateRange } from '../server-tools/search-dates.ts'
import { requireAgent, type Service } from '../service.ts'
import { toPassageJson } from '../wire/records.ts'

/** Archival memory. */
export function passageRoutes(app: Hono, service: Service): void {
  const { storage, now } = service
  const ofAgent = '/v1/agents/:agent_id/archival-memory'

  const create = describeEndpoint({
    summary: 'Create a passage in archival memory',
    body: createShape,
    response: ['passage'],
  })
  app.post(ofAgent, create, ({ req, json }) => {
    const { id } = requireAgent(service, req.param('agent_id'))
    const { text, tags, created_at } = req.valid('json')
    const created = createPassage({ thread: defaultThread(id), now: now() }, text, tags ?? [])
    const at = created_at == null ? null : new Date(created_at)
    const isDate = at !== null && !Number.isNaN(at.getTime())
    const passage = isDate ? { ...created, createdAt: at.toISOString() } : created
    storage.passages.insert(passage)
    return json([toPassageJson(passage)])
  })

  const list = describeEndpoint({
    summary: 'List the passages of an agent',
    query: listQuery,
    response: ['passage'],
  })
  app.get(ofAgent, list, ({ req, json }) => {
    const { id } = requireAgent(service, req.param('agent_id'))
    const { limit, ascending = true, after = null, before = null, search } = req.valid('query')
    const query = { limit, ascending, after, before, text: search ?? null }
    return json(storage.passages.list(id, query).map(toPassageJson))
  })

  const search = describeEndpoint({
    summary: 'Search the passages of an agent',
    query: searchQuery,
    response: 'passagesFound',
  })
  app.get(`${ofAgent}/search`, search, ({ req, json }) => {
    const { id } = requireAgent(service, req.param('agent_id'))
    const { query, tags, tag_match_mode, top_k, start_datetime, end_datetime } = req.valid('query')
    const found = storage.passages.search(id, {
      query,
      tags: tags ?? [],
      matchAllTags: tag_match_mode === 'all',
      ...parseDateRange({ start_datetime, end_datetime }, invalidDateError),
      limit: top_k,
    })
    return json({ results: found.map(toResultJson), count: found.length })
  })

  const remove = describeEndpoint({ summary: 'Delete a passage of an agent', response: 'done' })
  app.delete(`${ofAgent}/:memory_id`, remove, ({ req, json }) => {
    const agent = requireAgent(service, req.param('agent_id'))
    const id = req.param('memory_id')
    if (storage.passages.get(id)?.agentId !== agent.id) {
      throw new HttpError(404, passageNotFound(id))
    }
    storage.passages.remove(id)
    return json({ message: passageDeleted(id) })
  })

  const searchAll = describeEndpoint({
    summary: 'Search the passages of all agents',
    body: searchShape,
    response: ['passageFound'],
  })
  app.post('/v1/passages/search', searchAll, ({ req, json }) => {
    const { query, agent_id, tags, tag_match_mode, limit, start_date, end_date } = req.valid('json')
    const found = storage.passages.search(agent_id ?? null, {
      query: query ?? '',
      tags: tags ?? [],
      matchAllTags: tag_match_mode === 'all',
      ...parseDateRange({ start_date, end_date }, invalidDateError),
      limit: limit ?? DEFAULT_RESULTS,
    })
    return json(found.map((one) => ({ passage: toPassageJson(one), score: 0, metadata: {} })))
  })
}

const invalidDateError = (problem: string): HttpError => new HttpError(400, problem)

const createShape = z.looseObject({
  text: z.string(),
  tags: z.array(z.string()).nullish(),
  created_at: z.string().nullish(),
})

const listQuery = z.object({
  limit: limitParameter(100),
  ascending: booleanParameter.optional(),
  after: z.string().optional(),
  before: z.string().optional(),
  search: z.string().optional(),
})

const matchMode = z.enum(['any', 'all'])

const searchQuery = z.object({
  query: z.string(),
  tags: z.array(z.string()).optional(),
  tag_match_mode: matchMode.optional(),
  top_k: limitParameter(DEFAULT_RESULTS),
  start_datetime: z.string().optional(),
  end_datetime: z.string().optional(),
})

const searchShape = z.looseObject({
  query: z.string().nullish(),
  agent_id: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  tag_match_mode: matchMode.nullish(),
  limit: z.int().min(1).max(1000).nullish(),
  start_date: z.string().nullish(),
  end_date: z.string().nullish(),
})
