import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { APIError, Letta } from '@letta-ai/letta-client'
import { type LettaServer, openServer } from '../../lib/server/app.ts'
import { providersFromEnvironment } from '../../lib/server/providers/index.ts'
import { type ModelEndpoint, startModelEndpoint } from './model-endpoint.ts'
import { type ScriptedProvider, scriptedProvider } from './scripted-provider.ts'

/** An embedded server with a scripted model, and a letta-client that calls it in this process. */
export interface OpenedServer {
  readonly server: LettaServer
  readonly client: Letta
  readonly model: ScriptedProvider
  close(): Promise<void>
}

export interface OpenOptions {
  readonly database?: string
  readonly model?: ScriptedProvider
  readonly token?: string
}

export async function openedServer(options: OpenOptions = {}): Promise<OpenedServer> {
  const model = options.model ?? scriptedProvider()
  const { database = ':memory:', token } = options
  const server = await openServer({
    database,
    providers: [model],
    ...(token === undefined ? {} : { token }),
  })
  return { server, client: clientOf(server), model, close: () => server.close() }
}

export function clientOf(server: LettaServer, apiKey = ''): Letta {
  return new Letta({
    baseURL: 'http://embedded.letta',
    apiKey,
    logLevel: 'off',
    fetch: (input, init) => server.fetch(new Request(input, init)),
  })
}

/** An embedded server with an agent whose model is at a scripted endpoint of the chat completions dialect. */
export interface EndpointServer {
  readonly endpoint: ModelEndpoint
  readonly server: LettaServer
  readonly client: Letta
  /** Its id. */
  readonly agent: string
  close(): Promise<void>
}

export async function openEndpointServer(): Promise<EndpointServer> {
  const endpoint = await startModelEndpoint()
  const providers = providersFromEnvironment({ OPENAI_BASE_URL: endpoint.url })
  const server = await openServer({ database: ':memory:', providers })
  const client = clientOf(server)
  const agent = await createAgent(client, 'openai/one')
  const close = async (): Promise<void> => {
    await server.close()
    await endpoint.close()
  }
  return { endpoint, server, client, agent, close }
}

/** A directory for one test, and a function that removes it. */
export async function temporaryDirectory(): Promise<{
  directory: string
  remove(): Promise<void>
}> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'letta-server-'))
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) }
}

export const BASH = {
  source_code: 'def Bash(command):\n    """Runs on the client."""\n    raise Exception()\n',
  json_schema: {
    name: 'Bash',
    description: 'Runs a command',
    parameters: { type: 'object', properties: { command: { type: 'string' } } },
  },
  default_requires_approval: true,
}

/** Creates an agent with memory, memory tools and one tool that requires approval. Returns its id. */
export async function createAgent(client: Letta, model = 'scripted/model'): Promise<string> {
  await client.tools.upsert(BASH)
  const agent = await client.agents.create({
    agent_type: 'letta_v1_agent',
    name: 'Ada',
    model,
    system: 'You are Ada.',
    memory_blocks: [{ label: 'human', value: 'Name: unknown', description: 'Who the user is.' }],
    tools: ['Bash', 'memory_insert', 'memory_replace', 'memory_rethink', 'conversation_search'],
    include_base_tools: false,
    parallel_tool_calls: true,
  })
  return agent.id
}

export type WireEvent = Readonly<Record<string, unknown>>
type StreamBody = Parameters<Letta['agents']['messages']['stream']>[1]

export interface Streamed {
  readonly events: readonly WireEvent[]
  /** The error event, which the client throws. */
  readonly error: WireEvent | null
}

/** Reads a stream to its end. The error event that the client throws is part of the result. */
export async function collect(opening: Promise<AsyncIterable<unknown>>): Promise<Streamed> {
  const events: WireEvent[] = []
  try {
    for await (const event of await opening) events.push({ ...Object(event) })
  } catch (thrown) {
    if (!(thrown instanceof APIError) || thrown.status !== undefined) throw thrown
    return { events, error: { ...Object(thrown.error) } }
  }
  return { events, error: null }
}

export function send(
  client: Letta,
  agentId: string,
  messages: StreamBody['messages'],
  options: Partial<StreamBody> = {},
): Promise<Streamed> {
  const body = { messages, stream_tokens: true, ...options } as StreamBody
  return collect(client.agents.messages.stream(agentId, body, { maxRetries: 0 }))
}

export function say(text: string): NonNullable<StreamBody['messages']> {
  return [{ role: 'user', content: [{ type: 'text', text }] }]
}

export function answered(callId: string, text: string): NonNullable<StreamBody['messages']> {
  const result = {
    type: 'tool',
    tool_call_id: callId,
    tool_return: text,
    status: 'success',
  } as const
  return [{ type: 'approval', approvals: [result] }]
}

/** Events as short lines: type and content. */
export function outline(events: readonly WireEvent[]): readonly string[] {
  return events.map(outlineOf)
}

function outlineOf(event: WireEvent): string {
  const kind = String(event['message_type'])
  switch (kind) {
    case 'user_message':
    case 'assistant_message':
      return `${kind} ${JSON.stringify(event['content'])}`
    case 'reasoning_message':
      return `${kind} ${JSON.stringify(event['reasoning'])}`
    case 'tool_call_message':
    case 'approval_request_message': {
      const calls = [event['tool_calls']].flat().map((call) => Object(call))
      return `${kind} ${calls.map((call) => `${call.tool_call_id} ${call.name} ${call.arguments}`).join(', ')}`
    }
    case 'tool_return_message': {
      const returns = [event['tool_returns']].flat().map((one) => Object(one))
      return `${kind} ${returns.map((one) => `${one.tool_call_id} ${one.status}: ${one.tool_return}`).join(', ')}`
    }
    case 'stop_reason':
      return `${kind} ${event['stop_reason']}`
    default:
      return kind
  }
}

/** Stored messages of an agent, oldest first, as short lines, without the system prompt. */
export async function storedOutline(client: Letta, agentId: string): Promise<readonly string[]> {
  const page = await client.agents.messages.list(agentId, { order: 'asc', limit: 100 })
  return outline(withoutSystem(page.items))
}

export function withoutSystem(items: readonly object[]): readonly WireEvent[] {
  return items
    .map((item): WireEvent => ({ ...item }))
    .filter((item) => item['message_type'] !== 'system_message')
}
