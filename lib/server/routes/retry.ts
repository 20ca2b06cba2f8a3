import type { Hono } from 'hono'
import * as z from 'zod'
import { describeEndpoint } from '../http/endpoint.ts'
import { requireAgent, requireThread, type Service } from '../service.ts'

/** An addition to the Letta API, for a person who does not wait as long as the provider of the model asks. */
export function retryRoutes(app: Hono, service: Service): void {
  const retry = describeEndpoint({
    summary: 'End the wait before the next attempt of a model call',
    query: z.object({ conversation_id: z.string().optional() }),
    response: 'count',
  })
  app.post('/v1/agents/:agent_id/retry-now', retry, ({ req, json }) => {
    const { id } = requireAgent(service, req.param('agent_id'))
    const thread = requireThread(service, req.valid('query').conversation_id ?? id, id)
    return json(service.runs.retryNow(thread) ? 1 : 0)
  })
}
