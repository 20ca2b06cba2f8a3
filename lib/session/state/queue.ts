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
