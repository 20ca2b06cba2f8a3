import type { Hono } from 'hono'
import { type AgentFile, agentFileShape } from '../agent-file/agent-file.ts'
import { exportAgent } from '../agent-file/export-agent.ts'
import { handleOf, importAgents } from '../agent-file/import-agent.ts'
import { HttpError } from '../errors.ts'
import { assertJsonLimits, parseBody } from '../http/body.ts'
import { describeEndpoint } from '../http/endpoint.ts'
import { INVALID_AGENT_FILE, notAnAgentFile } from '../messages/api.ts'
import { findModelLimits, requireAgent, type Service } from '../service.ts'
import { requestAuthor } from './block-author.ts'

/** Letta's agent file, both ways. */
export function agentFileRoutes(app: Hono, service: Service): void {
  const exportFile = describeEndpoint({
    summary: 'Export an agent as an agent file',
    response: 'agentFile',
  })
  app.get('/v1/agents/:agent_id/export', exportFile, ({ req, json }) =>
    json(exportAgent(service, requireAgent(service, req.param('agent_id')))),
  )
  const importFile = describeEndpoint({
    summary: 'Import the agents of an agent file',
    response: 'agentsImported',
  })
  app.post('/v1/agents/import', importFile, async ({ req, json }) => {
    const file = parseFile(await uploadedFile(req.raw))
    const models = new Map<string, { model: string; contextWindow: number }>()
    for (const agent of file.agents) {
      const handle = handleOf(agent)
      // A model that does not exist here is reported when the agent is used; the user can choose another one.
      const limits = await findModelLimits(service, handle).catch(() => null)
      if (limits !== null)
        models.set(handle, { model: handle, contextWindow: limits.contextWindow })
    }
    const author = requestAuthor(req)
    return json({ agent_ids: importAgents(service, file, { models, author }) })
  })
}

async function uploadedFile(request: Request): Promise<ArrayBuffer> {
  const form = await request.formData().catch(() => {
    throw new HttpError(400, INVALID_AGENT_FILE)
  })
  const file = form.get('file')
  if (file === null) throw new HttpError(400, INVALID_AGENT_FILE)
  return new Blob([file]).arrayBuffer()
}

/** Each message has about ten values. */
const MAX_VALUES = 5_000_000

function parseFile(bytes: ArrayBuffer): AgentFile {
  const value = parseBody(bytes)
  assertJsonLimits(value, MAX_VALUES)
  const parsed = agentFileShape.safeParse(value)
  if (parsed.success) return parsed.data
  const [first] = parsed.error.issues
  throw new HttpError(400, notAnAgentFile(first?.path.join('.') ?? '', first?.message ?? ''))
}
