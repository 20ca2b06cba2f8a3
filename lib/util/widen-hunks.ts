import type { Hunk, HunkLine } from './unified-diff.ts'

/** Unchanged lines above and below each hunk of a new diff. */
export const DEFAULT_CONTEXT = 3

/**
 * The hunks with `context` unchanged lines above and below each, taken from the text after the change. They stay apart: a line
 * between two of them is shown once. Null when they are not those of the text.
 */
export function widenHunks(
  hunks: readonly Hunk[],
  after: string,
  context: number,
): readonly Hunk[] | null {
  const text = toLines(after)
  if (!hunks.every(({ lines }) => lines.every((line) => isOf(line, text)))) return null
  let shownTo = 0
  return hunks.map((hunk, index) => {
    const lines = trimmed(hunk.lines, context)
    const above = contextAbove(lines)
    const first = hunk.newStart + contextAbove(hunk.lines) - above
    const head = Math.max(0, Math.min(context - above, first - 1 - shownTo))
    const offset = hunk.oldStart - hunk.newStart
    const last = first + lines.filter(({ type }) => type !== 'removed').length - 1
    const next = hunks[index + 1]?.newStart ?? text.count + 1
    const below = contextAbove(lines.toReversed())
    const tail = Math.max(0, Math.min(context - below, next - 1 - last))
    shownTo = last + tail
    return {
      ...hunk,
      oldStart: first - head + offset,
      newStart: first - head,
      lines: [
        ...contextLines(text, first - head, head, offset),
        ...lines,
        ...contextLines(text, last + 1, tail, offset + grownBy(hunk)),
      ],
    }
  })
}

interface Lines {
  readonly count: number
  at(number: number): string
  /** Whether the text ends with this line, without a line feed. */
  isUnended(number: number): boolean
}

/** Numbered from 1. The text may have a million lines: they are cut out one by one. */
function toLines(text: string): Lines {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  const isEnded = starts.at(-1) === text.length
  const count = isEnded ? starts.length - 1 : starts.length
  return {
    count,
    at: (number) => text.slice(starts[number - 1] ?? text.length, endOf(number)),
    isUnended: (number) => !isEnded && number === count,
  }

  function endOf(number: number): number {
    const next = starts[number]
    return next === undefined ? text.length : next - 1
  }
}

function isOf({ text, newNumber }: HunkLine, lines: Lines): boolean {
  return newNumber === null || lines.at(newNumber) === text
}

function contextAbove(lines: readonly HunkLine[]): number {
  const changed = lines.findIndex(({ type }) => type !== 'context')
  return changed < 0 ? lines.length : changed
}

function trimmed(lines: readonly HunkLine[], context: number): readonly HunkLine[] {
  const above = Math.max(0, contextAbove(lines) - context)
  const below = Math.max(0, contextAbove(lines.toReversed()) - context)
  return above + below === 0 ? lines : lines.slice(above, lines.length - below)
}

/** How many lines fewer the text has after the hunk: leads from a new number to the old one. */
function grownBy({ lines }: Hunk): number {
  return lines.reduce((sum, { type }) => sum + LINE_OFFSETS[type], 0)
}

const LINE_OFFSETS = { context: 0, removed: 1, added: -1 } as const

function contextLines(
  text: Lines,
  from: number,
  count: number,
  offset: number,
): readonly HunkLine[] {
  return Array.from({ length: count }, (_, index): HunkLine => {
    const newNumber = from + index
    const line = { text: text.at(newNumber), oldNumber: newNumber + offset, newNumber }
    const end = text.isUnended(newNumber) ? { noNewline: true } : {}
    return { type: 'context', ...line, ...end }
  })
}
