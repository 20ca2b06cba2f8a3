import { diffHunks, hunkHeader } from '../../lib/util/unified-diff.ts'
import type { PageLine } from '../state/state.ts'

const SIGNS = { context: ' ', added: '+', removed: '-' } as const

/** The lines of a page that show the change of a block. */
export function diffLines(before: string, after: string): readonly PageLine[] {
  // Without a final line end, the last line would count as changed when lines are added after it.
  const ended = (text: string): string => (text === '' ? '' : `${text}\n`)
  return diffHunks(ended(before), ended(after)).hunks.flatMap((hunk): readonly PageLine[] => [
    { type: 'diff', sign: '@', text: hunkHeader(hunk) },
    ...hunk.lines.map(({ type, text }): PageLine => ({ type: 'diff', sign: SIGNS[type], text })),
  ])
}
