/** What the user reads about memory blocks and their files. */

export const blockNotFound = (label: string): string => `The agent has no memory block "${label}".`

export const blockReadOnly = (label: string): string => `The memory block "${label}" is read-only.`

export const blockDeleted = (label: string): string =>
  `The memory block "${label}" no longer exists on the server.`

export const blockTooLong = (label: string, length: number, limit: number): string =>
  `${label}: ${length} characters, the limit is ${limit}.`

export const SHORTEN_BLOCK_HINT = 'Shorten it, then save again.'

export const blockConflict = (label: string): string =>
  `The memory block "${label}" was modified elsewhere.`

export const BLOCK_CONFLICT_HINT = 'Not saved. Look at the current value, then edit again.'
