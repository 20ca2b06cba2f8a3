import { spellOut } from '../../util/invisible-characters.ts'
import { commandReference } from '../../util/references.ts'

/** Undo and rewind. */

export const CHECKPOINT_GONE = 'This checkpoint was deleted: checkpoints are stored for 30 days.'

export const FILES_CHANGED_SINCE_PREVIEW =
  'Nothing was rewound: files were modified after the preview.'

export const MEMORY_CHANGED_SINCE_PREVIEW =
  'Nothing was rewound: memory was modified after the preview.'

/** `done`, `open`: parts of the rewind. */
export function rewindIncomplete(
  reason: string,
  done: readonly string[],
  open: readonly string[],
): string {
  const made = done.length === 0 ? 'Nothing was rewound.' : `Rewound: ${done.join(', ')}.`
  return `${reason} ${made} Not rewound: ${open.join(', ')}.`
}

interface InterruptedFiles {
  /** Labels. */
  readonly reverted: readonly string[]
  readonly left: readonly string[]
}

/** Message and hint. */
export function undoInterrupted({ reverted, left }: InterruptedFiles): readonly [string, string] {
  return [
    `An undo was interrupted. ${listed('Reverted', reverted)} ${listed('Not reverted', left)}`,
    `Undo the rest: ${commandReference('files.undo')}. Bring back what was reverted: ${commandReference('changes.redo')}`,
  ]
}

/** Message and hint. */
export function rewindInterrupted(
  { text, parts, done }: { text: string; parts: readonly string[]; done: readonly string[] },
  { reverted, left }: InterruptedFiles,
): readonly [string, string] {
  const open = parts.filter((part) => !done.includes(part))
  const files =
    open.includes('files') && reverted.length > 0
      ? [`${listed('Files reverted', reverted)} ${listed('Files not reverted', left)}`]
      : []
  return [
    [
      `A rewind was interrupted: ${spellOut(text)}.`,
      listed('Rewound', done),
      listed('Not rewound', open),
      ...files,
    ].join(' '),
    `Choose the message again to rewind the rest, or the state before the rewind to undo it: ${commandReference('rewind.open')}`,
  ]
}

const listed = (title: string, names: readonly string[]): string =>
  `${title}: ${names.length === 0 ? 'nothing' : names.map(spellOut).join(', ')}.`

export const SERVER_CANNOT_FORK = 'The conversation cannot be rewound: no agent is open.'

export const CONVERSATION_REWOUND = 'The conversation already ends before this message.'

export const MESSAGE_ELSEWHERE =
  'The conversation cannot be rewound: the message belongs to another one.'

export const memoryConflict = (label: string): string =>
  `The memory block "${spellOut(label)}" was modified elsewhere in the same lines. It was not rewound.`

const BEFORE_REWIND = 'Before the rewind to: '

/** Before a rewind is undone, the state is that after it. */
export function beforeRewind(text: string): string {
  return text.startsWith(BEFORE_REWIND)
    ? `After the rewind to: ${text.slice(BEFORE_REWIND.length)}`
    : BEFORE_REWIND + text
}

/** Below the name of a changed file. */
export function permissionsRemark(modes: string): string {
  return `Permissions: ${modes}.`
}

export function linkRemark(wasLink: boolean, isLink: boolean): string {
  if (wasLink && isLink) return 'A symbolic link. Its lines are the path that it leads to.'
  return isLink
    ? 'It becomes a symbolic link. Its new line is the path that it leads to.'
    : 'It was a symbolic link. Its old line is the path that it led to.'
}

export function cannotUndo(reasons: readonly string[]): string {
  return `Nothing was undone: ${reasons.join('; ')}`
}
