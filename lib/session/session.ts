import type { Mode } from '../permissions/request.ts'
import type { Store } from '../store.ts'
import type { SessionEvent } from './events.ts'
import type { Agent, MemoryBlock, SessionState } from './state.ts'

export interface ModelChoice {
  readonly handle: string
  readonly title: string
  /** Tokens; null when the server does not say. */
  readonly contextWindow: number | null
}

/**
 * One agent at work in one folder, for the workbench and for headless alike. All that happens is told by events on `store`;
 * the promises only say when a request is through, and reject with a `Problem`.
 */
export interface Session {
  readonly store: Store<SessionState, SessionEvent>
  /** Starts a turn, or queues the message while one runs. */
  send(text: string): void
  /** Takes a queued message back. */
  unqueue(id: string): void
  /** Ends the running turn, here at once and on the server. */
  cancel(): void
  allow(callId: string): void
  /** Saves the rule, then decides this call and every waiting call that the rule covers. */
  allowAlways(
    callId: string,
    rule: string,
    scope: 'session' | 'local' | 'project' | 'user',
  ): Promise<void>
  deny(callId: string, reason: string): void
  setMode(mode: Mode): void
  /** Saves the user's edit of a memory block; refuses when the block is no longer what it was (`before`). */
  editMemory(label: string, value: string, before: string): Promise<MemoryBlock>
  refreshSkills(): Promise<void>
  rename(name: string): Promise<void>
  listModels(): Promise<readonly ModelChoice[]>
  setModel(handle: string): Promise<void>
  listAgents(): Promise<readonly Agent[]>
  /** Rests the present agent and opens another (or a new one) in this folder. */
  openAgent(choice: { readonly id: string } | 'new'): Promise<void>
  /** Forgets the conversation on the server and here; memory stays. */
  clear(): Promise<void>
  linkTools(): Promise<void>
  unlinkTools(): Promise<void>
  /** A line of ours in the conversation. */
  notify(level: 'info' | 'warning' | 'error', text: string, hint?: string): void
  /** Cancels what runs, denies what waits, stops processes, closes files. */
  close(): Promise<void>
}
