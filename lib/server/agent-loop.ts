import { createAnswer } from './answer.ts'
import { cutOffBody } from './approvals.ts'
import { failureOf, RunProblem } from './failure.ts'
import { newId } from './ids.ts'
import { takeInput } from './intake.ts'
import type { LiveRun } from './live-run.ts'
import type { Loop, LoopContext, RunInput } from './loop.ts'
import { emptyTotal, store } from './loop.ts'
import { callModel } from './model-call.ts'
import type { CallRecord } from './records.ts'
import { modelRequest, systemPrompt } from './request.ts'
import { endCancelled, endCompleted, endFailed, tellPing } from './run-events.ts'
import { answerCalls, runsOf, toolsOf } from './server-calls.ts'

/** One run from its first event to the last: always ends with a stop reason, and the run stored. Never throws. */
export async function runAgent(context: LoopContext, run: LiveRun, input: RunInput): Promise<void> {
  const agentId = run.record.agentId
  const loop: Loop = { ...context, agentId, run, input, total: emptyTotal() }
  try {
    tellPing(loop)
    takeInput(loop)
    endCompleted(loop, await stepUntilRest(loop))
  } catch (thrown) {
    if (run.signal.aborted) endCancelled(loop)
    else endFailed(loop, failureOf(thrown))
  }
}

/** Memory is read once a run: the prompt's beginning stays the same from step to step, and vendors' caches with it. */
async function stepUntilRest(loop: Loop): Promise<string> {
  const system = systemPrompt(loop)
  while (loop.total.steps < loop.input.maxSteps) {
    const { calls, isCutShort } = await step(loop, system)
    if (calls.some((call) => call.runs === 'client')) return 'requires_approval'
    if (calls.length === 0) return isCutShort ? 'max_tokens_exceeded' : 'end_turn'
    loop.run.signal.throwIfAborted()
  }
  return 'max_steps'
}

interface StepEnd {
  readonly calls: readonly CallRecord[]
  readonly isCutShort: boolean
}

/** One model call, and the server's own tools it asked for. */
async function step(loop: Loop, system: string): Promise<StepEnd> {
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
    const request = modelRequest(loop, { agent, model, tools, system })
    for await (const part of callModel(provider, request, run.signal)) answer.take(part)
    run.signal.throwIfAborted()
  } catch (thrown) {
    const body = answer.body(true)
    if (!answer.isEmpty) storeCutOff(loop, { stepId, messageId, body })
    throw thrown
  }
  const body = answer.body(false)
  store(loop, stepId, body, messageId)
  answer.tellWhole()
  loop.total.add(answer.usage)
  const isServers = body.calls.every((call) => call.runs === 'server')
  if (isServers) for (const tell of answerCalls(loop, stepId, body.calls)) tell()
  return { calls: body.calls, isCutShort: answer.isCutShort }
}

interface CutOff {
  readonly stepId: string
  readonly messageId: string
  readonly body: ReturnType<ReturnType<typeof createAnswer>['body']>
}

/** What was streamed stays in the history, so that agent and user remember the same; its calls never ran. */
function storeCutOff(loop: Loop, { stepId, messageId, body }: CutOff): void {
  loop.storage.together(() => {
    store(loop, stepId, body, messageId)
    const isCancelled = loop.run.signal.aborted
    for (const call of body.calls) store(loop, stepId, cutOffBody(call, isCancelled))
  })
}
