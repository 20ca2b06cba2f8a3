import { countCodePoints } from '../../lib/util/code-points.ts'
import { plural } from '../../lib/util/quantities.ts'

/** Entries of the conversation. */

export const CONVERSATION_IS_EMPTY = 'The conversation is empty.'

export const NOTHING_TO_RETRY = 'No message has failed.'

export const NOTHING_TO_EXPAND = 'This entry has nothing to expand.'

export const NO_SUCH_ENTRY = {
  message: 'No other message of yours in this direction.',
  edit: 'No other file change in this direction.',
  error: 'No other error in this direction.',
} as const

export const NOTHING_TO_COPY = 'Nothing to copy.'

export const TOO_LONG_TO_COPY =
  'The text is too long for the terminal, and no clipboard program was found (pbcopy, wl-copy, xclip, xsel).'

/** `size`: `3 lines, 120 characters`. */
export function copied(
  name: string,
  size: string,
  method: 'terminal' | { readonly program: string },
): string {
  const how = method === 'terminal' ? 'by the terminal (OSC 52)' : `with ${method.program}`
  return `Copied ${name}: ${size}, ${how}.`
}

export const NOTHING_TO_QUOTE = 'This entry has no text to quote.'

export const NOTHING_TO_RUN_AGAIN = 'This entry is not a message and not a command.'

export const NOTHING_TO_UNDO_HERE = 'This entry has changed no file, or its change is undone.'

export const NO_MESSAGE_ABOVE = 'No message of yours is here or above.'

export const NO_FILE_OF_ENTRY = 'This entry has no file to edit.'

/** What the text is, when it is copied. */
export const COPIED_OUTPUT = 'output'

/** What can be copied of an entry. */
export const ENTRY_PARTS = {
  answer: 'answer',
  message: 'message',
  reasoning: 'reasoning',
  notice: 'notice',
  command: 'command',
  output: 'output',
  diff: 'diff',
  path: 'path',
  plan: 'plan',
  arguments: 'arguments',
  code: (language: string) => (language === '' ? 'code' : `code (${language})`),
}

/** The first line of a part, behind its name and size. */
export const CODE_PREVIEW_COLUMNS = 60

/** What the conversation can be filtered by. */
export const ENTRY_KIND_NAMES = {
  all: 'all entries',
  message: 'your messages',
  answer: 'answers',
  call: 'calls and commands',
  error: 'errors',
  edit: 'file changes',
} as const

/** What was selected with the mouse. */
export const SELECTED_TEXT = 'selection'

export function partSize(text: string): string {
  const { length } = text.trimEnd().split('\n')
  const characters = countCodePoints(text)
  return `${plural(length, 'line')}, ${plural(characters, 'character')}`
}
