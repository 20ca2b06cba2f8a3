import { diffHunks, type Hunk, hunkHeader, withFinalLineFeed } from '../../lib/util/unified-diff.ts'
import type { PageLine } from '../state/state.ts'
import { previewTexts } from '../view/render/messages.ts'

const SIGNS = { context: ' ', added: '+', removed: '-' } as const

/** The lines of a page that show the change of a block. */
export function diffLines(before: string, after: string): readonly PageLine[] {
  return diffHunks(withFinalLineFeed(before), withFinalLineFeed(after)).hunks.flatMap(hunkLines)
}

export function hunkLines(hunk: Hunk): readonly PageLine[] {
  return [
    { type: 'diff', sign: '@', text: hunkHeader(hunk) },
    ...hunk.lines.flatMap(({ type, text, noNewline }): readonly PageLine[] => [
      { type: 'diff', sign: SIGNS[type], text },
      ...(noNewline === true ? [{ type: 'text', text: previewTexts.noNewline } as const] : []),
    ]),
  ]
}
