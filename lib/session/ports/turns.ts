import type { Delivery } from '../state/queue.ts'

/** The messages to the agent, and the turns that answer them. */
export interface TurnsPort {
  /**
   * Starts a turn, or queues the message while one runs or no agent is open yet. `delivery`: `step` when left out. `attaches`:
   * the person has typed it, so the files that it attaches are read and sent with it; no other text makes letta send a file.
   */
  send(text: string, delivery?: Delivery, attaches?: boolean): void
  /** Sends what waits in the queue since a turn has failed. */
  resume(): void
  /** Sends the message of the turn that failed again, before what waits in the queue. */
  retry(): void
  /** Repeats at once what waits because a server has asked for that. */
  retryNow(): void
  /** Gives up the requests that wait, without those of a turn. Returns whether there were any. */
  giveUpWaits(): boolean
  /** Removes a queued message. */
  unqueue(id: string): void
  /** Moves a queued message by places towards the end, and changes its delivery. */
  requeue(id: string, change: { readonly by: number; readonly delivery: Delivery }): void
  /** Ends the running turn, here at once and on the server. What is queued goes back to the person who wrote it. */
  cancel(): void
  /** Ends the wait for another session: its turn is taken over. Throws a `UserError` when this one does not wait. */
  takeOver(): void
}
