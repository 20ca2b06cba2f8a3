import type { MergePart } from '../../lib/session/state/memory.ts'
import type { MemoryMerge, MergeChoice } from './state.ts'

type Conflict = Extract<MergePart, { type: 'conflict' }>

/** The lines that a choice takes; both of an undecided conflict. */
export function chosenLines({ mine, theirs }: Conflict, choice: MergeChoice): readonly string[] {
  if (choice === 'mine') return mine
  return choice === 'theirs' ? theirs : [...mine, ...theirs]
}

/** The merged text with the choices so far. */
export function composeMerge({ parts, choices }: MemoryMerge): string {
  let conflict = 0
  return parts
    .flatMap((part) =>
      part.type === 'merged' ? part.lines : chosenLines(part, choices[conflict++] ?? null),
    )
    .join('\n')
}

export function isDecided({ choices }: MemoryMerge): boolean {
  return choices.every((choice) => choice !== null)
}
