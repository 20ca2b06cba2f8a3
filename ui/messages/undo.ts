import { changedLines, plural } from '../../lib/util/quantities.ts'
import { commandReference, keyReference } from '../../lib/util/references.ts'

/** Undoing and redoing changes of files. */

export function undoNeedsIdle(): string {
  return `A turn is running; cancel it first (${keyReference('app.back')}).`
}

export function reverted(paths: readonly string[], isRedo: boolean): string {
  return isRedo
    ? `Restored ${paths.join(', ')}.`
    : `Reverted ${paths.join(', ')}. ${commandReference('changes.redo')} brings it back.`
}

/** The same on the page of changes, which shows no notices. */
export function revertedWithKey(paths: readonly string[], isRedo: boolean): string {
  return isRedo
    ? `Restored ${paths.join(', ')}.`
    : `Reverted ${paths.join(', ')} · ${keyReference('changes.redo')} redo`
}

export const NOTHING_TO_REDO = 'Nothing to redo.'

export const cannotUndoShown = (reasons: readonly string[]): string =>
  `Cannot undo: ${reasons.join('; ')}`

export const UNDO_TITLES = { undo: 'Undo', redo: 'Redo' } as const

/** `text`: the message whose changes were undone. */
export const redoTitle = (text: string | null, when: string): string =>
  text === null
    ? `Redo what was undone ${when}`
    : `Redo "${text.replaceAll(/\s+/g, ' ').slice(0, 40)}", undone ${when}`

/** `text`: the message whose changes are undone; null when it is not known. */
export const undoTitle = (text: string | null, when: string): string =>
  text === null
    ? `Undo what was changed ${when}`
    : `Undo "${text.replaceAll(/\s+/g, ' ').slice(0, 40)}", changed ${when}`

export const UNDO_REFUSED = {
  title: 'Undo is not possible',
  since: (label: string): string => `${label}  as it was modified since`,
  undo: (label: string): string => `${label}  what the undo would do`,
  question: (line: number): string => `Open the file in your editor at line ${line}?`,
} as const

export const UNDO_QUESTIONS = { undo: 'Undo this?', redo: 'Redo this?' } as const

export const undoHeading = (file: {
  readonly label: string
  readonly added: number
  readonly removed: number
  readonly isDeleted: boolean
}): string => {
  if (file.isDeleted) return `${file.label}  is deleted`
  // Only its permission bits change.
  const isSame = file.added + file.removed === 0
  return isSame ? file.label : `${file.label}  ${changedLines(file)}`
}

export const UNDO_BINARY = 'A binary file: its previous content is restored.'
export const undoModes = (modes: string): string => `Permissions: ${modes}.`
export const UNDO_MERGED = 'It was modified since. Those modifications stay.'
export const moreDiffLines = (lines: number): string => `… ${plural(lines, 'more line')}`

export function undoTurn(changes: number): string {
  return changes === 1 ? 'The change of this turn' : `All ${changes} changes of this turn`
}

export const UNDO_SINCE = 'All changes since'
