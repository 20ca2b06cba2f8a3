import { diffWordsWithSpace } from 'diff'
import type { TextRange } from './highlight-ranges.ts'

interface WordChanges {
  readonly before: readonly TextRange[]
  readonly after: readonly TextRange[]
}

/** The words that differ between two versions of a line; null when they have too little in common. */
export function changedWords(before: string, after: string): WordChanges | null {
  if (Math.max(before.length, after.length) > MAX_LINE_CHARACTERS) return null
  const changes = diffWordsWithSpace(before, after, { maxEditLength: MAX_EDITS })
  if (changes === undefined) return null
  const removed: TextRange[] = []
  const added: TextRange[] = []
  let [beforeEnd, afterEnd, commonInk] = [0, 0, 0]
  for (const change of changes) {
    const { length } = change.value
    if (!change.added) beforeEnd += length
    if (!change.removed) afterEnd += length
    if (change.removed) removed.push([beforeEnd - length, beforeEnd])
    else if (change.added) added.push([afterEnd - length, afterEnd])
    else commonInk += inkOf(change.value)
  }
  const isVersion = commonInk * 2 >= Math.min(inkOf(before), inkOf(after))
  return isVersion ? { before: removed, after: added } : null
}

/** Longer lines are usually data, and comparing their words would take longer than a frame. */
const MAX_LINE_CHARACTERS = 800
/** The maximum of added and removed words. With more, the lines count as different. */
const MAX_EDITS = 200

function inkOf(text: string): number {
  return text.replace(/\s/g, '').length
}
