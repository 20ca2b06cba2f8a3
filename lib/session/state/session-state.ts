import { NO_RULES, type PermissionMode, type PermissionRules } from '../../permissions/types.ts'
import type { Skill, SkillProblem, SkillsSource } from '../../skills/skill.ts'
import type { ChangeSummary } from '../../tools/journal/summarize-changes.ts'
import { DEFAULT_CONVERSATION } from '../../util/thread.ts'
import type { Agent, ServerFacts, Start } from './agent.ts'
import type { ListedChanges, VersionComparison } from './changes.ts'
import type { Conversation } from './conversation.ts'
import type { Entry } from './entry.ts'
import type { Job } from './job.ts'
import type { LearnedLines, MemoryItem } from './memory.ts'
import type { QueuedMessage } from './queue.ts'
import type { GitStatus, SurroundingsPart } from './surroundings.ts'
import {
  type FailedTurn,
  NO_USAGE,
  type RetryWait,
  type Totals,
  type TurnRecord,
  type TurnState,
  type Usage,
} from './turn.ts'

const NO_CONVERSATION: Conversation = { id: DEFAULT_CONVERSATION, title: null }

export interface SessionState {
  readonly directory: string
  readonly server: ServerFacts | null
  readonly agent: Agent | null
  /** One of the open agent's. */
  readonly conversation: Conversation
  /** Null until an agent is reached; `failed` when none could be, `noModel` when there was no model to create one with. */
  readonly start: Start | 'failed' | 'noModel' | null
  readonly mode: PermissionMode
  /** The mode that allows everything was chosen in this session: it may be reached by the key that steps through the modes. */
  readonly wasBypassed: boolean
  readonly rules: PermissionRules
  /** How many calls the user has approved in this session that a suggested rule would have allowed, by rule. */
  readonly approvedByHand: Readonly<Record<string, number>>
  readonly trusted: boolean
  /** The rules of the directory's settings that would allow calls once it is trusted. */
  readonly grants: readonly string[]
  /** Whether one of them is new to the user. */
  readonly asksForTrust: boolean
  /** What is wrong with the settings files, one sentence each. */
  readonly settingsProblems: readonly string[]
  /** Rules that deny cannot be read, so no mode allows more than `default`. */
  readonly areDenialsLost: boolean
  /** The setting `reviewMemory`. */
  readonly reviewsMemory: boolean
  /** Why changes of memory cannot be reviewed on this server; null when they can, or need not. */
  readonly memoryReviewProblem: string | null
  /**
   * Settled entries never change; the running turn's entries are in `current`, so that a token costs the same
   * however long the conversation is.
   */
  readonly settled: readonly Entry[]
  readonly current: readonly Entry[]
  /** The last entry of the history that existed when the agent was opened; null when there was none. */
  readonly resumedAfter: string | null
  /** True when the server has older messages than `settled` contains. */
  readonly earlier: boolean
  /** Messages typed while a turn runs, in the order in which they are sent. */
  readonly queue: readonly QueuedMessage[]
  /** A turn has failed: the queue waits for the user. */
  readonly isQueuePaused: boolean
  readonly memory: readonly MemoryItem[]
  /** The value of each block when the session opened its agent, by id. */
  readonly memoryAtStart: Readonly<Record<string, string>>
  /** The lines of each block that has changed since, by its id. */
  readonly learnedLines: Readonly<Record<string, LearnedLines>>
  /** The message whose turn changes memory only after approval; null for none. */
  readonly reviewedMessage: string | null
  /** Lines of memory that repeat text from outside, with their sources. */
  readonly outsideLines: Readonly<Record<string, string>>
  /** Ids of the blocks that letta has created, or may maintain with the user's approval. All others are written by the user only. */
  readonly managedBlocks: readonly string[]
  readonly skills: {
    readonly directory: string
    readonly found: readonly Skill[]
    readonly problems: readonly SkillProblem[]
    readonly source: SkillsSource
  }
  /** Background jobs in the order of their start; those that have exited stay. */
  readonly jobs: readonly Job[]
  /** Null outside of a repository, and until it has been read. */
  readonly git: GitStatus | null
  /** What changed in files in this session. */
  readonly changes: {
    readonly summary: ChangeSummary
    /** What the page of changes lists. */
    readonly listed: ListedChanges
    /** What all sessions of the conversation have changed; null when this is its only one. */
    readonly ofConversation: ChangeSummary | null
    /** The newest comparison that was requested. */
    readonly comparison: VersionComparison | null
  }
  /** What the agent of this conversation knows about where it is, as far as this session has seen. */
  readonly surroundings: readonly SurroundingsPart[]
  readonly turn: TurnState
  /** The turn that failed last, until another one begins. */
  readonly failedTurn: FailedTurn | null
  /** Requests that are repeated later, because a server has asked for that or cannot be reached. */
  readonly retryWaits: readonly RetryWait[]
  /** Usage of the running turn, otherwise of the last one. */
  readonly usage: Usage
  /** US dollars that the open conversation has cost, in all sessions; null when unknown. */
  readonly spent: number | null
  readonly totals: Totals
  /** The turns of this session that have ended, oldest first. */
  readonly turnLog: readonly TurnRecord[]
  readonly startedAt: number
}

const NO_CHANGES: ChangeSummary = { files: [], turns: [], added: 0, removed: 0 }

export function emptySession(directory: string, startedAt: number): SessionState {
  return {
    directory,
    server: null,
    agent: null,
    conversation: NO_CONVERSATION,
    start: null,
    mode: 'default',
    wasBypassed: false,
    rules: NO_RULES,
    approvedByHand: {},
    trusted: false,
    grants: [],
    asksForTrust: false,
    settingsProblems: [],
    areDenialsLost: false,
    reviewsMemory: false,
    memoryReviewProblem: null,
    settled: [],
    current: [],
    resumedAfter: null,
    earlier: false,
    queue: [],
    isQueuePaused: false,
    memory: [],
    memoryAtStart: {},
    learnedLines: {},
    outsideLines: {},
    reviewedMessage: null,
    managedBlocks: [],
    skills: { directory: '', found: [], problems: [], source: 'untrusted' },
    jobs: [],
    git: null,
    changes: {
      summary: NO_CHANGES,
      listed: { scope: { type: 'session' }, summary: NO_CHANGES },
      ofConversation: null,
      comparison: null,
    },
    surroundings: [],
    turn: { type: 'idle' },
    failedTurn: null,
    retryWaits: [],
    usage: NO_USAGE,
    spent: 0,
    totals: { usage: NO_USAGE, turns: 0, apiMs: 0 },
    turnLog: [],
    startedAt,
  }
}
