import type { PermissionMode, PermissionRule, PermissionRules } from '../permissions/types.ts'
import type { Skill, SkillProblem, SkillsSource } from '../skills/skill.ts'
import type { ChangeSummary } from '../tools/journal/summarize-changes.ts'
import type { ChangeSelection, QuestionAnswer } from '../tools/tool.ts'
import type { Agent, ServerFacts, Start } from './state/agent.ts'
import type { ListedChanges, VersionComparison } from './state/changes.ts'
import type { Conversation } from './state/conversation.ts'
import type { ApprovalDetails, Decider, Entry, FinishedPhase, ToolHost } from './state/entry.ts'
import type { ChangeAuthor, ChangeOrigin, MemoryBlock } from './state/memory.ts'
import type { Delivery } from './state/queue.ts'
import type { SessionState } from './state/session-state.ts'
import type { GitStatus, SurroundingsPart } from './state/surroundings.ts'
import type { TurnHolder, TurnOutcome, Usage } from './state/turn.ts'

/** One request for approval. */
export interface ApprovalRequest extends ApprovalDetails {
  readonly callId: string
  readonly label: string
  /** Changed lines of the preview that the user has rejected of the same change already. */
  readonly rejectedLines?: readonly number[]
}

/**
 * Everything that changes the session's state. `at` is milliseconds since 1970.
 * The reducer is pure, so times and ids arrive inside the event.
 */
export type SessionEvent =
  /** Another session of the workbench is shown from now on. */
  | { readonly type: 'session.shown'; readonly session: SessionState }
  | { readonly type: 'server.reached'; readonly server: ServerFacts }
  /** An agent was found or created; it is opened next. */
  | { readonly type: 'agent.reached'; readonly start: Start }
  | { readonly type: 'opening.failed'; readonly reason?: 'noModel' }
  | { readonly type: 'agent.opened'; readonly agent: Agent }
  | { readonly type: 'agent.changed'; readonly agent: Agent }
  /** Follows `agent.opened`, and opens another conversation of the same agent. Absent in recordings of version 0.2. */
  | { readonly type: 'conversation.opened'; readonly conversation: Conversation }
  /** All parts that the agent knows now about where it is. */
  | { readonly type: 'surroundings.sent'; readonly parts: readonly SurroundingsPart[] }
  /** A summary takes the place of what was sent, so it is sent again. */
  | { readonly type: 'surroundings.forgotten' }
  | { readonly type: 'conversation.titled'; readonly id: string; readonly title: string | null }
  | {
      readonly type: 'history.loaded'
      readonly entries: readonly Entry[]
      readonly earlier: boolean
    }
  /** Older messages, to be inserted before those that are shown. */
  | {
      readonly type: 'history.extended'
      readonly entries: readonly Entry[]
      readonly earlier: boolean
    }
  | { readonly type: 'history.cleared' }
  | {
      readonly type: 'memory.loaded'
      readonly blocks: readonly MemoryBlock[]
      /** Ids of those that letta maintains. Absent in recordings of version 0.2. */
      readonly managed?: readonly string[]
    }
  /** The user has approved that letta maintains this block from now on. */
  | { readonly type: 'memory.managed'; readonly blockId: string }
  | {
      readonly type: 'memory.changed'
      readonly block: MemoryBlock
      readonly by: ChangeAuthor
      readonly at: number
      readonly origin?: ChangeOrigin
    }
  /** The turn that begins with this message changes memory only after approval. */
  | { readonly type: 'memory.reviewRequested'; readonly message: string }
  /** Lines that repeat text from outside, with their sources. */
  | {
      readonly type: 'memory.outsideFound'
      readonly lines: Readonly<Record<string, string>>
    }
  /** Whether the server lets changes of memory be reviewed: the reason if it does not. */
  | { readonly type: 'memory.reviewChecked'; readonly problem: string | null }
  /** The block was deleted or detached. */
  | { readonly type: 'memory.removed'; readonly blockId: string }
  | {
      readonly type: 'skills.found'
      readonly directory: string
      readonly found: readonly Skill[]
      readonly problems: readonly SkillProblem[]
      /** Whose texts they are. Absent in recordings of version 0.2. */
      readonly source?: SkillsSource
    }
  | { readonly type: 'git.changed'; readonly status: GitStatus | null }
  /**
   * What changed in files in this session, as far as it is known now. `listed` is absent in recordings of version 0.2, which listed
   * those of the session.
   */
  | {
      readonly type: 'changes.found'
      readonly summary: ChangeSummary
      readonly listed?: ListedChanges
      /** Of all sessions of the conversation, once it was continued. */
      readonly ofConversation?: ChangeSummary
    }
  | { readonly type: 'changes.compared'; readonly comparison: VersionComparison }
  | { readonly type: 'mode.changed'; readonly mode: PermissionMode }
  | {
      readonly type: 'rules.loaded'
      readonly rules: PermissionRules
      readonly trusted: boolean
      readonly grants: readonly string[]
      readonly asksForTrust: boolean
      /** What is wrong with the settings files. Absent, as the next one, in recordings of version 0.2. */
      readonly settingsProblems?: readonly string[]
      readonly areDenialsLost?: boolean
      readonly reviewsMemory?: boolean
    }
  | {
      readonly type: 'rule.added'
      readonly list: 'allow' | 'deny' | 'ask'
      readonly rule: PermissionRule
    }
  /** A rule of this session was removed. */
  | {
      readonly type: 'rule.removed'
      readonly list: 'allow' | 'deny' | 'ask'
      readonly rule: PermissionRule
    }
  | {
      readonly type: 'message.queued'
      readonly id: string
      readonly text: string
      /** Absent for `step`. */
      readonly delivery?: Delivery
      /** Before the messages that wait already. */
      readonly isFirst?: true
      readonly attaches?: true
    }
  /** Another order or delivery of the queue. `by`: places towards the end. */
  | {
      readonly type: 'queue.changed'
      readonly id: string
      readonly by: number
      readonly delivery: Delivery
    }
  | { readonly type: 'message.unqueued'; readonly id: string }
  /** What waits for an agent is not sent until the user has chosen the model. */
  | { readonly type: 'queue.paused' }
  /** The user sends what waits since a turn has failed, or for a model. */
  | { readonly type: 'queue.resumed' }
  /** The turn was cancelled: what waited for its end goes back to the person who wrote it. */
  | { readonly type: 'queue.returned' }
  /** Messages of other sessions, from the server: those that are not shown are added before the running turn. */
  | { readonly type: 'history.followed'; readonly entries: readonly Entry[] }
  /** Another session is at work, and the turn waits for it if there is one; null when none is. */
  | { readonly type: 'turn.waiting'; readonly holder: TurnHolder | null; readonly at: number }
  /** A request is repeated at `until`, in milliseconds since 1970. `ofServer`: it is the server that repeats a model call. */
  | {
      readonly type: 'retry.waiting'
      readonly id: string
      readonly reason: string
      readonly until: number
      readonly ofServer?: true
    }
  | { readonly type: 'retry.ended'; readonly id: string }
  | { readonly type: 'turn.started'; readonly turnId: string; readonly at: number }
  | {
      readonly type: 'message.sent'
      readonly id: string
      readonly text: string
      readonly at: number
      readonly attaches?: true
    }
  | {
      readonly type: 'message.delta'
      readonly role: 'reasoning' | 'assistant'
      /** `otid`: the same for all chunks of one message. */
      readonly id: string
      readonly text: string
      readonly at: number
    }
  | {
      readonly type: 'tool.delta'
      readonly callId: string
      readonly host: ToolHost
      readonly tool: string
      readonly args: string
      readonly at: number
    }
  | {
      readonly type: 'approval.requested'
      readonly requests: readonly ApprovalRequest[]
      readonly at: number
    }
  | {
      readonly type: 'approval.decided'
      readonly callId: string
      readonly allow: boolean
      readonly by: Decider
      readonly reason: string
      /** The part that the user approved; absent for the complete call. */
      readonly selection?: ChangeSelection
      /** What the user answered to the questions of the call. */
      readonly answers?: readonly QuestionAnswer[]
    }
  | {
      readonly type: 'tool.started'
      readonly callId: string
      readonly at: number
      /** Of a command line that runs without approval: the text that the shell gets, with its programs by their paths. */
      readonly located?: string
    }
  | {
      readonly type: 'tool.output'
      readonly callId: string
      readonly text: string
      readonly at: number
    }
  | {
      readonly type: 'tool.finished'
      readonly callId: string
      /** Set for a call that was resolved without a request for approval. */
      readonly label?: string
      /** What it has done, for a call that an earlier session has run. */
      readonly ran?: Pick<FinishedPhase, 'preview' | 'isEdited'>
      readonly status: 'success' | 'error'
      readonly text: string
      readonly at: number
    }
  | {
      readonly type: 'job.started'
      readonly jobId: string
      readonly command: string
      readonly at: number
    }
  | { readonly type: 'job.output'; readonly jobId: string; readonly text: string }
  | {
      readonly type: 'job.exited'
      readonly jobId: string
      readonly code: number | null
      readonly signal: string | null
    }
  /** The user runs a command line. */
  | {
      readonly type: 'shellLine.started'
      readonly id: string
      readonly command: string
      readonly isShared: boolean
      readonly at: number
    }
  | { readonly type: 'shellLine.output'; readonly id: string; readonly text: string }
  | {
      readonly type: 'shellLine.finished'
      readonly id: string
      readonly code: number | null
      /** All of the output; its middle is cut when it is long. */
      readonly text: string
      readonly at: number
    }
  | { readonly type: 'usage.reported'; readonly usage: Usage }
  /** A question apart from the conversation was answered. */
  | { readonly type: 'aside.answered'; readonly usage: Usage }
  /** US dollars that the turns of all sessions in the conversation have cost; null when unknown. */
  | { readonly type: 'cost.counted'; readonly dollars: number | null }
  /** The tokens of a resumed conversation. */
  | {
      readonly type: 'context.counted'
      readonly tokens: number
      /** What the last response reported is no longer true: the conversation was compacted since. */
      readonly isNewer?: true
    }
  | { readonly type: 'turn.cancelling' }
  /** The newest turn of the history that was loaded: its process was killed. */
  | { readonly type: 'turn.interrupted'; readonly id: string }
  | {
      readonly type: 'turn.finished'
      readonly outcome: TurnOutcome
      readonly apiMs: number
      readonly at: number
      readonly id: string
      /** The fallback model, when that has answered. */
      readonly model?: string
    }
  | {
      readonly type: 'notice.posted'
      readonly id: string
      readonly level: 'info' | 'warning' | 'error'
      readonly text: string
      readonly hint: string | null
      /** The command that shows more about it. */
      readonly command?: 'memory.learned'
      /** True only now: not part of the conversation when that is opened again. */
      readonly isMomentary?: true
    }
