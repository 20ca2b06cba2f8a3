import { openServer } from '../../lib/server/app.ts'
import { anthropic } from '../../lib/server/providers/anthropic.ts'
import { chatCompletions } from '../../lib/server/providers/chat-completions.ts'
import type { Dialect } from '../../lib/server/providers/dialect.ts'
import { google } from '../../lib/server/providers/google.ts'
import { responses } from '../../lib/server/providers/responses.ts'
import { createSdkProvider } from '../../lib/server/providers/sdk-provider.ts'
import { clientOf, createAgent, type EndpointServer } from './letta-server.ts'
import { type ModelEndpoint, startModelEndpoint } from './model-endpoint.ts'

/** The dialects by the ids of their providers. Any model name is accepted, so that a test can distinguish models. */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  chat: chatCompletions,
  responses,
  anthropic,
  google,
}

export const dialectIds: readonly string[] = Object.keys(DIALECTS)

/** An embedded server whose models are at one scripted endpoint, in each dialect: `chat/any`, `google/any` … */
export async function openFourDialects(): Promise<EndpointServer> {
  const endpoint = await startModelEndpoint()
  const server = await openServer({ database: ':memory:', providers: providersAt(endpoint) })
  const client = clientOf(server)
  const agent = await createAgent(client, 'chat/one')
  const close = async (): Promise<void> => {
    await server.close()
    await endpoint.close()
  }
  return { endpoint, server, client, agent, close }
}

function providersAt({ url }: ModelEndpoint) {
  return Object.entries(DIALECTS).map(([id, dialect]) =>
    createSdkProvider({
      id,
      title: id,
      baseUrl: url,
      key: 'sk-test-0123456789',
      dialect,
      acceptsAnyModel: true,
      listModels: async () => [],
    }),
  )
}
