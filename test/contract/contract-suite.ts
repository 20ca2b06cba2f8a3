import { APIError, type Letta } from '@letta-ai/letta-client'
import { createGateway, type Gateway } from '../../lib/client/gateway/gateway.ts'
import { collect, outline, type Streamed, type WireEvent } from '../support/letta-server.ts'
import type { ModelEndpoint, RequestBody, ScriptedAnswer } from '../support/model-endpoint.ts'
import { type BackendName, backendNames, type ContractBackend, openBackend } from './backends.ts'
import type { Difference } from './differences.ts'
import { normalize } from './normalize.ts'

/** One of the servers, which a test of the contract uses through the client only. */
export interface ContractContext {
  readonly client: Letta
  readonly model: ModelEndpoint
  /** Whether the server is in this process, where it requires no token. */
  readonly isInProcess: boolean
  /** Replaces the turns of the model, and clears its requests. */
  plays(...turns: readonly ScriptedAnswer[]): void
  /** The requests to the model, in the order of arrival. */
  asked(): readonly RequestBody[]
  /** Selects the expected value of this server where the servers are meant to differ. */
  differs<Value>(difference: Difference, values: Readonly<Record<'real' | 'ours', Value>>): Value
  /** The messages of the last request to the model, system prompt first, results of tools parsed. */
  prompt(): readonly WireEvent[]
  /** The same without the system prompt. */
  said(): readonly WireEvent[]
  /** The value of a block of the agent. */
  block(agentId: string, label: string): Promise<string>
  /** Creates an agent with one block and one tool of the client. Gives its id. */
  agent(more?: Partial<AgentBody>): Promise<string>
  /** Streams one turn to its end. */
  send(
    agentId: string,
    messages: ContractMessages,
    more?: Partial<StreamRequestBody>,
  ): Promise<Streamed>
  /** The stored messages of an agent as short lines, oldest first, without the system prompt. */
  history(agentId: string): Promise<readonly string[]>
}

/** What a session of letta uses of the server. */
export function gatewayOf({ client }: ContractContext): Gateway {
  return createGateway({
    type: 'selfHosted',
    url: 'http://contract',
    client,
    close: async () => {},
  })
}

export type AgentBody = Parameters<Letta['agents']['create']>[0]
type StreamRequestBody = Parameters<Letta['agents']['messages']['stream']>[1]
export type ContractMessages = NonNullable<StreamRequestBody['messages']>

/** The handle of the scripted model in the notation of the original server. */
export const MODEL = 'openai-proxy/scripted'

/** An original server that loses an answer of its model or its database retries after a minute. */
const TEST_TIMEOUT_MS = 150_000
const START_TIMEOUT_MS = 600_000

/** Runs the same tests on every server. */
export function contract(title: string, tests: (desk: ContractContext) => void): void {
  for (const name of backendNames) {
    describe(`${title} (${name})`, function () {
      this.timeout(TEST_TIMEOUT_MS)
      // Failures of the original server depend on the load of the machine. Those of the embedded server must be seen.
      if (name === 'original Letta server') this.retries(2)
      let backend: ContractBackend | null = null
      before('opens the server', async function () {
        this.timeout(START_TIMEOUT_MS)
        backend = await openBackend(name)
      })
      beforeEach('empties the script', () => backend?.model.setTurns([]))
      tests(
        deskOf(name, () => {
          if (backend === null) throw new Error('The server is open only while tests run.')
          return backend
        }),
      )
    })
  }
}

function deskOf(name: BackendName, backend: () => ContractBackend): ContractContext {
  const desk: ContractContext = {
    get client() {
      return backend().client
    },
    get model() {
      return backend().model
    },
    isInProcess: name === 'in process',
    plays: (...turns) => desk.model.setTurns(turns),
    asked: () => desk.model.requests.map(({ body }) => body),
    prompt: () => normalize((desk.asked().at(-1)?.messages ?? []).map(readable)),
    said: () => desk.prompt().slice(1),
    async block(agentId, label) {
      return (await desk.client.agents.blocks.retrieve(label, { agent_id: agentId })).value
    },
    differs: (_, { real, ours }) => (name === 'original Letta server' ? real : ours),
    async agent(more = {}) {
      await desk.client.tools.upsert(BASH)
      const agent = await desk.client.agents.create({ ...AGENT, ...more })
      return agent.id
    },
    send(agentId, messages, more = {}) {
      const body = { messages, stream_tokens: true, ...more } as StreamRequestBody
      return collect(desk.client.agents.messages.stream(agentId, body))
    },
    async history(agentId) {
      const page = await desk.client.agents.messages.list(agentId, { order: 'asc', limit: 100 })
      const items: readonly WireEvent[] = page.items.map((item) => ({ ...item }))
      return outline(items.filter((item) => item['message_type'] !== 'system_message'))
    },
  }
  return desk
}

/** Parses arguments and results, which are JSON in strings, and which each server formats differently. */
function readable(message: WireEvent): WireEvent {
  if (message['role'] === 'tool') {
    return { ...message, content: JSON.parse(String(message['content'])) }
  }
  const calls = message['tool_calls']
  return Array.isArray(calls) ? { ...message, tool_calls: calls.map(readableCall) } : message
}

function readableCall({ function: { arguments: args, ...called }, ...call }: ContractWireCall) {
  return { ...call, function: { ...called, arguments: JSON.parse(args) } }
}

interface ContractWireCall {
  readonly function: { readonly arguments: string }
}

export const BASH = {
  source_code: 'def Bash(command):\n    """Runs on the client."""\n    raise Exception()\n',
  source_type: 'json',
  json_schema: {
    name: 'Bash',
    description: 'Runs a command',
    parameters: { type: 'object', properties: { command: { type: 'string' } } },
  },
  default_requires_approval: true,
}

export const AGENT: AgentBody = {
  agent_type: 'letta_v1_agent',
  name: 'Ada',
  model: MODEL,
  context_window_limit: 100_000,
  system: 'You are Ada.',
  memory_blocks: [{ label: 'human', value: 'Name: unknown', description: 'Who the user is.' }],
  tools: ['Bash'],
  include_base_tools: false,
  initial_message_sequence: [],
  parallel_tool_calls: true,
}

/** The error of a server. */
export interface Refused {
  readonly status: number | undefined
  readonly body: unknown
}

/** Expects the request to fail with an error of the server. */
export async function expectRejection(request: Promise<unknown>): Promise<Refused> {
  try {
    await request
  } catch (thrown) {
    if (thrown instanceof APIError) return { status: thrown.status, body: thrown.error }
    throw thrown
  }
  throw new Error('The request did not fail.')
}

/** A UUID that no object has. */
export const UNKNOWN_UUID = '00000000-0000-4000-8000-000000000000'

/** The agent with every optional part. */
export function retrieveCompleteAgent(desk: ContractContext, id: string) {
  return desk.client.agents.retrieve(id, {
    include: ['agent.blocks', 'agent.tools', 'agent.tags', 'agent.pending_approval'],
  })
}
