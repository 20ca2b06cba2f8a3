import { newId } from '../ids.ts'
import type { ModelUsage, Provider } from '../providers/provider.ts'
import type { MessageBody, Thread, ToolRecord, UserContentPart } from '../records.ts'
import type { Storage } from '../storage/storage.ts'
import type { ClientReply } from './approvals.ts'
import type { LiveRun } from './live-run.ts'

/** What one request brings to the agent. */
export interface RunInput {
  /** Null when nothing is answered; empty when it is not said which calls are. */
  readonly replies: readonly ClientReply[] | null
  readonly messages: readonly {
    /** What the agent is to have said, or what it is told. */
    readonly role: 'user' | 'assistant'
    readonly content: readonly UserContentPart[]
    readonly otid: string | null
  }[]
  readonly tokens: boolean
  readonly maxSteps: number
  /** Handle, for this run in place of the agent's. */
  readonly model: string | null
  /** The client knows the events that tell of a compaction. */
  readonly compactionEvents: boolean
  /** Tools that travel with the request, run by the client. */
  readonly clientTools: readonly ToolRecord[]
}

export interface LoopContext {
  readonly storage: Storage
  readonly resolveModel: (handle: string) => { provider: Provider; model: string }
  now(): Date
}

/** One run of an agent, as the parts of the loop see it. */
export interface Loop extends LoopContext {
  readonly thread: Thread
  readonly run: LiveRun
  readonly input: RunInput
  readonly total: UsageTotal
}

/** Usage over the steps of a run. */
export interface UsageTotal {
  steps: number
  readonly usage: ModelUsage
  /** Tokens of the last step: what the context holds. */
  readonly context: number
  add(usage: ModelUsage | null): void
  /** The context has been made smaller. */
  setContext(context: number): void
}

const NO_USAGE: ModelUsage = {
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}

export function createUsageTotal(): UsageTotal {
  let sum = NO_USAGE
  let context = 0
  return {
    steps: 0,
    get usage() {
      return sum
    },
    get context() {
      return context
    },
    setContext(smaller) {
      context = smaller
    },
    add(usage) {
      if (usage === null) return
      context = usage.promptTokens + usage.completionTokens
      sum = {
        promptTokens: sum.promptTokens + usage.promptTokens,
        completionTokens: sum.completionTokens + usage.completionTokens,
        cachedTokens: sum.cachedTokens + usage.cachedTokens,
        cacheWriteTokens: sum.cacheWriteTokens + usage.cacheWriteTokens,
        reasoningTokens: sum.reasoningTokens + usage.reasoningTokens,
      }
    },
  }
}

/** Appends a message to the history; gives its id. */
export function storeMessage(
  { storage, run, thread, now }: Loop,
  stepId: string | null,
  body: MessageBody,
  id = newId('message'),
): string {
  const createdAt = now().toISOString()
  storage.messages.append({ ...thread, id, runId: run.record.id, stepId, createdAt, body })
  return id
}
