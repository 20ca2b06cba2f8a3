import { randomUUID } from 'node:crypto'
import { HttpError } from '../errors.ts'
import { toOtid } from '../ids.ts'
import { ProviderError } from '../providers/provider.ts'
import { type AgentRecord, type CompactionSettings, DEFAULT_COMPACTION } from '../records.ts'
import { withMessageHeader } from '../wire/messages.ts'
import { type CompactionCause, compact, type SummaryMessage, toStatsJson } from './compaction.ts'
import { COMPACTION_THRESHOLD, estimateContext } from './context-size.ts'
import { findFirstThatFits } from './eviction.ts'
import type { Loop } from './loop-context.ts'
import { resolveAgent } from './resolve-agent.ts'

/** Compacts the prompt after a step, when the provider's token count is close to the context window. */
export async function compactAfterStep(loop: Loop, stepId: string): Promise<boolean> {
  const agent = resolveAgent(loop.storage, loop.thread)
  const contextTokens = loop.total.context
  if (agent === null || contextTokens <= agent.contextWindow * thresholdOf(loop)) return false
  return await compactIfNeeded(loop, stepId, { trigger: 'post_step_context_check', contextTokens })
}

/** Compacts the prompt before a step, when it is certain that the provider would refuse it. */
export async function compactBeforeStep(loop: Loop, system: string): Promise<boolean> {
  const { storage, thread } = loop
  const agent = resolveAgent(storage, thread)
  if (agent === null) return false
  const size = estimateContext(storage.messages.inContext(thread), system)
  if (
    size <=
    agent.contextWindow * (reportsUsage(loop) ? CERTAIN_OVERFLOW_RATIO : thresholdOf(loop))
  )
    return false
  return await compactIfNeeded(loop, null, {
    trigger: 'context_window_exceeded',
    contextTokens: null,
  })
}

function thresholdOf({ compactAt = COMPACTION_THRESHOLD }: Loop): number {
  return compactAt
}

/** Relative to the context window: the estimate can be a fifth too high. */
const CERTAIN_OVERFLOW_RATIO = 1.2

/** Whether the provider reports token counts, so that the estimate is not needed. */
function reportsUsage({ storage, thread }: Loop): boolean {
  const newest = { runId: null, ascending: false, after: null, before: null, limit: 1 }
  const [step] = storage.steps.list({ ...newest, agentId: thread.agentId })
  return (step?.usage?.promptTokens ?? 0) > 0
}

/** Returns whether the prompt is smaller now. When no summary can be written, the oldest turns are removed without one. */
export async function compactIfNeeded(
  loop: Loop,
  stepId: string | null,
  cause: CompactionCause,
): Promise<boolean> {
  const { thread, run, total } = loop
  try {
    const compaction = await compact(loop, {
      thread,
      settings: settingsFor(loop, cause),
      cause,
      runId: run.record.id,
      stepId,
      signal: run.signal,
      onStart: (agent) => emitCompactionStart(loop, stepId, cause, agent),
    })
    if (compaction === null) return dropOldest(loop, cause)
    total.setContext(compaction.contextAfter)
    emitSummary(loop, stepId, compaction.message)
    return true
  } catch (thrown) {
    const isFromModel = thrown instanceof ProviderError || thrown instanceof HttpError
    if (run.signal.aborted || !isFromModel) throw thrown
    return dropOldest(loop, cause)
  }
}

/** What the model has not answered yet stays in the prompt, whatever the settings say. */
function settingsFor({ storage, thread }: Loop, { trigger }: CompactionCause): CompactionSettings {
  const settings = resolveAgent(storage, thread)?.compaction ?? DEFAULT_COMPACTION
  return trigger === 'context_window_exceeded' ? { ...settings, mode: 'sliding_window' } : settings
}

function dropOldest({ storage, thread }: Loop, { contextTokens }: CompactionCause): boolean {
  const agent = resolveAgent(storage, thread)
  if (agent === null) return false
  const records = storage.messages.inContext(thread)
  const system = agent.compiledSystem ?? ''
  // A prompt that the provider refused was at least as large as the window.
  const actual = contextTokens ?? agent.contextWindow
  const scale = Math.max(1, actual / estimateContext(records, system))
  const from = findFirstThatFits(records, system, agent.contextWindow / scale)
  if (from === null || from <= (records[0]?.position ?? 0)) return false
  storage.messages.forget(thread, from)
  return true
}

function emitCompactionStart(
  loop: Loop,
  stepId: string | null,
  { trigger, contextTokens }: CompactionCause,
  { contextWindow }: AgentRecord,
): void {
  if (!loop.input.compactionEvents) return
  const header = { id: randomUUID(), otid: null, date: loop.now().toISOString() }
  const event_data = {
    trigger,
    context_token_estimate: contextTokens,
    context_window: contextWindow,
  }
  const fields = { ...header, runId: loop.run.record.id, stepId }
  loop.run.emit(
    withMessageHeader('event_message', fields, { event_type: 'compaction', event_data }),
  )
}

/** Sends a `summary_message` to clients that asked for it; others get the message that the model reads. */
function emitSummary(loop: Loop, stepId: string | null, message: SummaryMessage): void {
  const { id, createdAt, body } = message
  const { summary, text, stats } = body
  const header = { id, date: createdAt, runId: loop.run.record.id, stepId, otid: toOtid(id, 0) }
  const compaction_stats = stats === null ? null : toStatsJson(stats)
  loop.run.emit(
    loop.input.compactionEvents
      ? withMessageHeader('summary_message', header, { summary, compaction_stats })
      : withMessageHeader('user_message', header, { content: text }),
  )
}
