import type { Letta } from '@letta-ai/letta-client'
import type { LettaServer } from '../../lib/server/app.ts'
import { createAgent, type OpenedServer, openedServer } from './letta-server.ts'
import type { ScriptedProvider } from './scripted-provider.ts'

/** The server of the current test. */
export interface ServerFixture {
  readonly server: LettaServer
  readonly client: Letta
  readonly model: ScriptedProvider
  /** An agent with memory and tools, see `createAgent`. */
  readonly agentId: string
  /** Sends a request without the client; the body is JSON text or a value to be written as JSON. */
  request(method: string, path: string, body?: unknown): Promise<JsonAnswer>
}

interface JsonAnswer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests read bodies of any shape.
  readonly body: any
}

/** Opens a server with an agent before each test of the group, and closes it after the test. */
export function withServer(): ServerFixture {
  let opened: OpenedServer | null = null
  let agentId = ''
  beforeEach('opens the server', async () => {
    opened = await openedServer()
    agentId = await createAgent(opened.client)
  })
  afterEach('closes the server', async () => {
    await opened?.close()
    opened = null
  })
  const current = (): OpenedServer => {
    if (opened === null) throw new Error('The server is open only while a test runs.')
    return opened
  }
  return {
    get server() {
      return current().server
    },
    get client() {
      return current().client
    },
    get model() {
      return current().model
    },
    get agentId() {
      return agentId
    },
    request: (method, path, body) => request(current().server, method, path, body),
  }
}

async function request(
  server: LettaServer,
  method: string,
  path: string,
  body: unknown,
): Promise<JsonAnswer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const init = body === undefined ? { method } : { method, body: text }
  const response = await server.fetch(new Request(`http://embedded.letta${path}`, init))
  return { status: response.status, body: await response.json() }
}
