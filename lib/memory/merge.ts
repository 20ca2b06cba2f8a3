import { diff3Merge } from 'node-diff3'
import type { MergePart } from '../session/state/memory.ts'

/**
 * Merges two edits of the same text by lines: what only one side has changed is taken from it, and where both have changed the
 * same lines differently there is a conflict. The parts are in order; joined by line feeds they are the merged text.
 */
export function mergeTexts(base: string, mine: string, theirs: string): readonly MergePart[] {
  const [one, original, other] = [mine, base, theirs].map((text) => text.split('\n')) as [
    string[],
    string[],
    string[],
  ]
  return diff3Merge(one, original, other).map(({ ok, conflict }): MergePart => {
    if (conflict === undefined) return { type: 'merged', lines: ok ?? [] }
    return { type: 'conflict', base: conflict.o, mine: conflict.a, theirs: conflict.b }
  })
}

/** The merged text; null when there is a conflict. */
export function cleanMerge(base: string, mine: string, theirs: string): string | null {
  const parts = mergeTexts(base, mine, theirs)
  const lines = parts.flatMap((part) => (part.type === 'merged' ? part.lines : []))
  return parts.some(({ type }) => type === 'conflict') ? null : lines.join('\n')
}
