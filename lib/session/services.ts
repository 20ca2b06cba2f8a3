import path from 'node:path'
import type { BackendChoice } from '../client/backend.ts'
import type { Connection } from '../client/connect.ts'
import type { Gateway } from '../client/gateway/gateway.ts'
import type { LeaseTable } from '../client/gateway/leases.ts'
import type { PermissionMode, ProjectBounds } from '../permissions/types.ts'
import type { Settings } from '../settings/settings.ts'
import type { Store } from '../store.ts'
import type { Runner } from '../tools/runner.ts'
import type { ReasoningEffort } from '../util/effort.ts'
import { stripControlCharacters, toPlainTitle } from '../util/sanitize.ts'
import type { MessageWithHint } from '../util/user-error.ts'
import type { SessionEvent } from './events.ts'
import type { Outbox } from './outbox.ts'
import type { RetryWaits } from './retry-waits.ts'
import type { SessionState } from './state/session-state.ts'

/** The options of a session, from the command line. */
export interface SessionOptions {
  /** Real path of the project. */
  readonly directory: string
  readonly home: string
  /** Of the user; in a demo, of its scratch home directory. */
  readonly lettaDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What the start could not use, to report. */
  readonly warning?: MessageWithHint | null
  readonly backend: BackendChoice
  /** `last`: the previous agent of this directory, otherwise a new one. `new`, `sharing`: as for `AgentChoice`. */
  readonly agent: { readonly id: string } | 'new' | 'sharing' | 'last'
  /** The id of the conversation to continue, whose agent is opened; by default the last one of the agent in this directory. */
  readonly conversation?: string | null
  /** A name for a new agent. */
  readonly name: string | null
  /** A handle or an alias. */
  readonly model: string | null
  /** A handle or an alias, for the rest of a turn in which the provider of the agent's model has failed. */
  readonly fallbackModel?: string | null
  /** Sets the effort of the agent when it is opened; null leaves it as it is. */
  readonly effort?: ReasoningEffort | null
  readonly mode: PermissionMode
  readonly allowed: readonly string[]
  readonly disallowed: readonly string[]
  /** Names of the local tools to attach; null for all, and to leave the tools of an existing agent unchanged. */
  readonly tools: readonly string[] | null
  /** Absolute; null for `.skills` in the project. */
  readonly skills: string | null
  /** Update the agent's `skills` block also when letta has not created it. */
  readonly updateSkillsBlock: boolean
  readonly link: 'link' | 'unlink' | null
  readonly demo: boolean
  /** Days for which the embedded server stores every version of a memory block. */
  readonly memoryHistoryDays: number
  /** The size of all backups of the embedded server's database together; 0 makes none. */
  readonly maxBackupBytes: number
  /** Percent of the context window from which on the embedded server summarizes older messages. */
  readonly compactAtPercent?: number
  /** The size of all saved outputs of commands together. */
  readonly maxOutputBytes: number
  readonly trustThisRun: boolean
  /** Denials that cannot be read take no mode away. */
  readonly ignoreBrokenSettings?: boolean
  readonly maxSteps: number | null
  /** US dollars that the session may cost, by the list prices. */
  readonly maxCost?: number | null
  /** US dollars that other sessions of the same workbench have cost; null when unknown. */
  readonly spentElsewhere?: () => number | null
  /** Another session of the same workbench was opened first. */
  readonly isFurther?: true
  /** Send the agent where it is, unless the user's settings turn that off. */
  readonly surroundings?: boolean
  /** Whether to reload the skills when their directory changes. */
  readonly watch: boolean
  /** Receives every event of the store, to record it. */
  readonly record?: ((event: { readonly type: string }) => void) | null
  /** Redacts from the recording a key that was entered after the start. */
  readonly hide?: (secret: string) => void
}

/** The services that the modules of a session share. */
export interface Services {
  readonly options: SessionOptions
  readonly store: Store<SessionState, SessionEvent>
  readonly settings: Settings
  readonly runner: Runner
  readonly outbox: Outbox
  readonly retryWaits: RetryWaits
  readonly gateway: Gateway
  readonly leases: LeaseTable
  /** Uses new keys of model providers; only the embedded server can. */
  readonly useProviders: Connection['useProviders']
  readonly bounds: ProjectBounds
  now(): number
  newId(): string
  /** `when`: a notice about now only is not part of the conversation when that is opened again. */
  notify(level: 'info' | 'warning' | 'error', text: string, hint?: string, when?: 'now'): void
}

/** The name of a new agent unless the user gives one: that of the directory in which it works. */
export function defaultAgentName(directory: string): string {
  const visible = stripControlCharacters(path.basename(directory))
  const name = toPlainTitle(visible).slice(0, MAX_NAME_LENGTH).trim()
  return name === '' ? 'letta-workbench' : name
}

const MAX_NAME_LENGTH = 80
