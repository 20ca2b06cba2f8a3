import type { Delivery } from '../../lib/session/state/queue.ts'
import { plural } from '../../lib/util/quantities.ts'
import { keyReference } from '../../lib/util/references.ts'

/** The message that is being written, and the messages that wait to be sent. */

export const SHELL_LINE_REQUIRED = 'Write a command line after "!", for example: !git status'

export const QUEUE_NOT_PAUSED = 'No queued message waits for you.'
export const NO_QUEUED_MESSAGES = 'No queued messages.'

/** `reason`: what the system says, such as that the disk is full. */
export const draftsNotStored = (reason: string): string =>
  `What you type is not on the disk, so it would be lost if letta ended now: ${reason}`

export const DRAFT_RESTORED = 'Restored a message that was not sent.'

/** What a letta that was killed has left in the message: queued messages, and a text that was being written. */
export function messagesLeft(queued: number, hasDraft: boolean): string {
  const messages = plural(queued, 'queued message')
  const parts = [...(queued > 0 ? [messages] : []), ...(hasDraft ? ['an unsent message'] : [])]
  return `The last session here left ${parts.join(' and ')}: ${keyReference('composer.send')} sends the text, nothing is sent automatically.`
}

/** After a restart; the calls may be asked about again. */
export function editsLeft(count: number): string {
  return `The last session here left ${plural(count, 'edited call')}: ${keyReference('approval.edit')} continues with your text, nothing is approved automatically.`
}

export const NOTHING_SENT = 'No message has been sent yet.'

export const NO_FILE_NAMED = 'The message names no file; @ suggests files.'

export const NO_PASTE = 'The message contains no long pasted text.'

export const QUEUE_ACTIONS = {
  edit: 'Edit',
  remove: 'Remove (it stays in the history)',
  up: 'Send earlier',
  down: 'Send later',
  atStep: 'Deliver at next step',
  atEnd: 'Deliver when turn has ended',
} as const

export function deliveryName(delivery: Delivery): string {
  return delivery === 'step' ? 'at next step' : 'when turn has ended'
}

export const PASTE_LABEL_START = '[pasted '

/** In place of a long text that was pasted. `number`: from the second of the same size on. */
export const newPasteLabel = (paste: {
  readonly lines: number
  readonly characters: number
  readonly number: number
}): string => {
  const { lines, characters, number } = paste
  const size = lines > 1 ? plural(lines, 'line') : plural(characters, 'character')
  return `${PASTE_LABEL_START}${size}${number === 1 ? '' : `, ${number}`}]`
}
