import { expect } from 'chai'
import { createApp } from '../../../lib/server/app.ts'
import { newId } from '../../../lib/server/ids.ts'
import { createRuns } from '../../../lib/server/runs/runs.ts'
import { openStorage, type Storage } from '../../../lib/server/storage/storage.ts'

interface Operation {
  readonly summary: string
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: unknown }[]
  readonly requestBody?: { readonly content: { 'application/json': { schema: Schema } } }
  readonly responses: {
    readonly 200: { readonly content: Readonly<Record<string, { schema?: object }>> }
  }
  readonly security?: readonly unknown[]
}
interface Schema {
  readonly properties: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
}

const TOKEN = { authorization: 'Bearer secret' }

describe('The OpenAPI document', () => {
  let storage: Storage
  let app: ReturnType<typeof createApp>
  let document: {
    paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
    components: { schemas: Readonly<Record<string, Schema>> }
  }

  before(async () => {
    storage = openStorage(':memory:')
    const now = (): Date => new Date(0)
    const resolveModel = (): never => {
      throw new Error('No model is asked here.')
    }
    const runs = createRuns({ storage, now, resolveModel })
    app = createApp({ storage, runs, providers: [], now }, 'secret')
    document = Object(await (await app.request('/openapi.json', { headers: TOKEN })).json())
    await runs.close()
  })
  after(() => storage.close())

  const operations = (): readonly (readonly [string, Operation])[] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, one]) => [`${method.toUpperCase()} ${path}`, one] as const,
      ),
    )

  it('lists each route, and no other', () => {
    const routes = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    expect(
      operations()
        .map(([name]) => name)
        .toSorted(),
    ).to.deep.equal([...new Set(routes)].toSorted())
  })

  it('describes each route with a unique summary', () => {
    const named = operations().filter(([name]) => name !== 'POST /v1/tools')
    const summaries = named.map(([, { summary }]) => summary)
    expect(summaries.filter((summary) => summary.length < 10)).to.deep.equal([])
    expect(new Set(summaries).size).to.equal(summaries.length)
  })

  it('describes the response of each route', () => {
    const incomplete = operations().filter(([, { responses }]) =>
      Object.entries(responses[200].content).some(
        ([type, { schema }]) =>
          type === 'application/json' && Object.keys(schema ?? {}).length === 0,
      ),
    )
    expect(incomplete.map(([name]) => name)).to.deep.equal([])
  })

  it('describes parameters by the schema that validates them', () => {
    const list = document.paths['/v1/runs']?.['get']
    expect(list?.parameters?.slice(0, 4)).to.deep.equal([
      { name: 'agent_id', in: 'query', required: false, schema: { type: 'string' } },
      {
        name: 'statuses',
        in: 'query',
        required: false,
        schema: { type: 'array', items: { type: 'string' } },
      },
      { name: 'active', in: 'query', required: false, schema: { type: 'boolean' } },
      {
        name: 'limit',
        in: 'query',
        required: false,
        schema: {
          type: 'integer',
          minimum: Number.MIN_SAFE_INTEGER,
          maximum: Number.MAX_SAFE_INTEGER,
          default: 100,
        },
      },
    ])
    const schema =
      document.paths['/v1/blocks']?.['post']?.requestBody?.content['application/json'].schema
    expect([schema?.required, Object.keys(schema?.properties ?? {})]).to.deep.equal([
      ['label'],
      ['label', 'value', 'limit', 'description', 'read_only', 'tags', 'metadata'],
    ])
  })

  it('describes the patterns of ids, the types of responses, and the only public route', () => {
    const stream = document.paths['/v1/runs/{run_id}/stream']?.['post']
    const [id] = stream?.parameters ?? []
    const pattern = new RegExp(String(Object(id?.schema).pattern))
    expect([pattern.test(newId('run')), pattern.test('run-1')]).to.deep.equal([true, false])
    const { properties } = Object(stream?.responses[200].content['text/event-stream']?.schema)
    const contentSchema = { $ref: '#/components/schemas/Event' }
    expect(properties.data.anyOf).to.deep.equal([
      { const: '[DONE]' },
      { contentMediaType: 'application/json', contentSchema },
    ])
    const read = document.paths['/v1/blocks/{block_id}']?.['get']?.responses[200].content
    expect(read?.['application/json']?.schema).to.deep.equal({
      $ref: '#/components/schemas/Block',
    })
    expect(Object.keys(document.components.schemas['Block']?.properties ?? {})).to.deep.equal([
      ...['id', 'label', 'value', 'limit', 'description', 'read_only', 'tags', 'metadata'],
      ...['is_template', 'hidden'],
    ])
    const open = operations().filter(([, { security }]) => security !== undefined)
    expect(open.map(([name]) => name)).to.deep.equal(['GET /v1/health'])
  })

  it('requires the token, as every path but health does', async () => {
    const statuses = ['/openapi.json', '/v1/agents', '/nowhere', '/v1/health'].map(
      async (path) => (await app.request(path)).status,
    )
    expect(await Promise.all(statuses)).to.deep.equal([401, 401, 401, 200])
  })

  it('is consistent with the allowed methods of a 405', async () => {
    const response = await app.request('/v1/agents', { method: 'DELETE', headers: TOKEN })
    expect([response.status, response.headers.get('allow'), await response.json()]).to.deep.equal([
      405,
      'GET, POST',
      { detail: 'Method Not Allowed' },
    ])
  })
})
