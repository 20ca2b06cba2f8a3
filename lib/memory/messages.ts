/** What the user reads about memory blocks and their files. */

import { spellOut } from '../util/invisible-characters.ts'
import { plural } from '../util/quantities.ts'
import type { Finding } from './examine.ts'

export const blockNotFound = (label: string): string =>
  `The agent has no memory block "${spellOut(label)}".`

export const blockReadOnly = (label: string): string =>
  `The memory block "${spellOut(label)}" is read-only.`

export const blockDeleted = (label: string): string =>
  `The memory block "${spellOut(label)}" no longer exists on the server.`

export const blockTooLong = (label: string, length: number, limit: number): string =>
  `${spellOut(label)}: ${length} characters, the limit is ${limit}.`

export const SHORTEN_BLOCK_HINT = 'Shorten it and save again.'

export const blockConflict = (label: string): string =>
  `The memory block "${spellOut(label)}" was modified elsewhere.`

export const BLOCK_CONFLICT_HINT = 'Not saved. Look at the current value, then edit again.'

export const LABEL_REQUIRED = 'A memory block requires a label.'

export const labelInUse = (label: string): string =>
  `The agent already has a memory block "${spellOut(label)}".`

export const invalidLimit = (label: string): string =>
  `The limit of ${spellOut(label)} must be a positive integer (characters).`

export const limitBelowSize = (label: string, length: number, limit: number): string =>
  `${spellOut(label)} has ${length} characters, more than a limit of ${limit}.`

// Versions

export const versionNotFound = (label: string, version: number): string =>
  `${spellOut(label)} has no version ${version}.`

export const cannotRevert = (label: string): string =>
  `The history of ${spellOut(label)} does not have what was there before this line.`

// Markdown files

export const directoryNotFound = (path: string): string => `${spellOut(path)} does not exist.`

export const noMarkdownFiles = (path: string): string =>
  `${spellOut(path)} contains no Markdown files.`

export const tooManyFiles = (path: string, limit: number): string =>
  `${spellOut(path)} contains more than ${limit} files.`

export const fileError = (path: string, reason: string): string => `${spellOut(path)}: ${reason}`

export const unreadableFile = (path: string, reason: string): string =>
  `${spellOut(path)} ${reason}.`

export const foreignFile = (path: string, label: string): string =>
  `${spellOut(path)} already exists and is not an export of the memory block "${spellOut(label)}".`

export const FOREIGN_FILE_HINT = 'Nothing was written. Name another directory, or move the file.'

export const editedFile = (path: string): string =>
  `${spellOut(path)} was edited since the last export.`

export const EDITED_FILE_HINT =
  'Nothing was written. Import it first (letta memory import DIR), or merge both ways: letta memory sync DIR'

/** The name of a file, or of a directory, that is in the way. */
export const pathNotDirectory = (path: string): string => `${spellOut(path)} is not a directory.`

export const nameNotUtf8 = (path: string): string =>
  `${spellOut(path)}: the name is not valid UTF-8. Rename it, then try again.`

export const symbolicLink = (path: string): string =>
  `${spellOut(path)} is a symbolic link, which letta does not follow.`

export const labelTooLong = (label: string): string =>
  `The label "${spellOut(label)}" is too long for the name of a file.`

export const tooDeep = (path: string): string =>
  `${spellOut(path)} has too many directories in each other.`

export const LABEL_NOT_STRING = 'label must be a string'

// Commits

export const commitTimedOut = (seconds: number): string => `git did not finish within ${seconds} s`

/** `danger`: what git would do, and for which setting. */
export const commitRunsPrograms = (danger: string): string =>
  `${danger} Look at the configuration of the repository, then commit yourself.`

/** `operation`: what git has begun, such as `rebase`. */
export const commitDuringOperation = (operation: string): string =>
  `A ${operation} is in progress in the repository. End it, then synchronize again.`

// Import

export const duplicateLabel = (label: string, otherPath: string): string =>
  `duplicate label "${spellOut(label)}" (also in ${spellOut(otherPath)})`

export const LABEL_NOT_ONE_LINE = 'the label contains a line feed or another control character'

export const importReadOnly = (label: string): string =>
  `the memory block "${spellOut(label)}" is read-only`

export const importTooLong = (length: number, limit: number): string =>
  `${length} characters, the limit is ${limit}`

/** The id of a rule of gitleaks: `adafruit-api-key`. */
export const secretOfRule = (id: string): string => `a secret (${id})`

export const IMPORT_CONFLICT_MARKS =
  'has an unresolved conflict of git (<<<<<<<, >>>>>>>); resolve it, then import again'

export const importSecret = (secret: string): string =>
  `contains ${secret}; store where it is found instead (setting refuseSecretsInMemory)`

// Examination

export const NOTHING_FOUND =
  'Nothing found: no block is unused or nearly full, no line is written twice, no date is past, no path is missing.'

export function findingText(finding: Finding): string {
  switch (finding.type) {
    case 'nearLimit':
      return finding.size > finding.limit
        ? `over its limit: ${finding.size} of ${finding.limit} characters`
        : `nearly full: ${finding.size} of ${finding.limit} characters`
    case 'empty':
      return 'empty'
    case 'unused':
      return 'unused: it still has its first text'
    case 'outside':
      return `repeats text from outside: ${spellOut(finding.source)}`
    case 'secret':
      return `contains ${finding.kind}`
    case 'duplicate':
      return `the same line is in ${finding.other.label}:${finding.other.line}${finding.more === 0 ? '' : `, and ${finding.more} more of this block have it`}: ${finding.text.trim()}`
    case 'pastDate':
      return `${finding.date} is past: ${finding.text.trim()}`
    case 'deadPath':
      return `${finding.path} does not exist: ${finding.text.trim()}`
  }
}

// Copies of the agent

/** For the agent: the reply to each of its calls. */
export const NO_TOOLS_RUN =
  'Denied: this is a question about what you remember. No tool runs. Answer from your memory.'

export const copyFailed = (message: string, detail: string): string =>
  detail === '' || detail === message ? message : `${message.replace(/\.$/, '')}: ${detail}`

export const questionUnfinished = (steps: number): string =>
  `No answer after ${steps} model calls: the agent calls tools instead of answering.`

export const lineRangeReversed = (label: string, from: number, to: number): string =>
  `${spellOut(label)}:${from}-${to}: the first line is after the last one.`

export const lineNotFound = (label: string, line: number, lines: number): string =>
  `${spellOut(label)} has no line ${line}: it has ${plural(lines, 'line')}.`

// Tests of memory

export const TEST_HAS_NO_QUESTION = 'no question: write it below the front matter'

export const TEST_NAME_NOT_ONE_LINE =
  'the name of the file contains a line feed or another control character'

export const TEST_EXPECTS_NOTHING =
  'nothing is expected: name words in expected or forbidden, or tools in forbidden-tools'

export const memoryTestKey = (key: string, keys: readonly string[]): string =>
  `unknown key "${spellOut(key)}" (available: ${keys.join(', ')})`

export const memoryTestEmptyList = (key: string): string =>
  `${spellOut(key)} requires a text or a list of texts`
