import { spellOut } from '../../util/invisible-characters.ts'

/** Changes of memory that the user reviews. */

/** `kind`: a noun, such as `a private key`. */
export const memorySecret = (kind: string): string =>
  `The text contains ${kind}, which does not belong in memory. Store where it is found instead.`

/** Why a change asks in the turn of the command `memory.defragment`. */
export const REVIEW_REQUESTED = 'You review each change of memory in this turn.'

export const repeatsOutsideText = (source: string): string =>
  `Repeats text that neither you nor the agent wrote, from ${spellOut(source)}.`

export const memoryApprovalRequired = (tools: readonly string[]): string =>
  `The agent's memory tools now require approval: ${spellOut(tools.join(', '))}.`

export const MEMORY_APPROVAL_HINT =
  'This server asks for it in every client of the agent, because a rule or the setting reviewMemory is about memory.'

export const memoryNotReviewed = (reason: string): string =>
  `Changes of memory are not reviewed: the server does not ask for approval (${reason.replace(/\.$/, '')}).`

export const MEMORY_RAN_UNREVIEWED =
  'Changes of memory are not reviewed: the server has made one without asking.'

export const memoryChangeRejected = 'The user rejected this change of memory.'

export const MEMORY_PART_CONFLICT =
  'The block was changed by somebody else while the user reviewed this change. Nothing was saved: look at the current value, then try again.'

export const memoryMerged = (label: string, value: string): string =>
  `The user approved the change of the memory block ${label}. Somebody else has changed other lines since, which stay. The block contains now:\n\n${value}`

export const memoryEdited = (
  label: string,
  { rejected, comment }: { readonly rejected: string; readonly comment: string | null },
): string => {
  const reason = comment === null ? '' : `\nThe user's reason: ${comment}`
  return `The user edited the change of the memory block ${label} before it was saved. This is what your text would have changed, and what is not in memory: do not store it again unless the user asks for it.${reason}\n\n${rejected}`
}

export const memoryPartlySaved = (
  label: string,
  { rejected, comment }: { readonly rejected: string; readonly comment: string | null },
): string => {
  const reason = comment === null ? '' : `\nThe user's reason: ${comment}`
  return `The user reviewed the change of the memory block ${label} and saved only a part of it. The part below was rejected and is not in memory: do not store it again unless the user asks for it.${reason}\n\n${rejected}`
}
