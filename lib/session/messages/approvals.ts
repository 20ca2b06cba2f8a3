import { spellOut } from '../../util/invisible-characters.ts'

/** Calls that await approval, and what was decided. */

export const PREVIEW_FAILED =
  'No preview: what this call would do cannot be shown. It is checked as always when it runs.'

export const ANSWERED = 'Answered.'
export const APPROVED_ONCE = 'Approved once.'
export const APPROVED_TOGETHER = 'Approved together with others.'
export const APPROVED_PARTLY = 'Approved in part.'

/** The reason for asking about a text that the rules would allow. */
export const EDITED_BY_USER = 'Edited by you; nothing else requires approval.'

export const MODIFIED_SINCE_SHOWN =
  'The file was modified after the change was shown; nothing was written. This is the change of the file as it is now.'

/** `isComplete`: all that the user had rejected is rejected in the new change, too. */
export function modifiedInReview(isComplete: boolean): string {
  const rest = isComplete
    ? 'What you rejected is still rejected.'
    : 'A part that you rejected was not found in it, and is selected again.'
  return `${MODIFIED_SINCE_SHOWN} ${rest}`
}

export const CALL_NOT_PENDING = 'The call no longer awaits approval.'
export const EMPTY_COMMAND = 'An empty command does nothing; deny the call instead.'
export const CALL_NOT_EDITABLE = 'This call can only be approved or denied as it is.'

/** `reason`: why the text of the user is denied. */
export function editDenied(reason: string): string {
  return `What you wrote is not allowed. ${reason}`
}

/** `reason`: why it is not valid, without a full stop. */
export function invalidRule(rule: string, reason: string): string {
  return `Invalid rule "${spellOut(rule)}": ${reason}`
}

export function approvedByRule(rule: string): string {
  return `Rule ${spellOut(rule)}`
}

/** Verbatim: the message of Letta Code before the reason of a denial, which the agent reads. */
export function permissionDenied(reason: string): string {
  return `Permission denied: ${reason}`
}
