import { RunError, toRunFailure } from '../errors.ts'
import { newId, toOtid } from '../ids.ts'
import { agentIdNotFound } from '../messages/api.ts'
import { emptyAnswer } from '../messages/providers.ts'
import { type ModelPart, ProviderError } from '../providers/provider.ts'
import type { AgentRecord, CallRecord } from '../records.ts'
import { withMessageHeader } from '../wire/messages.ts'
import { acceptInput } from './accept-input.ts'
import { type AnswerBody, type AnswerPiece, createAnswer, type ModelAnswer } from './answer.ts'
import { findPending, interruptedReturn } from './approvals.ts'
import { compactAfterStep, compactBeforeStep, compactIfNeeded } from './auto-compaction.ts'
import { completeCall } from './complete-call.ts'
import { estimateContext, estimateMessageTokens } from './context-size.ts'
import { withKnownToolNames } from './known-tool-names.ts'
import type { LiveRun } from './live-run.ts'
import type { Loop, LoopContext, RunInput } from './loop-context.ts'
import { createUsageTotal, storeMessage } from './loop-context.ts'
import { callModel } from './model-call.ts'
import { compileForRun, createModelRequest } from './request.ts'
import { resolveAgent } from './resolve-agent.ts'
import {
  emitNotice,
  emitPing,
  endCancelled,
  endCompleted,
  endFailed,
  waitToRetry,
} from './run-events.ts'
import { answerCalls, emitCutReturns, listTools, resolveExecutor } from './run-server-tools.ts'
import { createPartialSaver } from './save-partial-answer.ts'
import { saveStep, toAnsweredOutcome, toFailedOutcome } from './steps.ts'
import { withUniqueCallIds } from './unique-call-ids.ts'

/**
 * Processes one run from its first event to its last: stores the input, then alternates model calls and tool calls until
 * a client must act or the turn is over. The stream always ends with a stop reason, and the run is stored. Never throws.
 */
export async function runAgent(context: LoopContext, run: LiveRun, input: RunInput): Promise<void> {
  const { agentId, conversationId } = run.record
  const { storage } = context
  const thread = { agentId, conversationId }
  const loop: Loop = { ...context, thread, run, input, total: createUsageTotal() }
  try {
    emitPing(loop)
    await storage.untilWritable()
    if (input.replies?.length === 0 && findPending(storage, thread) !== null) {
      return endCompleted(loop, 'invalid_tool_call')
    }
    acceptInput(loop)
    const stopReason = await runSteps(loop)
    await storage.untilWritable()
    endCompleted(loop, stopReason)
  } catch (thrown) {
    // What cannot be saved is reported with the end of the run.
    await storage.untilWritable().catch(() => undefined)
    if (run.signal.aborted) endCancelled(loop)
    else endFailed(loop, toRunFailure(thrown))
  }
}

/** The system prompt is compiled once per run, so that its prefix stays the same for providers' caches. */
async function runSteps(loop: Loop): Promise<string> {
  if (loop.input.replies !== null && endsTurn(loop, lastResultNames(loop))) return 'tool_rule'
  let system = compileForRun(loop)
  let cutAnswers = 0
  while (loop.total.steps < loop.input.maxSteps) {
    await loop.storage.untilWritable()
    if (await compactBeforeStep(loop, system)) system = compileForRun(loop)
    const { stepId, calls, isTruncated } = await runStepWithCompaction(loop, system)
    if (await compactAfterStep(loop, stepId)) system = compileForRun(loop)
    if (calls.some((call) => call.runs === 'client')) return 'requires_approval'
    cutAnswers = calls.some((call) => call.isCut) ? cutAnswers + 1 : 0
    if (cutAnswers >= MAX_CUT_ANSWERS) return 'max_tokens_exceeded'
    if (endsTurn(loop, namesOf(calls))) return 'tool_rule'
    if (calls.length === 0) return isTruncated ? 'max_tokens_exceeded' : 'end_turn'
    loop.run.signal.throwIfAborted()
  }
  return 'max_steps'
}

/** Whether one of these tools ends the turn, by a rule of the agent. */
function endsTurn({ storage, thread }: Loop, names: readonly string[]): boolean {
  const rules = resolveAgent(storage, thread)?.toolRules ?? []
  return rules.some(({ type, tool_name }) => type === 'exit_loop' && names.includes(tool_name))
}

/** A call that was cut off or denied has not been made. */
function namesOf(calls: readonly CallRecord[]): readonly string[] {
  return calls.flatMap(({ name, isCut }) => (isCut === true ? [] : [name]))
}

function lastResultNames({ storage, thread }: Loop): readonly string[] {
  const body = storage.messages.lastInContext(thread)?.body
  return body?.role === 'tool' && body.denial === null ? [body.name] : []
}

/** Shares of the context window to which the parts of a prompt are cut that cannot be compacted any further. */
const PART_SHARES = [0.5, 0.2, 0.05]

/** Compacts a prompt that the provider refuses as too long, or cuts its parts, and sends it again. */
async function runStepWithCompaction(loop: Loop, system: string): Promise<StepResult> {
  const shares = [...PART_SHARES]
  let partShare: number | null = null
  let current = system
  let hasCompacted = false
  while (true) {
    try {
      return await runStep(loop, current, { partShare, isRepeated: false })
    } catch (thrown) {
      if (!isOverflow(loop, thrown, current)) throw thrown
      const cause = { trigger: 'context_window_exceeded', contextTokens: null } as const
      if (!hasCompacted && (await compactIfNeeded(loop, null, cause))) {
        hasCompacted = true
        current = compileForRun(loop)
        continue
      }
      partShare = shares.shift() ?? null
      if (partShare === null || !hasPartsOver(loop, partShare)) throw thrown
    }
  }
}

/** The provider says so; or it refused a prompt that nearly fills the window, for whatever reason. */
function isOverflow({ storage, thread }: Loop, thrown: unknown, system: string): boolean {
  if (!(thrown instanceof ProviderError)) return false
  if (thrown.type === 'overflow') return true
  const agent = resolveAgent(storage, thread)
  const isRejected = thrown.type === 'refused' && [400, 413, 422].includes(thrown.status ?? 0)
  if (agent === null || !isRejected) return false
  const size = estimateContext(storage.messages.inContext(thread), system)
  return size >= agent.contextWindow * LIKELY_OVERFLOW_SHARE
}

/** Of the context window, by the estimate, which can be a fifth too low. */
const LIKELY_OVERFLOW_SHARE = 0.75

function hasPartsOver({ storage, thread }: Loop, share: number): boolean {
  const limit = (resolveAgent(storage, thread)?.contextWindow ?? 0) * share
  return storage.messages.inContext(thread).some(({ body }) => estimateMessageTokens(body) > limit)
}

/** A model whose answers were too long three times does not write a shorter one. */
const MAX_CUT_ANSWERS = 3

interface StepOptions {
  /** The share of the context window to which each part is cut; null when none is. */
  readonly partShare: number | null
  /** The model is asked once more, after an empty answer, or a call that its provider could not read. */
  readonly isRepeated: boolean
}

interface StepResult {
  readonly stepId: string
  readonly calls: readonly CallRecord[]
  readonly isTruncated: boolean
}

/** One model call, and the calls of the server's own tools in its answer. */
async function runStep(
  loop: Loop,
  system: string,
  { partShare, isRepeated }: StepOptions,
): Promise<StepResult> {
  const { storage, input, thread, now } = loop
  const found = resolveAgent(storage, thread)
  if (found === null) throw new RunError(agentIdNotFound(thread.agentId))
  const agent = { ...found, model: input.model ?? found.model }
  const { provider, model } = loop.resolveModel(agent.model)
  const tools = listTools(loop, agent)
  const ids = { stepId: newId('step'), messageId: newId('message'), date: now().toISOString() }
  const runs = (name: string): CallRecord['runs'] =>
    resolveExecutor(name, agent, tools, input.approvalTools)
  const answer = createAnswer({
    model: agent.model,
    resolveExecutor: runs,
    completeCall: (call) => completeCall(call, tools),
  })
  const request = createModelRequest(loop, { agent, model, tools, system, partShare })
  const sent = callModel(provider, request, loop.run.signal, {
    report: (notice) => emitNotice(loop, ids.stepId, notice),
    wait: (reason, milliseconds) => waitToRetry(loop, ids.stepId, reason, milliseconds),
  })
  const named = withKnownToolNames(
    sent,
    tools.map(({ name }) => name),
  )
  const parts = withUniqueCallIds(named, async (callId) => {
    await storage.untilWritable()
    return storage.calls.claim(agent.id, callId)
  })
  let isMalformed = false
  await receiveParts(loop, ids, answer, parts).catch(async (thrown: unknown) => {
    await storage.untilWritable().catch(() => undefined)
    saveStep(loop, { ...ids, agent }, toFailedOutcome(thrown, loop.run.signal.aborted))
    isMalformed = thrown instanceof ProviderError && thrown.isMalformedCall && answer.isSilent
    if (!isMalformed || isRepeated) throw thrown
  })
  await storage.untilWritable()
  if (isMalformed) return runStep(loop, system, { partShare, isRepeated: true })
  if (answer.isSilent) {
    const silent = new ProviderError('interrupted', emptyAnswer(provider.title))
    saveStep(loop, { ...ids, agent }, toFailedOutcome(silent, false))
    if (isRepeated) throw silent
    return runStep(loop, system, { partShare, isRepeated: true })
  }
  const calls = saveAnswer(loop, { ...ids, agent }, answer)
  if (calls.every((call) => call.runs === 'server')) {
    for (const emit of answerCalls(loop, ids.stepId, calls)) emit()
  } else emitCutReturns(loop, ids, calls)
  return { stepId: ids.stepId, calls, isTruncated: answer.isTruncated }
}

/** Stores a complete answer, adds its usage, and sends it to a client that did not ask for tokens. */
function saveAnswer(
  loop: Loop,
  ids: AnswerIds & { readonly agent: AgentRecord },
  answer: ModelAnswer,
): readonly CallRecord[] {
  const body = answer.body(false)
  loop.storage.transaction(() => {
    loop.storage.partialAnswers.drop(loop.run.record.id)
    storeMessage(loop, ids.stepId, body, ids.messageId)
    saveStep(loop, ids, toAnsweredOutcome(answer.usage, body.calls))
  })
  if (!loop.input.tokens) for (const piece of answer.completePieces()) emitDelta(loop, ids, piece)
  loop.total.steps++
  loop.total.add(answer.usage)
  return body.calls
}

async function receiveParts(
  loop: Loop,
  ids: AnswerIds,
  answer: ModelAnswer,
  parts: AsyncIterable<ModelPart>,
): Promise<void> {
  const saver = createPartialSaver(loop, ids, () => answer.body(true))
  try {
    for await (const part of parts) {
      const piece = answer.add(part)
      if (!answer.isEmpty) saver.grown()
      if (loop.input.tokens && piece !== null) emitDelta(loop, ids, piece)
    }
    loop.run.signal.throwIfAborted()
  } catch (thrown) {
    await loop.storage.untilWritable().catch(() => undefined)
    if (!answer.isEmpty) storePartialAnswer(loop, ids, answer.body(true))
    throw thrown
  } finally {
    saver.stop()
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
  { type, part, fields }: AnswerPiece,
): void {
  const otid = toOtid(messageId, part)
  run.emit(
    withMessageHeader(type, { id: messageId, otid, date, runId: run.record.id, stepId }, fields),
  )
}

/** An interrupted answer stays in the history, so that agent and user remember the same. Its calls did not run. */
function storePartialAnswer(loop: Loop, { stepId, messageId }: AnswerIds, body: AnswerBody): void {
  loop.storage.transaction(() => {
    loop.storage.partialAnswers.drop(loop.run.record.id)
    storeMessage(loop, stepId, body, messageId)
    const isCancelled = loop.run.signal.aborted
    for (const call of body.calls) storeMessage(loop, stepId, interruptedReturn(call, isCancelled))
  })
}
