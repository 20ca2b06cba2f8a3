import { plural } from '../../util/quantities.ts'
import { ENCODING_NAMES } from './files.ts'

/** Changes of files, and remarks above their preview. */

export const cannotEditBinary = (path: string): string => `Cannot edit binary file: ${path}`

export const fileCreated = (path: string): string => `Successfully created ${path}`

// Verbatim: Letta Code
export const fileWritten = (path: string, characters: number): string =>
  `Successfully wrote ${characters} characters to ${path}`

// Verbatim: Letta Code
export const occurrencesReplaced = (path: string, count: number): string =>
  `Successfully replaced ${plural(count, 'occurrence')} in ${path}`

// Verbatim: Letta Code
export const editsApplied = (path: string, edits: readonly string[]): string =>
  `Applied ${plural(edits.length, 'edit')} to ${path}:\n${edits.map((edit, index) => `${index + 1}. ${edit}`).join('\n')}`

// Verbatim: Letta Code
export const editSummary = (from: string, to: string): string => `Replaced "${from}" with "${to}"`

export const editFailed = (number: number, reason: string): string => `Edit ${number}: ${reason}`

export const fileExists = (path: string): string =>
  `old_string is empty, but ${path} exists. Give the text to replace.`

// Verbatim: Claude Code
export const NO_CHANGES = 'No changes to make: old_string and new_string are exactly the same.'

// Verbatim: Claude Code
export const stringNotFound = (text: string): string =>
  `String to replace not found in file.\nString: ${text}`

export const LINE_NUMBERS_HINT =
  '\nold_string contains line numbers as Read shows them (`12→`); leave them out.'

export const whitespaceHint = (line: number, found: string): string =>
  `\nA variant that differs only in whitespace or line endings is on line ${line}:\n${found}`

export const nearestLineHint = (line: number, found: string): string =>
  `\nThe nearest is line ${line}: ${found}`

// The first sentence is verbatim: Claude Code
export const ambiguousString = (count: number, lines: readonly number[]): string => {
  const more = count > lines.length ? ` and ${count - lines.length} more` : ''
  return `Found ${count} matches of the string to replace, but replace_all is false. They begin on lines ${lines.join(', ')}${more}. Add surrounding lines to old_string to choose one, or set replace_all to true to change all.`
}

export const LONE_SURROGATE =
  'The text contains an unpaired surrogate, which cannot be written to a file.'

export const changedSinceRead = (path: string, exists: boolean): string =>
  `${path} ${exists ? 'has changed' : 'was deleted'} since you read it. Read it again, then make the change.`

export const changedSinceShown = (path: string): string =>
  `${path} was modified after the change was shown for approval; nothing was written. Read it again.`

export const modifiedWhileEdited = (path: string): string =>
  `${path} was modified after the change was shown, and the change no longer fits it. The text is retained; deny the call, so that the agent reads the file again.`

export const changeNotDivisible = (path: string): string =>
  `${path}: this change cannot be applied in part; nothing was written.`

export const notEditable = (path: string): string =>
  `The proposed text of ${path} contains bytes that an editor could change unnoticed; approve or deny it as it is.`

export const changedByOthers = (path: string): string =>
  `${path} was modified by another process; nothing was written.`

export const fileReadOnly = (path: string): string => `${path} is read-only`

export const cannotWrite = (path: string, reason: string): string =>
  `Cannot write ${path}: ${reason}. Nothing was changed.`

/** The text of the system would name the temporary file, which the user does not know. */
export const WRITE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'read-only file system',
  ENOSPC: 'disk full',
  EDQUOT: 'disk quota exceeded',
  ENAMETOOLONG: 'file name too long',
  EBUSY: 'the file is in use by the system, for example as a mount point',
  ETXTBSY: 'the file is a program that runs',
}

export const changeNotRecorded = (reason: string): string =>
  `\n\n[This change cannot be undone: it was not recorded (${reason}).]`

export const realPathRemark = (path: string): string => `the file is ${path}`
export const UNCHANGED_REMARK = 'the content stays the same'

export const replacesBinaryRemark = (bytes: number): string =>
  `replaces a binary file of ${bytes} bytes`

export const NOT_UTF8_REMARK = 'bytes that are not UTF-8 are preserved'

export const encodingRemark = (encoding: keyof typeof ENCODING_NAMES): string =>
  `encoding preserved: ${ENCODING_NAMES[encoding]}`

export const conversionRemark = (encoding: keyof typeof ENCODING_NAMES): string =>
  `encoding changes from ${ENCODING_NAMES[encoding]} to UTF-8`

export const CRLF_REMARK = 'line endings preserved: CRLF'
export const BYTE_ORDER_MARK_REMARK = 'byte order mark preserved'
export const HARD_LINKS_REMARK = 'its other hard links change with it'
