import { spellOut } from '../../util/invisible-characters.ts'
import { plural } from '../../util/quantities.ts'
import type { MessageWithHint } from '../../util/user-error.ts'

/** Files and images that go with a message. */

export const ATTACHMENT_EMPTY = 'empty file'
export const ATTACHMENT_NOT_FOUND = 'not found'
export const ATTACHMENT_NOT_TEXT = 'not a text file, and not a PNG, JPEG, GIF or WebP image'

export function attachmentTooLarge(size: string, limit: string): string {
  return `${size}; the limit is ${limit}`
}

/** How many entries of a directory are listed. */
export function entryCount(listed: number, total: number): string {
  if (listed < total) return `${listed} of ${total} entries`
  return plural(total, 'entry', 'entries')
}

export function linesMissing(count: number): string {
  return `the file has ${plural(count, 'line')}`
}

export function attachmentFailed(name: string, problem: string): MessageWithHint {
  return {
    message: `Cannot attach ${spellOut(name)}: ${problem.replace(/\.$/, '')}.`,
    hint: 'The message was not sent.',
  }
}

/** The source of text from outside. */
export const ATTACHED_FILE = 'a file that you attached'
