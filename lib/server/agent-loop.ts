import { createAnswer } from './answer.ts'
import { checkReplies, pendingOf, type Reply, replyBody } from './approvals.ts'
import { runBuiltIn } from './built-in-tools.ts'
import { type Failure, failureOf, PENDING, RunProblem } from './failure.ts'
import { newId, otidOf } from './ids.ts'
import type { LiveRun } from './live-run.ts'
import { callModel } from './model-call.ts'
import { compileSystem, firstThatFits, modelMessages } from './prompt.ts'
import type { ModelRequest, ModelUsage, Provider } from './providers/provider.ts'
import type { AgentRecord, CallRecord, MessageBody, ToolRecord, UserContent } from './records.ts'
import type { Storage } from './storage/storage.ts'
import { enveloped, returnFields } from './wire.ts'

export interface RunInput {
  readonly replies: readonly Reply[] | null
  readonly messages: readonly {
    readonly content: readonly UserContent[]
    readonly otid: string | null
  }[]
  readonly tokens: boolean
  readonly maxSteps: number
  /** Tools that travel with the request, run by the client. */
  readonly clientTools: readonly ToolRecord[]
}

export interface LoopContext {
  readonly storage: Storage
  readonly providerOf: (handle: string) => { provider: Provider; model: string }
  now(): Date
}

interface Loop extends LoopContext {
  readonly agentId: string
  readonly run: LiveRun
  readonly input: RunInput
  readonly total: Total
}

interface Total {
  steps: number
  prompt: number
  completion: number
  cached: number
  written: number
  reasoning: number
  context: number
}

/** One run from its first event to the last: always ends with a stop reason, and the run stored. */
export async function runAgent(context: LoopContext, run: LiveRun, input: RunInput): Promise<void> {
  const total = {
    steps: 0,
    prompt: 0,
    completion: 0,
    cached: 0,
    written: 0,
    reasoning: 0,
    context: 0,
  }
  const loop: Loop = { ...context, agentId: run.record.agentId, run, input, total }
  try {
    ping(loop)
    takeInput(loop)
    end(loop, await stepUntilRest(loop))
  } catch (thrown) {
    if (run.signal.aborted) return endCancelled(loop)
    const failure = failureOf(thrown)
    if (failure === null) {
      endFailed(loop, { ...UNEXPECTED, detail: '' })
      throw thrown
    }
    endFailed(loop, failure)
  }
}

const UNEXPECTED = {
  stopReason: 'error',
  errorType: 'internal_error',
  message: 'An unexpected error occurred.',
} as const

function ping({ run, now }: Loop): void {
  const envelope = {
    id: newId('ping'),
    otid: null,
    date: now().toISOString(),
    runId: run.record.id,
    stepId: null,
  }
  run.emit(enveloped('ping', envelope, {}))
}

/** Replies and messages are stored before anything is asked of the model. */
function takeInput(loop: Loop): void {
  const { storage, input, agentId } = loop
  storage.together(() => {
    const pending = pendingOf(storage, agentId)
    if (input.replies === null) {
      if (pending !== null) throw new RunProblem(PENDING)
    } else {
      const { message, waiting, held } = checkReplies(pending, input.replies)
      for (const call of waiting) {
        const reply = input.replies.find((one) => one.callId === call.callId)
        if (reply !== undefined) store(loop, message.stepId, replyBody(call, reply))
      }
      runServerCalls(loop, message.stepId, held)
    }
    for (const { content, otid } of input.messages) {
      store(loop, null, { role: 'user', content, otid })
    }
  })
}

function store(
  { storage, run, agentId, now }: Loop,
  stepId: string | null,
  body: MessageBody,
  id = newId('message'),
): string {
  const createdAt = now().toISOString()
  storage.messages.append({ id, agentId, runId: run.record.id, stepId, createdAt, body })
  return id
}

async function stepUntilRest(loop: Loop): Promise<string> {
  while (loop.total.steps < loop.input.maxSteps) {
    const calls = await step(loop)
    if (calls.some((call) => call.runs === 'client')) return 'requires_approval'
    if (calls.length === 0) return 'end_turn'
    loop.run.signal.throwIfAborted()
  }
  return 'max_steps'
}

/** One model call, and the server's own tools it asked for. */
async function step(loop: Loop): Promise<readonly CallRecord[]> {
  const { storage, run, input, agentId, now } = loop
  const agent = storage.agents.get(agentId)
  if (agent === null) throw new RunProblem(`Agent with ID ${agentId} not found`)
  const { provider, model } = loop.providerOf(agent.model)
  const tools = toolsOf(loop, agent)
  const stepId = newId('step')
  const messageId = newId('message')
  const answer = createAnswer(run, {
    messageId,
    stepId,
    date: now().toISOString(),
    model: agent.model,
    tokens: input.tokens,
    runsOf: (name) => runsOf(name, agent, tools),
  })
  loop.total.steps++
  try {
    const request = requestOf(loop, agent, model, tools)
    for await (const part of callModel(provider, request, run.signal)) answer.take(part)
    run.signal.throwIfAborted()
  } catch (thrown) {
    // What was streamed stays in the history, so that agent and user remember the same.
    if (!answer.isEmpty) store(loop, stepId, answer.body(true), messageId)
    throw thrown
  }
  const body = answer.body(false)
  store(loop, stepId, body, messageId)
  answer.tellWhole()
  addUsage(loop.total, answer.usage)
  if (body.calls.every((call) => call.runs === 'server')) runServerCalls(loop, stepId, body.calls)
  return body.calls
}

function toolsOf({ storage, input }: Loop, agent: AgentRecord): readonly ToolRecord[] {
  const attached = agent.toolIds.flatMap((id) => storage.tools.get(id) ?? [])
  const extra = input.clientTools.filter((tool) => !attached.some((one) => one.name === tool.name))
  return [...attached, ...extra]
}

/** Only our own tools run here; a name that nobody knows is answered here too, with what there is. */
function runsOf(
  name: string,
  agent: AgentRecord,
  tools: readonly ToolRecord[],
): 'server' | 'client' {
  const asks = agent.toolRules.some(
    (rule) => rule.type === 'requires_approval' && rule.tool_name === name,
  )
  if (asks) return 'client'
  const tool = tools.find((one) => one.name === name)
  return tool === undefined || tool.builtIn ? 'server' : 'client'
}

function requestOf(
  loop: Loop,
  agent: AgentRecord,
  model: string,
  tools: readonly ToolRecord[],
): ModelRequest {
  const { storage, agentId, now } = loop
  const blocks = agent.blockIds.flatMap((id) => storage.blocks.get(id) ?? [])
  const stored = storage.messages.count(agentId)
  const records = storage.messages.inContext(agentId)
  const system = compileSystem(agent, blocks, Math.max(0, stored - records.length), now())
  const from = firstThatFits(records, system, agent.contextWindow)
  if (from !== null) storage.messages.forget(agentId, from)
  const kept = from === null ? records : records.filter((record) => record.sequence >= from)
  return {
    model,
    messages: modelMessages(system, kept),
    tools: tools.map(({ name, description, jsonSchema }) => ({
      name,
      description,
      parameters: Object(jsonSchema['parameters'] ?? { type: 'object', properties: {} }),
    })),
    parallelToolCalls: agent.parallelToolCalls,
    maxOutputTokens: agent.maxOutputTokens,
    temperature: agent.temperature,
    reasoningEffort: agent.reasoningEffort,
  }
}

function runServerCalls(loop: Loop, stepId: string | null, calls: readonly CallRecord[]): void {
  for (const call of calls) {
    const { storage, agentId, now, run } = loop
    const agent = storage.agents.get(agentId)
    if (agent === null) return
    const tools = toolsOf(loop, agent)
    const known = tools.some((tool) => tool.name === call.name)
    const names = tools.map((tool) => `'${tool.name}'`).join(', ')
    const answer = known
      ? runBuiltIn(call.name, call.args, { agent, storage, now: now() })
      : {
          status: 'error' as const,
          text: `[ToolConstraintError] Cannot call ${call.name}, valid tools include: [${names}]`,
        }
    const stderr = answer.status === 'error' ? [answer.text] : []
    const { callId, name } = call
    const body = {
      role: 'tool',
      callId,
      name,
      ...answer,
      pictures: [],
      stdout: [],
      stderr,
      denial: null,
    } as const
    const id = store(loop, stepId, body)
    const envelope = {
      id,
      otid: otidOf(id, 0),
      date: now().toISOString(),
      runId: run.record.id,
      stepId,
    }
    run.emit(enveloped('tool_return_message', envelope, returnFields(body)))
  }
}

function addUsage(total: Total, usage: ModelUsage | null): void {
  if (usage === null) return
  total.prompt += usage.promptTokens
  total.completion += usage.completionTokens
  total.cached += usage.cachedTokens
  total.written += usage.cacheWriteTokens
  total.reasoning += usage.reasoningTokens
  total.context = usage.promptTokens + usage.completionTokens
}

function end(loop: Loop, stopReason: string): void {
  loop.run.emit({ message_type: 'stop_reason', stop_reason: stopReason })
  loop.run.emit(usageJson(loop.total))
  finish(loop, 'completed', stopReason)
}

export function usageJson(total: Total): Readonly<Record<string, unknown>> {
  return {
    message_type: 'usage_statistics',
    completion_tokens: total.completion,
    prompt_tokens: total.prompt,
    total_tokens: total.prompt + total.completion,
    step_count: total.steps,
    run_ids: null,
    cached_input_tokens: total.cached,
    cache_write_tokens: total.written,
    reasoning_tokens: total.reasoning,
    context_tokens: total.context,
  }
}

function endCancelled(loop: Loop): void {
  loop.run.emit({ message_type: 'stop_reason', stop_reason: 'cancelled' })
  finish(loop, 'cancelled', 'cancelled')
}

function endFailed(loop: Loop, { stopReason, errorType, message, detail }: Failure): void {
  const { run } = loop
  run.emit({ message_type: 'stop_reason', stop_reason: stopReason })
  const fields = { run_id: run.record.id, error_type: errorType, message, detail }
  run.emit({ message_type: 'error_message', ...fields }, 'error')
  finish(loop, 'failed', stopReason)
}

function finish(
  loop: Loop,
  status: 'completed' | 'failed' | 'cancelled',
  stopReason: string,
): void {
  const { run, storage, now } = loop
  const completedAt = now().toISOString()
  storage.runs.finish({ ...run.record, status, stopReason, completedAt }, run.events)
  run.finish()
}
