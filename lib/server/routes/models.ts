import type { Hono } from 'hono'
import * as z from 'zod'
import { describeEndpoint } from '../http/endpoint.ts'
import type { ModelFacts } from '../providers/provider.ts'
import { listAllModels, type Service } from '../service.ts'
import { endpointType } from '../wire/records.ts'
import type { modelSchema, Wire } from '../wire/schema-types.ts'
import { isOneOf, texts } from './filters.ts'

export function modelRoutes(app: Hono, service: Service): void {
  app.get(
    '/v1/models',
    describeEndpoint({
      summary: 'List the models of all providers',
      query: modelQuery,
      response: ['model'],
    }),
    async ({ req, json }) => {
      const query = req.valid('query')
      const models = (await listAllModels(service))
        .map(toModelJson)
        .filter(
          (model) =>
            isOneOf(model.provider_category, query.provider_category) &&
            isOneOf(model.provider_name, query.provider_name) &&
            isOneOf(model.provider_type, query.provider_type),
        )
      return json(models)
    },
  )

  const embedding = describeEndpoint({
    summary: 'List embedding models (always empty)',
    response: ['never'],
  })
  app.get('/v1/models/embedding', embedding, ({ json }) => json([]))
}

const modelQuery = z.object({
  provider_category: texts,
  provider_name: texts,
  provider_type: texts,
})

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
    model_endpoint_type: endpointType(provider),
    context_window: contextWindow,
    max_context_window: contextWindow,
    max_tokens: maxOutputTokens,
  }
}
