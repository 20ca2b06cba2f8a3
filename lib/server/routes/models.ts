import type { Hono } from 'hono'
import { describeEndpoint } from '../http/endpoint.ts'
import type { ModelFacts } from '../providers/provider.ts'
import { listAllModels, type Service } from '../service.ts'
import type { modelSchema, Wire } from '../wire/schema-types.ts'

export function modelRoutes(app: Hono, service: Service): void {
  app.get(
    '/v1/models',
    describeEndpoint({ summary: 'List the models of all providers', response: ['model'] }),
    async ({ json }) => json((await listAllModels(service)).map(toModelJson)),
  )

  const embedding = describeEndpoint({
    summary: 'List embedding models (always empty)',
    response: ['never'],
  })
  app.get('/v1/models/embedding', embedding, ({ json }) => json([]))
}

function toModelJson({
  handle,
  name,
  contextWindow,
  maxOutputTokens,
}: ModelFacts): Wire<typeof modelSchema> {
  const [provider = '', ...model] = handle.split('/')
  return {
    handle,
    name,
    display_name: name,
    model: model.join('/'),
    model_type: 'llm',
    provider_name: provider,
    provider_type: provider,
    provider_category: 'base',
    model_endpoint_type: provider === 'anthropic' ? 'anthropic' : 'openai',
    context_window: contextWindow,
    max_context_window: contextWindow,
    max_tokens: maxOutputTokens,
  }
}
