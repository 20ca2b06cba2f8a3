import { diffHunks, withFinalLineFeed } from '../../util/unified-diff.ts'
import type { Entry } from '../state/entry.ts'
import type { LearnedLine, LearnedLines, MemoryChange } from '../state/memory.ts'

/** The lines of a block after one more change by `by`. `known`: null when the block has not changed before. */
export function traceLines(
  known: LearnedLines | null,
  { start, before, after, by }: Readonly<Record<'start' | 'before' | 'after' | 'by', string>>,
): LearnedLines {
  const traced = known?.start === start ? known : untouched(start)
  // A change that was not reported.
  const current = traced.value === before ? traced : addChange(traced, before, 'elsewhere')
  return addChange(current, after, by)
}

/** What a line of the session is by: a turn of the agent, or another author. */
export function learnedBy(
  { by, origin }: Pick<MemoryChange, 'by' | 'origin'>,
  entries: readonly Entry[],
): string {
  if (by !== 'agent') return by
  if (origin?.isOther === true) return `agent ${origin.agentId ?? ''}`
  const callId = origin?.callId
  const at = entries.findLastIndex(
    (one) => one.type === 'tool' && callId !== undefined && one.call.callId === callId,
  )
  const until = at < 0 ? entries.length : at
  return `turn ${entries.slice(0, until).findLast(({ type }) => type === 'user')?.id ?? ''}`
}

function untouched(start: string): LearnedLines {
  const lines = start === '' ? [] : start.split('\n').map((_, number) => number)
  return { start, value: start, lines, removed: {} }
}

function addChange({ start, value, lines, removed }: LearnedLines, after: string, by: string) {
  const left: LearnedLine[] = []
  const gone: Record<number, string> = { ...removed }
  let next = 0
  const { hunks } = diffHunks(withFinalLineFeed(value), withFinalLineFeed(after), 0)
  for (const hunk of hunks) {
    const old = hunk.lines.flatMap(({ oldNumber }) => (oldNumber === null ? [] : [oldNumber - 1]))
    const added = hunk.lines.length - old.length
    // As many unchanged lines are before it as its place in the new text says.
    const place = hunk.lines.find(({ newNumber }) => newNumber !== null)?.newNumber
    const until = old[0] ?? next + (place ?? 1) - 1 - left.length
    left.push(...lines.slice(next, until))
    next = until + old.length
    const replaced = lines.slice(until, next).flatMap((line) => {
      return typeof line === 'number' ? [line] : line.replaces
    })
    for (let index = 0; index < added; index++) {
      left.push({ by, replaces: index === 0 ? replaced : [] })
    }
    if (added === 0) for (const line of replaced) gone[line] = by
  }
  left.push(...lines.slice(next))
  return { start, value: after, lines: left, removed: gone }
}
