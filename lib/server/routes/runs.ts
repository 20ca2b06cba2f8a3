import type { Hono } from 'hono'
import * as z from 'zod'
import { endpoint, flag, listLimit } from '../endpoint.ts'
import { replayRun, streamRun } from '../event-stream.ts'
import { Refusal } from '../failure.ts'
import type { RunEvent } from '../live-run.ts'
import type { RunRecord } from '../records.ts'
import { checkId, type Service } from '../service.ts'
import { runJson } from '../wire.ts'

const resumeShape = z.looseObject({ starting_after: z.int().nullish() })

const listQuery = z.object({
  agent_id: z.string().optional(),
  statuses: z.array(z.string()).optional(),
  active: flag.optional(),
  limit: listLimit(100),
})

const NOT_BACKGROUND =
  'INVALID_ARGUMENT: Run was not created in background mode, so it cannot be retrieved.'

export function runRoutes(app: Hono, service: Service): void {
  const { storage, runs } = service

  const list = endpoint({ summary: 'List runs, newest first', query: listQuery })
  app.get('/v1/runs', list, ({ req, json }) => {
    const query = req.valid('query')
    const statuses = new Set(query.statuses)
    if (query.active === true) statuses.add('running')
    const listed = storage.runs.list(query.agent_id ?? null, query.limit)
    return json(
      listed.filter((run) => statuses.size === 0 || statuses.has(run.status)).map(runJson),
    )
  })

  app.get('/v1/runs/:run_id', endpoint({ summary: 'Retrieve a run' }), ({ req, json }) =>
    json(runJson(runOf(service, req.param('run_id')))),
  )

  const resume = endpoint({
    summary: 'Stream the events of a background run again',
    body: resumeShape,
    gives: 'events',
  })
  app.post('/v1/runs/:run_id/stream', resume, ({ req }) => {
    const body = req.valid('json')
    const run = runOf(service, req.param('run_id'))
    if (!run.background) throw new Refusal(400, NOT_BACKGROUND)
    const after = Math.max(0, body.starting_after ?? 0)
    const live = runs.live(run.id)
    if (live !== null) return streamRun(live, { after, signal: req.raw.signal })
    return replayRun(storage.runs.events(run.id) as readonly RunEvent[], after)
  })
}

function runOf({ storage }: Service, id: string): RunRecord {
  const run = storage.runs.get(checkId('run', id))
  if (run === null) throw new Refusal(404, `Run with ID ${id} not found`)
  return run
}
