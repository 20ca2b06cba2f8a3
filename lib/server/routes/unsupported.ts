import type { Hono } from 'hono'
import { describeEndpoint } from '../http/endpoint.ts'
import { requireAgent, type Service } from '../service.ts'

/** What this server does not implement, by the path of its list. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  '/v1/archives': 'archives',
  '/v1/folders': 'folders',
  '/v1/groups': 'groups',
  '/v1/identities': 'identities',
  '/v1/jobs': 'jobs',
  '/v1/jobs/active': 'active jobs',
  '/v1/mcp-servers': 'MCP servers',
  '/v1/providers': 'providers of this organization',
  '/v1/sandbox-config': 'sandboxes',
  '/v1/sources': 'sources',
  '/v1/templates': 'templates',
}

const UNSUPPORTED_COUNTS = ['/v1/folders', '/v1/groups', '/v1/identities', '/v1/sources']

const UNSUPPORTED_OF_AGENTS: Readonly<Record<string, string>> = {
  folders: 'folders',
  groups: 'groups',
  identities: 'identities',
  sources: 'sources',
}

/**
 * Empty lists of what is not implemented. There are none, and many clients list everything before they do anything, so a
 * 404 would end them.
 */
export function unsupportedRoutes(app: Hono, service: Service): void {
  for (const [path, name] of Object.entries(UNSUPPORTED)) {
    const list = describeEndpoint({
      summary: `List ${name} (not supported, always empty)`,
      response: ['never'],
    })
    app.get(path, list, ({ json }) => json([]))
  }
  for (const path of UNSUPPORTED_COUNTS) {
    const count = describeEndpoint({
      summary: `Count ${UNSUPPORTED[path]} (not supported, always 0)`,
      response: 'count',
    })
    app.get(`${path}/count`, count, ({ json }) => json(0))
  }
  for (const [path, name] of Object.entries(UNSUPPORTED_OF_AGENTS)) {
    const list = describeEndpoint({
      summary: `List the ${name} of an agent (not supported, always empty)`,
      response: ['never'],
    })
    app.get(`/v1/agents/:agent_id/${path}`, list, ({ req, json }) => {
      requireAgent(service, req.param('agent_id') ?? '')
      return json([])
    })
  }
  const files = describeEndpoint({
    summary: 'List the files of an agent (not supported, always empty)',
    response: 'agentFiles',
  })
  app.get('/v1/agents/:agent_id/files', files, ({ req, json }) => {
    requireAgent(service, req.param('agent_id'))
    return json({ files: [], next_cursor: null, has_more: false })
  })
}
