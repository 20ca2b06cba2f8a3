import type { MergePart } from '../../lib/session/state/memory.ts'
import type { MemoryMerge, MergeChoice } from './state.ts'

type Conflict = Extract<MergePart, { type: 'conflict' }>

/** The lines that a choice takes; both of an undecided conflict. */
export function chosenLines({ mine, theirs }: Conflict, choice: MergeChoice): readonly string[] {
  if (choice === 'mine') return mine
  return choice === 'theirs' ? theirs : [...mine, ...theirs]
}

/** The merged text with the choices so far. */
export function composeMerge(merge: MemoryMerge): string {
  return compose(merge, (part) => chosenLines(part, null))
}

/** The merged text for an editor: what is undecided is marked as git does it. */
export function composeMarkedMerge(merge: MemoryMerge): string {
  return compose(merge, ({ mine, theirs }) => [MARKS[0], ...mine, MARKS[1], ...theirs, MARKS[2]])
}

function compose(
  { parts, choices }: MemoryMerge,
  undecided: (part: Conflict) => readonly string[],
): string {
  let conflict = 0
  return parts
    .flatMap((part) => {
      if (part.type === 'merged') return part.lines
      const choice = choices[conflict++] ?? null
      return choice === null ? undecided(part) : chosenLines(part, choice)
    })
    .join('\n')
}

const MARKS = ['<<<<<<< mine', '=======', '>>>>>>> theirs'] as const

/** Whether the text has marks of a conflict that the value which it replaces does not have. */
export function hasConflictMarks(text: string, before: string): boolean {
  const [first, , last] = MARKS
  const known = before.split('\n')
  return text.split('\n').some((line) => (line === first || line === last) && !known.includes(line))
}

export function isDecided({ choices }: MemoryMerge): boolean {
  return choices.every((choice) => choice !== null)
}
