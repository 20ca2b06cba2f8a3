import { APIError, type Letta } from '@letta-ai/letta-client'
import { collect, outline, type Streamed, type WireEvent } from '../support/letta-server.ts'
import type { ModelEndpoint, RequestBody, ScriptedAnswer } from '../support/model-endpoint.ts'
import { type BackendName, backendNames, type ContractBackend, openBackend } from './backends.ts'
import type { Difference } from './differences.ts'
import { normalize } from './normalize.ts'

/** What a test of the contract works with: one of the servers, by the client alone. */
export interface ContractContext {
  readonly client: Letta
  readonly model: ModelEndpoint
  /** Nobody else can reach it: it wants no token. */
  readonly isInProcess: boolean
  /** Turns of the model from here on; forgets what it was asked. */
  plays(...turns: readonly ScriptedAnswer[]): void
  /** What the model was asked, in the order of arrival. */
  asked(): readonly RequestBody[]
  /** Picks what this server is to answer, where the two are meant to differ. */
  differs<Value>(difference: Difference, values: Readonly<Record<'real' | 'ours', Value>>): Value
  /** The messages of the last request to the model, system prompt first, results of tools parsed. */
  prompt(): readonly WireEvent[]
  /** The same without the system prompt. */
  said(): readonly WireEvent[]
  /** The value of a block of the agent. */
  block(agentId: string, label: string): Promise<string>
  /** An agent with one block and one tool of the client; gives its id. */
  agent(more?: Partial<AgentBody>): Promise<string>
  /** One turn, streamed to its end. */
  send(
    agentId: string,
    messages: ContractMessages,
    more?: Partial<StreamRequestBody>,
  ): Promise<Streamed>
  /** What is stored of an agent, oldest first, in short lines; without the system prompt. */
  history(agentId: string): Promise<readonly string[]>
}

export type AgentBody = Parameters<Letta['agents']['create']>[0]
type StreamRequestBody = Parameters<Letta['agents']['messages']['stream']>[1]
export type ContractMessages = NonNullable<StreamRequestBody['messages']>

/** The handle of the scripted model, as the real server spells it. */
export const MODEL = 'openai-proxy/scripted'

/** A real server that loses an answer of its model or its database waits a minute for it, and asks again. */
const PATIENCE_MS = 150_000
const START_MS = 600_000

/** The same tests on every server there is. */
export function contract(title: string, tests: (desk: ContractContext) => void): void {
  for (const name of backendNames) {
    describe(`${title}, ${name}`, function () {
      this.timeout(PATIENCE_MS)
      // The faults of ours are to be seen; those of the real server come and go with the load of the machine.
      if (name === 'a real Letta server') this.retries(2)
      let backend: ContractBackend | null = null
      before('opens the server', async function () {
        this.timeout(START_MS)
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
    differs: (_, { real, ours }) => (name === 'a real Letta server' ? real : ours),
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

/** Arguments of calls and what tools returned are JSON in strings, which each server spells in its own way. */
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

const AGENT: AgentBody = {
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

/** What a server refuses with. */
export interface Refused {
  readonly status: number | undefined
  readonly body: unknown
}

/** Waits for a refusal; anything else fails the test. */
export async function expectRefusal(request: Promise<unknown>): Promise<Refused> {
  try {
    await request
  } catch (thrown) {
    if (thrown instanceof APIError) return { status: thrown.status, body: thrown.error }
    throw thrown
  }
  throw new Error('The request was not refused.')
}

/** The uuid of nothing. */
export const UNKNOWN_UUID = '00000000-0000-4000-8000-000000000000'

/** The agent with all that is shown only when it is asked for. */
export function retrieveCompleteAgent(desk: ContractContext, id: string) {
  return desk.client.agents.retrieve(id, {
    include: ['agent.blocks', 'agent.tools', 'agent.tags', 'agent.pending_approval'],
  })
}
