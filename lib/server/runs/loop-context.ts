import type { Thread } from '../../util/thread.ts'
import { newId } from '../ids.ts'
import type { ModelUsage, Provider } from '../providers/provider.ts'
import type { MessageBody, ToolRecord, UserContentPart } from '../records.ts'
import type { Storage } from '../storage/storage.ts'
import type { ClientReply } from './approvals.ts'
import type { LiveRun } from './live-run.ts'

/** The input of one request. */
export interface RunInput {
  /** Null when the request contains no replies; empty when it does not name the calls. */
  readonly replies: readonly ClientReply[] | null
  readonly messages: readonly {
    /** `assistant` is put into the history as the agent's own message. */
    readonly role: 'user' | 'assistant'
    readonly content: readonly UserContentPart[]
    readonly otid: string | null
  }[]
  readonly tokens: boolean
  readonly maxSteps: number
  /** Model handle that replaces the agent's for this run. */
  readonly model: string | null
  /** Whether the client understands the events of a compaction. */
  readonly compactionEvents: boolean
  /** Tools of the client, sent with the request. */
  readonly clientTools: readonly ToolRecord[]
  /** Skills of the client, sent with the request. */
  readonly clientSkills: readonly ClientSkill[]
  /** The server's own tools whose calls wait, in this run, for the approval of the client. */
  readonly approvalTools?: readonly string[]
}

export interface ClientSkill {
  readonly name: string
  readonly description: string
  /** The path of its file, or another hint. */
  readonly location: string
}

export interface LoopContext {
  readonly storage: Storage
  readonly resolveModel: (handle: string) => { provider: Provider; model: string }
  /** The share of the context window from which on older messages are summarized. */
  readonly compactAt?: number
  now(): Date
}

/** What the parts of the agent loop share during one run. */
export interface Loop extends LoopContext {
  readonly thread: Thread
  readonly run: LiveRun
  readonly input: RunInput
  readonly total: UsageTotal
}

/** The usage of all steps of a run. */
export interface UsageTotal {
  steps: number
  readonly usage: ModelUsage
  /** The tokens of the last step, which are the size of the context. */
  readonly context: number
  add(usage: ModelUsage | null): void
  /** Called when the context was compacted. */
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

/** Appends a message to the history, and returns its id. */
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
