import { plural } from '../../lib/util/quantities.ts'
import { keyReference } from '../../lib/util/references.ts'

/** Approvals, and questions of the agent. */

/** The words that a person wrote to questions which are no longer asked. */
export const ANSWER_IN_MESSAGE = 'The questions are no longer asked; your answer is in the message.'

export const ANSWER_TO_YANK = `The questions are no longer asked; ${keyReference('text.yank')} inserts your answer in the message.`

export const NO_OTHER_APPROVALS = 'No other call awaits approval.'
export const NO_OTHER_PARTS = 'No other part to go to.'
export const NOT_DIVISIBLE = 'What awaits approval cannot be divided.'
export const DECIDED_DIFFERENTLY =
  'Some of its lines are selected and others are not, so it stays divided.'

export const PRESS_AGAIN_TO_STOP =
  'Press again to stop the turn; every call that awaits approval is denied.'

export const NO_PENDING_APPROVALS = 'No call awaits approval.'

export const NOTHING_SELECTED =
  'No part of the change is selected. Deny the call to reject all of it.'

export const NOTHING_EDITED = 'The text was not changed.'

export const TOO_LONG_TO_EDIT = `The text is too long to edit here; use ${keyReference('approval.editOutside')}.`

/** Verbatim: the reason that the agent reads when a call is denied without one. */
export const DENIED_BY_USER = 'The user said no.'

export const NO_QUESTIONS = 'The agent asks no questions.'
export const QUESTION_UNANSWERED = 'Select an option, or write an answer.'
export const ANSWER_QUESTIONS = 'Answer the questions, or decline.'

export const CONTEXT_NOT_CHANGED = 'No more or fewer unchanged lines to show.'
export const FILE_CHANGED_SINCE_SHOWN = 'The file has changed since it was shown.'

export const contextLinesShown = (lines: number): string =>
  `Unchanged lines above and below each hunk: ${lines}`

export const DENY_WITH_REASON = {
  title: 'Deny with reason',
  explanation: 'The reason is sent to the agent.',
} as const

export const DENY_ALL = (count: number) => ({
  title: `Deny ${plural(count, 'call')}`,
  explanation: 'The turn continues. The reason is sent to the agent for each of them.',
})

export const DECLINE_QUESTIONS = {
  title: 'Decline to answer',
  explanation: 'The reason is sent to the agent.',
} as const

export const APPROVE_WITH_COMMENT = {
  title: 'Apply the selected parts',
  explanation: 'What you write about the rejected parts is sent to the agent.',
} as const

/** Questions about several pending calls. */
export const APPROVE_FILE = (file: string) => ({
  title: `Changes of ${file}`,
  question: 'Approve these changes, and further ones of this file in this turn?',
})

export const APPROVE_READS = {
  title: 'Calls that only read',
  question: 'Approve these calls?',
} as const

/** `left`: how many pending calls are not included. */
export const APPROVE_ALL = (count: number, left: number) => ({
  title: `Approve ${plural(count, 'call')}${left === 0 ? '' : ' (dangerous ones and those in review are not included)'}`,
  question: 'Approve these calls?',
})

/** `left`: how many calls were left out. */
export function nothingInBatch(left: number): string {
  return left === 0
    ? 'No pending call of this kind.'
    : 'These calls are dangerous or in review; answer each of them.'
}

export const PRESSED_TOO_EARLY = 'Press the key again: it came before the question could be read.'

export const READ_TO_END =
  'Scroll to the end first: what is not displayed yet is also part of the question.'
