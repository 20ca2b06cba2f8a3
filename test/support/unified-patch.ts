import { type Hunk, hunkHeader } from '../../lib/util/unified-diff.ts'

const SIGNS = { context: ' ', added: '+', removed: '-' } as const

/** Hunks as git reads them. */
export function patchOf(hunks: readonly Hunk[]): string {
  const body = hunks.flatMap((hunk) => [
    hunkHeader(hunk),
    ...hunk.lines.flatMap(({ type, text, noNewline }) =>
      noNewline ? [SIGNS[type] + text, '\\ No newline at end of file'] : [SIGNS[type] + text],
    ),
  ])
  return `--- a/file\n+++ b/file\n${body.join('\n')}\n`
}
