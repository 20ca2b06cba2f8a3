import { failureOf, RunProblem } from '../errors.ts'
import { newId, otidOf } from '../ids.ts'
import { type ModelPart, ProviderError } from '../providers/provider.ts'
import type { AgentRecord, CallRecord } from '../records.ts'
import { withMessageHeader } from '../wire/messages.ts'
import { takeInput } from './accept-input.ts'
import { type Answer, type AnswerBody, createAnswer, type Piece } from './answer.ts'
import { interruptedReturn, pendingOf } from './approvals.ts'
import { compactAfterStep, compactBeforeStep, compactIfNeeded } from './auto-compaction.ts'
import type { LiveRun } from './live-run.ts'
import type { Loop, LoopContext, RunInput } from './loop-context.ts'
import { emptyTotal, store } from './loop-context.ts'
import { callModel } from './model-call.ts'
import { modelRequest, systemPrompt } from './request.ts'
import { agentIn } from './resolve-agent.ts'
import { emitPing, endCancelled, endCompleted, endFailed } from './run-events.ts'
import { answerCalls, runsOf, toolsOf } from './run-server-tools.ts'
import { answeredOutcome, brokenOutcome, saveStep } from './steps.ts'
import { withUniqueCallIds } from './unique-call-ids.ts'

/** One run from its first event to the last: always ends with a stop reason, and the run stored. Never throws. */
export async function runAgent(context: LoopContext, run: LiveRun, input: RunInput): Promise<void> {
  const { agentId, conversationId } = run.record
  const thread = { agentId, conversationId }
  const loop: Loop = { ...context, thread, run, input, total: emptyTotal() }
  try {
    emitPing(loop)
    if (input.replies?.length === 0 && pendingOf(context.storage, thread) !== null) {
      return endCompleted(loop, 'invalid_tool_call')
    }
    takeInput(loop)
    endCompleted(loop, await stepUntilRest(loop))
  } catch (thrown) {
    if (run.signal.aborted) endCancelled(loop)
    else endFailed(loop, failureOf(thrown))
  }
}

/** Memory is read once a run: the prompt's beginning stays the same from step to step, and vendors' caches with it. */
async function stepUntilRest(loop: Loop): Promise<string> {
  let system = systemPrompt(loop)
  while (loop.total.steps < loop.input.maxSteps) {
    if (await compactBeforeStep(loop, system)) system = systemPrompt(loop)
    const { stepId, calls, isCutShort } = await stepWithin(loop, system)
    if (await compactAfterStep(loop, stepId)) system = systemPrompt(loop)
    if (calls.some((call) => call.runs === 'client')) return 'requires_approval'
    if (calls.length === 0) return isCutShort ? 'max_tokens_exceeded' : 'end_turn'
    loop.run.signal.throwIfAborted()
  }
  return 'max_steps'
}

/** A prompt that the vendor finds too long is compacted and sent once more. */
async function stepWithin(loop: Loop, system: string): Promise<StepEnd> {
  try {
    return await step(loop, system)
  } catch (thrown) {
    if (!(thrown instanceof ProviderError) || thrown.kind !== 'overflow') throw thrown
    const cause = { trigger: 'context_window_exceeded', contextTokens: null } as const
    if (!(await compactIfNeeded(loop, null, cause))) throw thrown
    return await step(loop, systemPrompt(loop))
  }
}

interface StepEnd {
  readonly stepId: string
  readonly calls: readonly CallRecord[]
  readonly isCutShort: boolean
}

/** One model call, and the server's own tools it asked for. */
async function step(loop: Loop, system: string): Promise<StepEnd> {
  const { storage, input, thread, now } = loop
  const found = agentIn(storage, thread)
  if (found === null) throw new RunProblem(`Agent with ID ${thread.agentId} not found`)
  const agent = { ...found, model: input.model ?? found.model }
  const { provider, model } = loop.providerOf(agent.model)
  const tools = toolsOf(loop, agent)
  const ids = { stepId: newId('step'), messageId: newId('message'), date: now().toISOString() }
  const runs = (name: string): CallRecord['runs'] => runsOf(name, agent, tools)
  const answer = createAnswer({ model: agent.model, runsOf: runs })
  const request = modelRequest(loop, { agent, model, tools, system })
  const parts = withUniqueCallIds(callModel(provider, request, loop.run.signal), (callId) =>
    storage.calls.claim(agent.id, callId),
  )
  await receive(loop, ids, answer, parts).catch((thrown: unknown) => {
    saveStep(loop, { ...ids, agent }, brokenOutcome(thrown, loop.run.signal.aborted))
    throw thrown
  })
  const calls = keepAnswer(loop, { ...ids, agent }, answer)
  if (calls.every((call) => call.runs === 'server')) {
    for (const tell of answerCalls(loop, ids.stepId, calls)) tell()
  }
  return { stepId: ids.stepId, calls, isCutShort: answer.isCutShort }
}

/** An answer that is whole: stored, counted, and told to those who asked for no tokens. */
function keepAnswer(
  loop: Loop,
  ids: AnswerIds & { readonly agent: AgentRecord },
  answer: Answer,
): readonly CallRecord[] {
  const body = answer.body(false)
  loop.storage.together(() => {
    store(loop, ids.stepId, body, ids.messageId)
    saveStep(loop, ids, answeredOutcome(answer.usage, body.calls))
  })
  if (!loop.input.tokens) for (const piece of answer.pieces()) emitDelta(loop, ids, piece)
  loop.total.steps++
  loop.total.add(answer.usage)
  return body.calls
}

async function receive(
  loop: Loop,
  ids: AnswerIds,
  answer: Answer,
  parts: AsyncIterable<ModelPart>,
): Promise<void> {
  try {
    for await (const part of parts) {
      const piece = answer.take(part)
      if (loop.input.tokens && piece !== null) emitDelta(loop, ids, piece)
    }
    loop.run.signal.throwIfAborted()
  } catch (thrown) {
    if (!answer.isEmpty) storeCutOff(loop, ids, answer.body(true))
    throw thrown
  }
}

interface AnswerIds {
  readonly stepId: string
  readonly messageId: string
  readonly date: string
}

function emitDelta(
  { run }: Loop,
  { stepId, messageId, date }: AnswerIds,
  { type, part, fields }: Piece,
): void {
  const otid = otidOf(messageId, part)
  run.emit(
    withMessageHeader(type, { id: messageId, otid, date, runId: run.record.id, stepId }, fields),
  )
}

/** What was streamed stays in the history, so that agent and user remember the same; its calls never ran. */
function storeCutOff(loop: Loop, { stepId, messageId }: AnswerIds, body: AnswerBody): void {
  loop.storage.together(() => {
    store(loop, stepId, body, messageId)
    const isCancelled = loop.run.signal.aborted
    for (const call of body.calls) store(loop, stepId, interruptedReturn(call, isCancelled))
  })
}
