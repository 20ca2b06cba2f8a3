/** The texts of `letta changes`. */

import { MESSAGE_NOT_RECORDED } from '../../lib/session/messages/turns.ts'
import type { LeftOutReason } from '../../lib/tools/journal/patch-of-files.ts'
import { spellOut } from '../../lib/util/invisible-characters.ts'
import { plural } from '../../lib/util/quantities.ts'
import { toTerminalRow } from '../../lib/util/sanitize.ts'

export const NO_CHANGES_HERE = 'No changes of files in this directory.'
export const changesOfDirectoryAbove = (directory: string): string =>
  `letta was not used in this directory. It was used above, in ${spellOut(directory)}; to list the changes there: letta changes -C ${quoteForShell(directory)}`

/** One word for a shell, on one line: bash and zsh know the names of characters between `$'` and `'`. */
function quoteForShell(text: string): string {
  if (spellOut(text) === text) return `'${text.replaceAll("'", "'\\''")}'`
  const named = text.replaceAll(/[\\']|[^\x20-\x7e]/gu, (character) =>
    /[\\']/.test(character) ? `\\${character}` : nameForShell(character.codePointAt(0) ?? 0),
  )
  return `$'${named}'`
}

function nameForShell(code: number): string {
  const digits = code.toString(16)
  return code < 0x80 ? `\\x${digits.padStart(2, '0')}` : `\\U${digits.padStart(8, '0')}`
}

export const noSessionChanges = (when: string): string =>
  `No changes of files in the last session (${when}).`
export const noChangesSince = (time: string): string => `No changes of files since ${time}.`
export const invalidChangesSince = (text: string): string =>
  `--since: "${spellOut(text)}" is not a time or the number of a message. Examples: yesterday, 2h, 2026-11-28, 3`
export const sessionNotFound = (id: string): string =>
  `Session "${spellOut(id)}" has changed no files here.`
export const messageNotFound = (number: string, count: number): string =>
  `Message ${spellOut(number)} not found: the session has ${plural(count, 'message')}.`
export const sessionsWithChanges = (lines: readonly string[]): string =>
  ['Sessions with changes:', ...lines].join('\n  ')
export const changedFileLine = (file: {
  readonly sign: string
  readonly label: string
  readonly count: string
  readonly by: string
}): string => `${file.sign}  ${file.label}  ${file.count}${file.by === '' ? '' : `  ${file.by}`}`
export const changedTotal = (files: number, added: number, removed: number): string =>
  `${plural(files, 'file')} changed, +${added} −${removed}`
export const CHANGE_COUNTS = {
  binary: 'binary',
  tooLarge: 'too large to compare',
  lost: 'content not recorded',
} as const
export const CHANGED_LINK = 'link'
export const CHANGE_GAPS = {
  repository: (command: string): string =>
    `Not recorded: what shell commands changed since ${inQuotes(command)}, because git would run a program that the repository names.`,
  nested: (command: string): string =>
    `Not recorded: what shell commands changed since ${inQuotes(command)} in some repositories within the project, because git would run a program that they name, or because there are too many.`,
  tooManyFiles: (command: string): string =>
    `Not recorded: what shell commands changed since ${inQuotes(command)}, because the directory has too many files.`,
  tooManyChanges: (command: string): string =>
    `Not recorded: a part of what ${inQuotes(command)} changed, because it changed too many files.`,
  interrupted: (command: string): string =>
    `Not recorded: what ${inQuotes(command)} changed, because letta was killed while it ran.`,
} as const

function inQuotes(command: string): string {
  const line = toTerminalRow(command.replaceAll(/\s+/g, ' '))
  return `"${line.length > 60 ? `${line.slice(0, 59)}…` : line}"`
}
export const BY_OTHERS = 'not by the agent'
export const BY_COMMAND = (command: string): string => `by ${toTerminalRow(command)}`
export const changedTurnTitle = (text: string | null, when: string): string =>
  `${when}  ${toTerminalRow(text ?? MESSAGE_NOT_RECORDED)}`
export const CHANGE_UNDONE = 'undone'
export const CHANGE_EDITED = 'edited by you'
export const patchBegins = (top: string): string =>
  `Some files are outside of this directory: apply the patch in ${spellOut(top)}.`
export const completeInPatch = (label: string): string =>
  `${spellOut(label)} is not tracked by git: the patch contains all of it.`

export const leftOutOfPatch = (label: string, reason: LeftOutReason): string =>
  reason === 'lines'
    ? `${spellOut(label)} is in the patch without the lines that differ in the index of git.`
    : `${spellOut(label)} is not in the patch: ${PATCH_REASONS[reason]}.`
const PATCH_REASONS = {
  outside: 'it is outside of the repository',
  nested: 'it is in another repository, such as a submodule, where the same command prints it',
  lost: 'its previous content is not recorded',
  index: 'the index of git differs in the same lines',
} as const
