import { isRecord } from '../../util/is-record.ts'
import type { Thread } from '../../util/thread.ts'
import { HttpError, SystemPromptOverflow } from '../errors.ts'
import { newId } from '../ids.ts'
import {
  ALL_MESSAGES_HIDDEN,
  FULL_SUMMARY_PROMPT,
  messagesHidden,
  OLDEST_MESSAGES_HIDDEN,
  SLIDING_SUMMARY_PROMPT,
} from '../messages/prompts.ts'
import { ProviderError } from '../providers/provider.ts'
import type {
  AgentRecord,
  CompactionSettings,
  CompactionStats,
  CompactionTrigger,
  MessageBody,
  MessageRecord,
} from '../records.ts'
import { estimateContext, estimateTextTokens } from './context-size.ts'
import { countEvicted } from './eviction.ts'
import type { LoopContext } from './loop-context.ts'
import { compileSystemPrompt } from './request.ts'
import { resolveAgent } from './resolve-agent.ts'
import { extractSummary, summarize } from './summary.ts'
import { formatTimestamp } from './timestamp.ts'

/** Why a prompt is compacted automatically, and how large it is. */
export interface CompactionCause {
  readonly trigger: CompactionTrigger
  /** The provider's token count; null when it only refused the prompt. */
  readonly contextTokens: number | null
}

interface CompactionResult {
  readonly message: SummaryMessage
  readonly messagesBefore: number
  readonly messagesAfter: number
  /** An estimate, in tokens. */
  readonly contextAfter: number
}

export type SummaryMessage = Pick<MessageRecord, 'id' | 'createdAt'> & {
  readonly body: SummaryBody
}
type SummaryBody = Extract<MessageBody, { role: 'summary' }>

interface CompactionRequest {
  readonly thread: Thread
  readonly settings: CompactionSettings
  /** Null when the client asked for the compaction. */
  readonly cause: CompactionCause | null
  readonly runId: string | null
  readonly stepId: string | null
  readonly signal: AbortSignal
  /** Called once it is certain that messages will be removed. */
  onStart?(agent: AgentRecord): void
}

/**
 * Replaces the oldest messages of a prompt by a summary that the model writes. Null when too few messages can be removed,
 * or when the prompt was changed in the meantime.
 */
export async function compact(
  context: LoopContext,
  request: CompactionRequest,
): Promise<CompactionResult | null> {
  const { storage } = context
  const { thread, settings, cause } = request
  const agent = resolveAgent(storage, thread)
  if (agent === null) return null
  const records = storage.messages.inContext(thread)
  const system =
    agent.compiledSystem ?? compileSystemPrompt(storage, thread, context.now(), WITHOUT_SAVING)
  const scale = estimateScale(cause, estimateContext(records, system), agent.contextWindow)
  if (cause !== null) assertSystemFits(system, scale, agent)
  const room = agent.contextWindow * (1 - settings.share) - estimateTextTokens(system) * scale
  const removable = countEvicted(records, {
    ...settings,
    room,
    scale,
    isRequested: cause === null,
  })
  // A person who asks for it gets a smaller context, even if only one message can be removed.
  const count = removable === 0 && cause === null ? countBeforeAnswer(records) : removable
  if (count === 0) return null
  request.onStart?.(agent)
  const evicted = records.slice(0, count)
  const summary = await writeSummary(
    {
      ...resolveSummaryModel(context, settings, agent),
      agent,
      evicted,
      prompt:
        settings.prompt ?? (settings.mode === 'all' ? FULL_SUMMARY_PROMPT : SLIDING_SUMMARY_PROMPT),
      clipCharacters: settings.clipCharacters,
    },
    { isRequested: cause === null, signal: request.signal },
  )
  const rest = records.slice(count)
  const after = estimateContext(rest, system) + estimateTextTokens(summary)
  const sizes: CompactionSizes = {
    contextAfter: Math.ceil(after * scale),
    contextWindow: agent.contextWindow,
    messagesBefore: records.length + 1,
    messagesAfter: rest.length + 2,
  }
  await storage.untilWritable()
  return storeSummary(context, request, { evicted, summary, sizes })
}

/** The newest answer stays. What is shorter than a summary is not summarized, nor is a single summary. */
function countBeforeAnswer(records: readonly MessageRecord[]): number {
  const last = records.findLastIndex(({ body }) => body.role === 'assistant')
  const count = last < 0 ? records.length : last
  const before = records.slice(0, count)
  const isSummary = before.every(({ body }) => body.role === 'summary')
  return isSummary || estimateContext(before, '') < MIN_SUMMARIZED_TOKENS ? 0 : count
}

const MIN_SUMMARIZED_TOKENS = 1000

/** A model that refuses to summarize must not prevent a compaction that a person asked for. */
async function writeSummary(
  request: Parameters<typeof summarize>[0],
  { isRequested, signal }: { readonly isRequested: boolean; readonly signal: AbortSignal },
): Promise<string> {
  try {
    return await summarize(request, signal)
  } catch (thrown) {
    const isUnable = thrown instanceof ProviderError && UNABLE.has(thrown.type)
    if (!isRequested || !isUnable || signal.aborted) throw thrown
    return extractSummary(request.evicted)
  }
}

/** Other errors concern the key or the network: trying again later gives a better summary. */
const UNABLE = new Set<ProviderError['type']>(['overflow', 'refused', 'interrupted', 'server'])

/** Falls back to the agent's model when the one for summaries does not exist: the agent must be able to continue. */
function resolveSummaryModel(
  { resolveModel }: LoopContext,
  { model }: CompactionSettings,
  agent: AgentRecord,
): ReturnType<LoopContext['resolveModel']> {
  if (model === null) return resolveModel(agent.model)
  try {
    return resolveModel(model)
  } catch (thrown) {
    if (thrown instanceof HttpError) return resolveModel(agent.model)
    throw thrown
  }
}

const WITHOUT_SAVING = { force: false, save: false }

type CompactionSizes = Omit<CompactionStats, 'trigger' | 'contextBefore'>

/** The provider's count divided by the estimate. A prompt that it refused was at least as large as the window. */
function estimateScale(
  cause: CompactionCause | null,
  estimate: number,
  contextWindow: number,
): number {
  if (cause === null) return 1
  return Math.max(0.5, (cause.contextTokens ?? Math.max(contextWindow, estimate)) / estimate)
}

function assertSystemFits(system: string, scale: number, { contextWindow }: AgentRecord): void {
  const tokens = Math.ceil(estimateTextTokens(system) * scale)
  if (tokens > contextWindow) throw new SystemPromptOverflow(tokens, contextWindow)
}

interface NewSummary {
  readonly evicted: readonly MessageRecord[]
  readonly summary: string
  readonly sizes: CompactionSizes
}

/** Stores the summary at the position of the last message that it replaces. */
function storeSummary(
  { storage, now }: LoopContext,
  { thread, settings, cause, runId, stepId }: CompactionRequest,
  { evicted, summary, sizes }: NewSummary,
): CompactionResult | null {
  const at = now()
  const stats = createStats(cause, sizes)
  const note = createNote(settings, stats)
  const text = packSummary({ message: `${note}\n ${summary}`, time: formatTimestamp(at) }, stats)
  const body: SummaryBody = { role: 'summary', summary, text, stats }
  const message = { id: newId('message'), createdAt: at.toISOString(), body }
  return storage.transaction(() => {
    const position = evicted.at(-1)?.position ?? 0
    // The prompt may have been reset while the model wrote.
    if (storage.messages.inContextIds(thread)[0] !== evicted[0]?.id) return null
    storage.messages.forget(thread, position + 1)
    storage.messages.insertAt({ ...thread, runId, stepId, ...message }, position)
    compileSystemPrompt(storage, thread, at, { force: true, save: true })
    return { ...sizes, message }
  })
}

/** Only counts of the provider are reported, no estimates. */
function createStats(
  cause: CompactionCause | null,
  sizes: CompactionSizes,
): CompactionStats | null {
  if (cause === null || cause.contextTokens === null) return null
  return { trigger: cause.trigger, contextBefore: cause.contextTokens, ...sizes }
}

function createNote({ mode }: CompactionSettings, stats: CompactionStats | null): string {
  if (mode === 'all') return ALL_MESSAGES_HIDDEN
  if (stats === null) return OLDEST_MESSAGES_HIDDEN
  return messagesHidden(stats.messagesBefore - stats.messagesAfter)
}

/** The summary with a text that the user has written. */
export function withSummary(body: SummaryBody, summary: string): SummaryBody {
  const alert: unknown = JSON.parse(body.text)
  const message = isRecord(alert) ? alert['message'] : null
  if (!isRecord(alert) || typeof message !== 'string' || !message.endsWith(body.summary)) {
    return { ...body, summary, text: summary }
  }
  const note = message.slice(0, message.length - body.summary.length)
  const text = JSON.stringify({ ...alert, message: `${note}${summary}` }, null, 2)
  return { ...body, summary, text }
}

function packSummary(
  alert: { readonly message: string; readonly time: string },
  stats: CompactionStats | null,
): string {
  const withStats = stats === null ? {} : { compaction_stats: toStatsJson(stats) }
  return JSON.stringify({ type: 'system_alert', ...alert, ...withStats }, null, 2)
}

export function toStatsJson(stats: CompactionStats) {
  return {
    trigger: stats.trigger,
    context_tokens_before: stats.contextBefore,
    context_tokens_after: stats.contextAfter,
    context_window: stats.contextWindow,
    messages_count_before: stats.messagesBefore,
    messages_count_after: stats.messagesAfter,
  }
}
