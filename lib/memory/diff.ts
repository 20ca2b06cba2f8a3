import { structuredPatch } from 'diff'

/** A change of a memory block as `diff -u` tells it. */
export function unifiedDiff(label: string, before: string, after: string): string {
  const name = label.replaceAll(/\s+/g, ' ')
  // A value seldom ends with a line feed, and nobody wants to hear of it.
  const [old, next] = [before, after].map((value) => (value === '' ? '' : `${value}\n`))
  const { hunks } = structuredPatch(name, name, old ?? '', next ?? '', '', '', { context: 3 })
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: changed }) => [
    `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    ...changed,
  ])
  return [`--- ${name}`, `+++ ${name}`, ...lines].join('\n')
}

/** No lines stand behind the line before. */
function range(start: number, count: number): string {
  return `${count === 0 ? start - 1 : start},${count}`
}
