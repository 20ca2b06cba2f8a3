import type {
  Access,
  CallDanger,
  PermissionMode,
  PermissionRules,
  RuleSuggestion,
  Verdict,
} from '../permissions/types.ts'
import { NO_RULES } from '../permissions/types.ts'
import type { Skill, SkillProblem, SkillsSource } from '../skills/skill.ts'
import type { Checkpoint } from '../tools/journal/journal-log.ts'
import type { ChangeSummary } from '../tools/journal/summarize-changes.ts'
import type { VersionDiff } from '../tools/journal/version-diff.ts'
import type { ChangeSelection, Preview, QuestionAnswer, TextEdit } from '../tools/tool.ts'
import type { ReasoningEffort } from '../util/effort.ts'
import type { Hunk } from '../util/unified-diff.ts'

export interface Agent {
  readonly id: string
  readonly name: string
  /** Handle: `provider/model`. */
  readonly model: string
  /** Tokens; null when the server does not say. */
  readonly contextWindow: number | null
  /** How long it reasons; null when that is left to the provider, or when the server does not say. */
  readonly effort: ReasoningEffort | null
  /** Names of the local tools attached to it. */
  readonly tools: readonly string[]
}

/** A message history of an agent: its default one, or that of one of its conversations. */
export interface Thread {
  readonly agentId: string
  /** `DEFAULT_CONVERSATION`, or the id of a conversation. */
  readonly conversationId: string
}

/** The name of the history that an agent has without any conversation. */
export const DEFAULT_CONVERSATION = 'default'

export function defaultThread(agentId: string): Thread {
  return { agentId, conversationId: DEFAULT_CONVERSATION }
}

/** One name for a history in files and leases: the agent's id for its default history, as before there were others. */
export function threadKey({ agentId, conversationId }: Thread): string {
  return conversationId === DEFAULT_CONVERSATION ? agentId : conversationId
}

/** The history that is open; that of an agent without a name before one is open. */
export function openThread({
  agent,
  conversation,
}: Pick<SessionState, 'agent' | 'conversation'>): Thread {
  return { agentId: agent?.id ?? '', conversationId: conversation.id }
}

/** The conversation that is open. */
export interface Conversation {
  /** `DEFAULT_CONVERSATION` for the history that an agent has without any. */
  readonly id: string
  readonly title: string | null
}

const NO_CONVERSATION: Conversation = { id: DEFAULT_CONVERSATION, title: null }

/** An agent to choose from. `usedAt`: when it last ran or was changed, in milliseconds since 1970. */
export interface AgentListing extends Agent {
  readonly usedAt: number | null
}

export interface MemoryBlock {
  readonly id: string
  readonly label: string
  readonly value: string
  /** Characters. */
  readonly limit: number
  readonly description: string | null
  readonly readOnly: boolean
}

/** Who changed a block. `elsewhere`: a program that does not say for whom it acts. `letta`: created with the agent. */
export type ChangeAuthor =
  | 'agent'
  | 'user'
  | 'skills'
  | 'import'
  | 'restore'
  | 'letta'
  | 'elsewhere'
  | 'unknown'

/** How a block was changed, as far as it is known. */
export interface ChangeOrigin {
  readonly agentId?: string
  /** The agent's call, and its tool. */
  readonly callId?: string
  readonly tool?: string
  /** It was the user in another place, or another agent that shares the block. */
  readonly isOther?: true
  /** It was another session of the user on this machine: an earlier one, or one in another terminal. */
  readonly isOtherSession?: true
  /** The name of the program, when it is not letta. */
  readonly client?: string
}

/** The newest change of a block: what it was before, and by whom it was changed. */
export interface MemoryChange {
  readonly before: string
  readonly by: ChangeAuthor
  readonly at: number
  readonly origin?: ChangeOrigin
}

/** A value that a block had, with its properties at that time. Numbered from 0. */
export interface BlockVersion {
  readonly blockId: string
  readonly version: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly by: ChangeAuthor
  readonly origin: ChangeOrigin
  readonly label: string
  readonly value: string
  readonly limit: number
  readonly description: string | null
  readonly isDeletion: boolean
  /** The change was made at some time after this one, while no session of letta was watching. */
  readonly since?: number
}

/** Which settings have the id of a block: those of the user or of the project; `agent`: none, only this agent has the block. */
export type BlockPlace = 'user' | 'project' | 'agent'

/** A message of any conversation that contains what was searched for. */
export interface FoundMessage {
  readonly agentId: string
  readonly conversationId: string
  /** `user` or `assistant`. */
  readonly role: string
  readonly text: string
}

/** A text of archival memory. `at`: milliseconds since 1970; 0 when unknown. */
export interface Passage {
  readonly id: string
  readonly text: string
  readonly tags: readonly string[]
  readonly at: number
}

/** A part of a three-way merge. Each text is a list of lines. */
export type MergePart =
  | { readonly type: 'merged'; readonly lines: readonly string[] }
  | {
      readonly type: 'conflict'
      readonly base: readonly string[]
      readonly mine: readonly string[]
      readonly theirs: readonly string[]
    }

/** What a person has typed into a block and not saved. */
export interface BlockDraftText {
  /** The value of the block when the edit began. */
  readonly before: string
  readonly text: string
}

export interface MemoryItem {
  readonly block: MemoryBlock
  readonly change: MemoryChange | null
}

/**
 * Where a call is decided: `local` by this program, which runs it, or lets the server run it (memory tools); `server` by the Letta
 * server itself.
 */
export type ToolHost = 'local' | 'server'

export type Decider = 'person' | 'rule' | 'policy'

export type ToolPhase =
  /** Its arguments are still arriving. */
  | { readonly type: 'arriving' }
  /** Awaits approval by the user. */
  | {
      readonly type: 'waiting'
      readonly preview: Preview
      readonly verdict: Verdict
      readonly access?: Access
      readonly suggestion: RuleSuggestion | null
      /** Why approval requires a confirmation; absent when it does not. */
      readonly dangers?: readonly CallDanger[]
      /** The text of the user that is shown and awaits approval, in place of the proposed one. */
      readonly edited?: TextEdit
    }
  | {
      readonly type: 'allowed'
      /** Of the part that was approved. */
      readonly preview: Preview
      readonly by: Decider
      readonly reason: string
      readonly selection?: ChangeSelection
      readonly edited?: TextEdit
      readonly answers?: readonly QuestionAnswer[]
    }
  | {
      readonly type: 'running'
      readonly preview: Preview | null
      readonly since: number
      readonly output: string
      /** The user edited the call before approving it. */
      readonly isEdited?: true
    }
  | {
      readonly type: 'finished'
      readonly preview: Preview | null
      readonly status: 'success' | 'error'
      readonly text: string
      readonly tookMs: number | null
      readonly isEdited?: true
    }
  | {
      readonly type: 'denied'
      readonly preview: Preview | null
      readonly by: Decider
      readonly reason: string
    }
  /** The turn ended before it ran or answered. */
  | { readonly type: 'dropped' }

export interface ToolCall {
  readonly callId: string
  /** Name as the agent called it. */
  readonly tool: string
  /** Raw JSON text: incomplete while it arrives, and possibly invalid. */
  readonly args: string
  /** One line for the user, created by the tool; empty until the arguments are complete. */
  readonly label: string
  readonly host: ToolHost
  readonly phase: ToolPhase
}

/** One entry of the conversation. `id` is unique within the session and stable while the entry grows. */
export type Entry =
  | {
      readonly type: 'user'
      readonly id: string
      readonly text: string
      readonly at: number
      readonly outcome: 'kept' | 'cancelled' | 'failed'
      readonly attaches?: true
    }
  | { readonly type: 'reasoning'; readonly id: string; readonly text: string }
  | { readonly type: 'assistant'; readonly id: string; readonly text: string }
  | { readonly type: 'tool'; readonly id: string; readonly call: ToolCall }
  /** A command line that the user ran; `text` is its output. `isShared`: the agent reads both with the next message. */
  | {
      readonly type: 'shellLine'
      readonly id: string
      readonly command: string
      readonly isShared: boolean
      readonly text: string
      readonly status:
        | { readonly type: 'running'; readonly since: number }
        /** `code` is null when a signal ended it. */
        | { readonly type: 'finished'; readonly code: number | null; readonly tookMs: number }
    }
  | {
      readonly type: 'notice'
      readonly id: string
      readonly level: 'info' | 'warning' | 'error'
      readonly text: string
      readonly hint: string | null
      /** The command that shows more about it. */
      readonly command?: 'memory.learned'
    }

export interface Usage {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly totalTokens: number
  readonly cachedTokens: number
  readonly reasoningTokens: number
  /** Of the prompt, written to the provider's cache. */
  readonly cacheWriteTokens?: number
  /** By the list prices, in US dollars; null when a price is unknown. Absent in recordings of version 0.2. */
  readonly dollars?: number | null
  /** Model calls. */
  readonly steps: number
  /** Tokens in the context window after the newest step; null when not reported. */
  readonly contextTokens: number | null
}

export const NO_USAGE: Usage = {
  promptTokens: 0,
  completionTokens: 0,
  totalTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  dollars: 0,
  steps: 0,
  contextTokens: null,
}

export type TurnState =
  | { readonly type: 'idle' }
  | {
      readonly type: 'running'
      readonly turnId: string
      readonly since: number
      readonly lastEventAt: number
      readonly cancelling: boolean
      /** The session that is at work on the agent, and for which this turn waits; null once the turn has begun. */
      readonly waitsFor: TurnHolder | null
    }

/** Another session that is at work on the agent. */
export interface TurnHolder {
  readonly activity: 'model' | 'tool' | 'approval'
  /** Null when it runs elsewhere. */
  readonly processId: number | null
}

export type TurnOutcome =
  | { readonly type: 'done' }
  /** `text` reports what the server stored of the turn. */
  | { readonly type: 'cancelled'; readonly text: string }
  | {
      readonly type: 'failed'
      readonly message: string
      readonly hint: string | null
      /** The stop reason as the server reported it (`max_steps`, `llm_api_error`), otherwise `error`. */
      readonly stop: string
      /** The server could not be reached: what follows would fail as well. */
      readonly isOffline?: true
    }

export interface Totals {
  readonly usage: Usage
  readonly turns: number
  /** Milliseconds spent waiting for the server. */
  readonly apiMs: number
}

/** A turn that ended with an error. `retryAt`: when the server expects another try, in milliseconds since 1970; null if unknown. */
export interface FailedTurn {
  readonly message: string
  readonly attaches: boolean
  readonly retryAt: number | null
}

/** The cost of one turn of this session. */
export interface TurnRecord {
  readonly usage: Usage
  readonly apiMs: number
  readonly tookMs: number
  /** The last part of the answer; null when the agent has written none. */
  readonly answerId: string | null
  /** Handle of the model at the end of the turn. */
  readonly model: string | null
}

/** How the agent was opened: what was created at this start, and what existed before. */
export interface Start {
  readonly agent: 'created' | 'opened'
  readonly memory: readonly {
    readonly label: string
    /** `recreated`: its id was stored, but the block no longer existed on the server. */
    readonly origin: 'reused' | 'created' | 'recreated'
  }[]
}

/** The name of the part of `surroundings` that is no file. */
export const PLACE = 'place'

/** A part of what the agent knows about where it is: the name of a file, or `place`. */
export interface SurroundingsPart {
  readonly name: string
  readonly characters: number
}

/** The repository that contains the directory. */
export interface GitStatus {
  /** A detached head is the start of its commit. */
  readonly branch: string
  /** Files that differ from the last commit; null when git cannot be asked. */
  readonly changed: number | null
}

/** A command that runs in the background, or has exited. */
export interface Job {
  readonly id: string
  readonly command: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** The end of its output, at most `MAX_JOB_OUTPUT_CHARACTERS`. */
  readonly output: string
  readonly status: JobStatus
}

export type JobStatus =
  | { readonly type: 'running' }
  /** `code` is null when a signal ended it. */
  | { readonly type: 'exited'; readonly code: number | null; readonly signal: string | null }

/** Where the agent lives. */
export type ServerType = 'embedded' | 'cloud' | 'selfHosted'

export interface ServerFacts {
  readonly type: ServerType
  /** Null when the server is in this process. */
  readonly url: string | null
}

/** When a message arrives that is sent during a turn: with the next results of tools, or when the turn has ended. */
export type Delivery = 'step' | 'end'

export interface QueuedMessage {
  readonly id: string
  readonly text: string
  readonly delivery: Delivery
  /** The person has typed it: the files that it attaches are sent with it. */
  readonly attaches?: true
}

/** A file, a directory or an image that goes with a message. */
export interface Attachment {
  /** As the message names it: `src/app.ts:10-20`. */
  readonly name: string
  readonly type: 'file' | 'directory' | 'image'
  /** Its size. */
  readonly detail: string
  /** Why it cannot be sent; null when it can. */
  readonly problem: string | null
}

export interface SessionState {
  readonly directory: string
  readonly server: ServerFacts | null
  readonly agent: Agent | null
  /** One of the open agent's. */
  readonly conversation: Conversation
  /** Null until an agent is reached; `failed` when none could be. */
  readonly start: Start | 'failed' | null
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
    /** The newest comparison that was requested. */
    readonly comparison: VersionComparison | null
  }
  /** What the agent of this conversation knows about where it is, as far as this session has seen. */
  readonly surroundings: readonly SurroundingsPart[]
  readonly turn: TurnState
  /** The turn that failed last, until another one begins. */
  readonly failedTurn: FailedTurn | null
  /** Usage of the running turn, otherwise of the last one. */
  readonly usage: Usage
  readonly totals: Totals
  /** The turns of this session that have ended, oldest first. */
  readonly turnLog: readonly TurnRecord[]
  readonly startedAt: number
}

/** Two versions of a file, compared. */
export interface VersionComparison {
  readonly path: string
  readonly before: string
  readonly after: string
  /** Unchanged lines above and below each hunk; absent in recordings of version 0.2. */
  readonly context?: number
  readonly type: VersionDiff['type']
  /** Without hunks unless it is a text. */
  readonly preview: Extract<Preview, { type: 'diff' }>
}

/** What an undo would change. */
export interface UndoPlan {
  readonly files: readonly PlannedRevert[]
  /** The versions of the files that were shown, by path: the undo is refused when one of them differs by then. */
  readonly expected: Readonly<Record<string, string>>
}

export interface PlannedRevert {
  /** Relative to the project if it is inside. */
  readonly label: string
  readonly hunks: readonly Hunk[]
  readonly added: number
  readonly removed: number
  readonly isBinary: boolean
  readonly isDeleted: boolean
  /** The file was changed since: only the lines of the reverted changes change. */
  readonly isMerged: boolean
  /** The reason why the file cannot be reverted; null if it can. */
  readonly reason: string | null
}

/** What a rewind would change, and what it cannot. */
export interface RewindPlan {
  readonly point: Pick<Checkpoint, 'id' | 'type' | 'text' | 'at'>
  readonly files: UndoPlan
  readonly memory: readonly {
    readonly label: string
    readonly before: string
    readonly after: string
  }[]
  /** Why the conversation cannot be rewound; null if it can. */
  readonly conversation: string | null
  /** Command lines that have run since: what they did besides changing files of the project stays. */
  readonly commands: readonly string[]
}

export type RewindPart = 'conversation' | 'files' | 'memory'

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
    managedBlocks: [],
    skills: { directory: '', found: [], problems: [], source: 'untrusted' },
    jobs: [],
    git: null,
    changes: { summary: NO_CHANGES, comparison: null },
    surroundings: [],
    turn: { type: 'idle' },
    failedTurn: null,
    usage: NO_USAGE,
    totals: { usage: NO_USAGE, turns: 0, apiMs: 0 },
    turnLog: [],
    startedAt,
  }
}

/** What the session is doing, for the status line. */
export type Phase =
  | 'opening'
  | 'unopened'
  | 'idle'
  | 'thinking'
  | 'answering'
  | 'tool'
  | 'approval'
  | 'cancelling'
  /** Another session runs the agent, or its user is asked. */
  | 'runningElsewhere'
  | 'approvalElsewhere'

export function phaseOf(state: SessionState): Phase {
  if (state.turn.type === 'idle') {
    if (state.agent !== null) return 'idle'
    return state.start === 'failed' ? 'unopened' : 'opening'
  }
  const { cancelling, waitsFor } = state.turn
  if (cancelling) return 'cancelling'
  if (waitsFor !== null) {
    return waitsFor.activity === 'approval' ? 'approvalElsewhere' : 'runningElsewhere'
  }
  if (pendingApprovals(state).length > 0) return 'approval'
  const last = state.current.at(-1)
  if (last?.type === 'assistant') return 'answering'
  if (last?.type === 'tool' && last.call.phase.type !== 'finished') return 'tool'
  return 'thinking'
}

/** Whether a call is shown without the result that the server has meanwhile. */
export function isUnanswered(shown: Entry, stored: Entry): boolean {
  if (shown.type !== 'tool' || stored.type !== 'tool') return false
  return shown.call.phase.type === 'dropped' && stored.call.phase.type !== 'dropped'
}

/** The calls that await approval, oldest first. */
export function pendingApprovals(state: SessionState): readonly ToolCall[] {
  const waiting: ToolCall[] = []
  for (const entry of state.current) {
    if (entry.type === 'tool' && entry.call.phase.type === 'waiting') waiting.push(entry.call)
  }
  return waiting
}

/** What a rule would have allowed of the calls that the conversation contains. */
export interface RuleEffect {
  /** Calls of local tools. */
  readonly calls: number
  /** Those that needed approval, and would not have with the rule. */
  readonly allowed: number
  /** The labels of those among them that are dangerous, without repetitions. */
  readonly dangerous: readonly string[]
}

/** A call that awaits approval, and what is known about it; undefined when it no longer does. */
export function pendingCall(state: SessionState, callId: string) {
  const call = pendingApprovals(state).find((one) => one.callId === callId)
  return call?.phase.type === 'waiting' ? { call, phase: call.phase } : undefined
}

type Decision =
  | {
      readonly allow: true
      readonly by: Decider
      readonly reason: string
      readonly selection?: ChangeSelection
      readonly edited?: TextEdit
      readonly answers?: readonly QuestionAnswer[]
    }
  | { readonly allow: false; readonly by: Decider; readonly reason: string }

/** The decision on a call, null until it is made. A turn waits for it. */
export function decisionOn(callId: string): (state: SessionState) => Decision | undefined {
  return (state) => {
    for (const entry of state.current) {
      if (entry.type !== 'tool' || entry.call.callId !== callId) continue
      const { phase } = entry.call
      if (phase.type === 'allowed') {
        const { by, reason, selection, edited, answers } = phase
        return {
          allow: true,
          by,
          reason,
          ...(selection === undefined ? {} : { selection }),
          ...(edited === undefined ? {} : { edited }),
          ...(answers === undefined ? {} : { answers }),
        }
      }
      if (phase.type === 'denied') return { allow: false, by: phase.by, reason: phase.reason }
    }
    return undefined
  }
}

/** A block that differs from what it was when the session opened its agent. */
interface LearnedBlock {
  readonly item: MemoryItem
  readonly label: string
  readonly before: string
  readonly after: string
}

/** What changed in memory in this session, without the list of skills that letta maintains. Deleted blocks are left out. */
export function learnedBlocks({ memory, memoryAtStart }: SessionState): readonly LearnedBlock[] {
  return memory.flatMap((item) => {
    const { block, change } = item
    const before = memoryAtStart[block.id] ?? ''
    if (before === block.value || change?.by === 'skills') return []
    return [{ item, label: block.label, before, after: block.value }]
  })
}
