import { HttpError, SystemTooLarge } from '../errors.ts'
import { newId } from '../ids.ts'
import type {
  AgentRecord,
  CompactionSettings,
  CompactionStats,
  CompactionTrigger,
  MessageBody,
  MessageRecord,
  Thread,
} from '../records.ts'
import { contextSize, textTokens } from './context-size.ts'
import { evictedCount } from './eviction.ts'
import type { LoopContext } from './loop-context.ts'
import { stamp } from './prompt.ts'
import { compiledSystem } from './request.ts'
import { agentIn } from './resolve-agent.ts'
import { SLIDING_PROMPT, summarize, WHOLE_PROMPT } from './summary.ts'

/** Why a prompt is compacted by itself, and how large it is. */
export interface Cause {
  readonly trigger: CompactionTrigger
  /** Tokens as the vendor counts them; null when it has only refused them. */
  readonly contextTokens: number | null
}

export interface Compaction {
  readonly message: SummaryMessage
  readonly messagesBefore: number
  readonly messagesAfter: number
  /** An estimate, in tokens. */
  readonly contextAfter: number
}

export type SummaryMessage = Pick<MessageRecord, 'id' | 'createdAt'> & { readonly body: Summary }
type Summary = Extract<MessageBody, { role: 'summary' }>

export interface CompactionRequest {
  readonly thread: Thread
  readonly settings: CompactionSettings
  /** Null when somebody has asked for it. */
  readonly cause: Cause | null
  readonly runId: string | null
  readonly stepId: string | null
  readonly signal: AbortSignal
  /** Told once it is certain that something will leave. */
  onBegin?(agent: AgentRecord): void
}

/** Puts a summary in the place of the oldest messages of a prompt; null when too few could leave it. */
export async function compact(
  context: LoopContext,
  request: CompactionRequest,
): Promise<Compaction | null> {
  const { storage } = context
  const { thread, settings, cause } = request
  const agent = agentIn(storage, thread)
  if (agent === null) return null
  const records = storage.messages.inContext(thread)
  const system = agent.compiledSystem ?? compiledSystem(storage, thread, context.now(), READING)
  const scale = scaleOf(cause, contextSize(records, system), agent.contextWindow)
  if (cause !== null) refuseLargeSystem(system, scale, agent)
  const room = agent.contextWindow * (1 - settings.share) - textTokens(system) * scale
  const count = evictedCount(records, { ...settings, room, scale })
  if (count === 0) return null
  request.onBegin?.(agent)
  const evicted = records.slice(0, count)
  const summary = await summarize(
    {
      ...modelOf(context, settings, agent),
      agent,
      evicted,
      prompt: settings.prompt ?? (settings.mode === 'all' ? WHOLE_PROMPT : SLIDING_PROMPT),
      clipCharacters: settings.clipCharacters,
    },
    request.signal,
  )
  const rest = records.slice(count)
  const after = contextSize(rest, system) + textTokens(summary)
  const sizes: Sizes = {
    contextAfter: Math.ceil(after * scale),
    contextWindow: agent.contextWindow,
    messagesBefore: records.length + 1,
    messagesAfter: rest.length + 2,
  }
  return put(context, request, { evicted, summary, sizes })
}

/** A model that nobody has here must not keep the agent from going on. */
function modelOf(
  { providerOf }: LoopContext,
  { model }: CompactionSettings,
  agent: AgentRecord,
): ReturnType<LoopContext['providerOf']> {
  if (model === null) return providerOf(agent.model)
  try {
    return providerOf(model)
  } catch (thrown) {
    if (thrown instanceof HttpError) return providerOf(agent.model)
    throw thrown
  }
}

const READING = { afresh: false, keep: false }

type Sizes = Omit<CompactionStats, 'trigger' | 'contextBefore'>

/** The vendor's count against the estimate; what it refused was at least as large as the window. */
function scaleOf(cause: Cause | null, estimate: number, contextWindow: number): number {
  if (cause === null) return 1
  return Math.max(0.5, (cause.contextTokens ?? Math.max(contextWindow, estimate)) / estimate)
}

function refuseLargeSystem(system: string, scale: number, { contextWindow }: AgentRecord): void {
  const tokens = Math.ceil(textTokens(system) * scale)
  if (tokens > contextWindow) throw new SystemTooLarge(tokens, contextWindow)
}

interface Written {
  readonly evicted: readonly MessageRecord[]
  readonly summary: string
  readonly sizes: Sizes
}

/** Stores the summary in the place of the last that it stands for. */
function put(
  { storage, now }: LoopContext,
  { thread, settings, cause, runId, stepId }: CompactionRequest,
  { evicted, summary, sizes }: Written,
): Compaction | null {
  const at = now()
  const stats = statsOf(cause, sizes)
  const note = noteOf(settings, stats)
  const text = packed({ message: `${note}\n ${summary}`, time: stamp(at) }, stats)
  const body: Summary = { role: 'summary', summary, text, stats }
  const message = { id: newId('message'), createdAt: at.toISOString(), body }
  return storage.together(() => {
    const position = evicted.at(-1)?.position ?? 0
    // Somebody else may have emptied the prompt meanwhile.
    if (storage.messages.inContextIds(thread)[0] !== evicted[0]?.id) return null
    storage.messages.forget(thread, position + 1)
    storage.messages.place({ ...thread, runId, stepId, ...message }, position)
    compiledSystem(storage, thread, at, { afresh: true, keep: true })
    return { ...sizes, message }
  })
}

/** Only what the vendor has counted can be told. */
function statsOf(cause: Cause | null, sizes: Sizes): CompactionStats | null {
  if (cause === null || cause.contextTokens === null) return null
  return { trigger: cause.trigger, contextBefore: cause.contextTokens, ...sizes }
}

function noteOf({ mode }: CompactionSettings, stats: CompactionStats | null): string {
  const summary = 'The following is a summary of the previous messages:'
  const memory = 'due to conversation memory constraints.'
  if (mode === 'all') return `Note: prior messages have been hidden from view ${memory}\n${summary}`
  if (stats === null) {
    return `Note: prior messages from the beginning of the conversation have been hidden from view ${memory}\n${summary}`
  }
  const hidden = stats.messagesBefore - stats.messagesAfter
  return `Note: ${hidden} messages from the beginning of the conversation have been hidden from view due to memory constraints.\n${summary}`
}

function packed(
  alert: { readonly message: string; readonly time: string },
  stats: CompactionStats | null,
): string {
  const told = stats === null ? {} : { compaction_stats: statsJson(stats) }
  return JSON.stringify({ type: 'system_alert', ...alert, ...told }, null, 2)
}

export function statsJson(stats: CompactionStats) {
  return {
    trigger: stats.trigger,
    context_tokens_before: stats.contextBefore,
    context_tokens_after: stats.contextAfter,
    context_window: stats.contextWindow,
    messages_count_before: stats.messagesBefore,
    messages_count_after: stats.messagesAfter,
  }
}
