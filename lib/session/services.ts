import type { BackendChoice } from '../client/backend.ts'
import type { Connection } from '../client/connect.ts'
import type { Gateway } from '../client/gateway/gateway.ts'
import type { PermissionMode, ProjectBounds } from '../permissions/types.ts'
import type { Settings } from '../settings/settings.ts'
import type { Store } from '../store.ts'
import type { Runner } from '../tools/runner.ts'
import type { SessionEvent } from './events.ts'
import type { SessionState } from './state.ts'

/** What the command line asks of a session. */
export interface SessionOptions {
  /** Real path of the project. */
  readonly directory: string
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly backend: BackendChoice
  /** `last`: the one this folder had, else a new one. */
  readonly agent: { readonly id: string } | 'new' | 'last'
  /** A name for a new agent. */
  readonly name: string | null
  /** A handle or an alias. */
  readonly model: string | null
  readonly mode: PermissionMode
  readonly allowed: readonly string[]
  readonly disallowed: readonly string[]
  /** Names of the local tools to attach; null for all, and to leave an agent's own choice alone. */
  readonly tools: readonly string[] | null
  /** Absolute; null for `.skills` in the project. */
  readonly skills: string | null
  readonly link: 'link' | 'unlink' | null
  readonly demo: boolean
  readonly trustThisRun: boolean
  readonly maxSteps: number | null
  /** Follow changes of the skills directory. */
  readonly watch: boolean
  /** Hears every event of the store, to record it. */
  readonly record?: ((event: { readonly type: string }) => void) | null
  /** Keeps a key that was given after the start out of what is recorded. */
  readonly hide?: (secret: string) => void
}

/** What the parts of a session share. */
export interface Services {
  readonly options: SessionOptions
  readonly store: Store<SessionState, SessionEvent>
  readonly settings: Settings
  readonly runner: Runner
  readonly gateway: Gateway
  /** Takes new keys of model vendors; only the embedded server can. */
  readonly useVendors: Connection['useVendors']
  readonly bounds: ProjectBounds
  now(): number
  newId(): string
  notify(level: 'info' | 'warning' | 'error', text: string, hint?: string): void
}

/** Names an agent of ours gets unless the user gives one. */
export const AGENT_NAME = 'letta-workbench'
