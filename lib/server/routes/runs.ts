import type { Hono } from 'hono'
import * as z from 'zod'
import { replayRun, streamRun } from '../event-stream.ts'
import { Refusal } from '../failure.ts'
import type { RunEvent } from '../live-run.ts'
import type { RunRecord } from '../records.ts'
import { bodyOf, checkId, limitOf, type Service } from '../service.ts'
import { runJson } from '../wire.ts'

const resumeShape = z.looseObject({ starting_after: z.int().nullish() })

const NOT_BACKGROUND =
  'INVALID_ARGUMENT: Run was not created in background mode, so it cannot be retrieved.'

export function runRoutes(app: Hono, service: Service): void {
  const { storage, runs } = service

  app.get('/v1/runs', ({ req, json }) => {
    const limit = limitOf(req.query('limit'), 100)
    const statuses = new Set(req.queries('statuses') ?? [])
    if (req.query('active') === 'true') statuses.add('running')
    const listed = storage.runs.list(req.query('agent_id') ?? null, limit)
    return json(
      listed.filter((run) => statuses.size === 0 || statuses.has(run.status)).map(runJson),
    )
  })

  app.get('/v1/runs/:id', ({ req, json }) => json(runJson(runOf(service, req.param('id')))))

  app.post('/v1/runs/:id/stream', async ({ req }) => {
    const body = await bodyOf(req.raw, resumeShape)
    const run = runOf(service, req.param('id'))
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
