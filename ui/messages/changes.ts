/** The page of changes, and commits. */

/** What was copied. */
export const PATCH = 'patch'

export const NO_FILE_CHANGES = 'No file was changed in this session.'

export const splitNeeds = (columns: number): string =>
  `Side by side needs ${columns} columns; the change is shown in one column until then.`

export const NO_HUNK = 'No hunk is shown.'
export const NO_REPOSITORY = 'This directory is not in a git repository.'
export const NOTHING_STAGED = 'Nothing is staged.'
export const COMMIT_NEEDS_MESSAGE = 'A commit needs a message.'

export const hunkStaged = (isAdded: boolean, hunk: number, label: string): string =>
  `${isAdded ? 'Staged' : 'Unstaged'} hunk ${hunk} of ${label}`

export const filesStaged = (isAdded: boolean, labels: readonly string[]): string =>
  `${isAdded ? 'Staged' : 'Unstaged'} ${labels.join(', ')}`

export const CHANGE_WITHOUT_TURN = 'This change belongs to no turn of this session.'
export const TURN_NOT_SHOWN = 'The message is not in the part of the conversation that is loaded.'

export const COMMIT_PROMPT = {
  title: 'Commit what is staged',
  explanation: 'The message of the commit. git runs as your own command line, hooks included.',
} as const

export const CHANGES_SINCE_TITLE = 'Show changes since'
export const CHANGES_OF = { session: 'This session', conversation: 'This conversation' } as const
