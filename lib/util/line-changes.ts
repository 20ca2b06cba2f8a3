import { type ChangeObject, diffArrays } from 'diff'
import { partitionPoint } from './partition-point.ts'
import type { Steps } from './steps.ts'

/** The lines of two texts, with their line feeds, so that a missing last one makes a difference. */
export interface ComparedLines {
  readonly old: NumberedLines
  readonly now: NumberedLines
}

interface NumberedLines {
  readonly lines: readonly string[]
  /** A number for each line: equal lines have the same. */
  readonly ids: readonly number[]
}

export interface LinePlace {
  readonly old: number
  readonly now: number
}

/** The lines from `from` up to `to` of each text differ; `to` is exclusive. */
export interface LineChange {
  readonly from: LinePlace
  readonly to: LinePlace
  /** The runs of its removed and added lines in their order. */
  readonly runs: readonly LineRun[]
}

interface LineRun {
  readonly type: 'removed' | 'added'
  readonly count: number
}

/** Lines between two points where the work may be interrupted: they take about a millisecond. */
const STEP_LINES = 2_048

export function* compareLines(before: string, after: string): Steps<ComparedLines> {
  const known = new Map<string, number>()
  const old = yield* numberLines(before, known)
  const now = yield* numberLines(after, known)
  return { old, now }
}

function* numberLines(text: string, known: Map<string, number>): Steps<NumberedLines> {
  const lines: string[] = []
  const ids: number[] = []
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start)
    const end = feed < 0 ? text.length : feed + 1
    const line = text.slice(start, end)
    let id = known.get(line)
    if (id === undefined) {
      id = known.size
      known.set(line, id)
    }
    lines.push(line)
    ids.push(id)
    start = end
    if (lines.length % STEP_LINES === 0) yield
  }
  return { lines, ids }
}

/** How often each line is in each text, and where it is in the second one. */
interface LineCounts {
  readonly old: Int32Array
  readonly now: Int32Array
  readonly placeInNow: Int32Array
}

/** The shortest changes from one text to the other; when they have more than `most` lines, changes that are found faster. */
export function* lineChanges(compared: ComparedLines, most: number): Steps<readonly LineChange[]> {
  const counts = yield* countLines(compared)
  const least = leastChanges(counts)
  const shortest = least > most ? null : shortestChanges(compared, most)
  return shortest ?? (yield* anchoredChanges(compared, counts))
}

function* countLines({ old, now }: ComparedLines): Steps<LineCounts> {
  let ids = 0
  for (const lines of [old.ids, now.ids]) for (const id of lines) if (id >= ids) ids = id + 1
  yield
  const counts = {
    old: new Int32Array(ids),
    now: new Int32Array(ids),
    placeInNow: new Int32Array(ids),
  }
  for (const id of old.ids) counts.old[id] = (counts.old[id] ?? 0) + 1
  yield
  for (let at = 0; at < now.ids.length; at++) {
    const id = now.ids[at] ?? 0
    counts.now[id] = (counts.now[id] ?? 0) + 1
    counts.placeInNow[id] = at
  }
  yield
  return counts
}

/** Lines that one text has more often must be removed or added. */
function leastChanges({ old, now }: LineCounts): number {
  let least = 0
  for (let id = 0; id < old.length; id++) least += Math.abs((old[id] ?? 0) - (now[id] ?? 0))
  return least
}

/** Null when they have more than `most` lines. */
function shortestChanges({ old, now }: ComparedLines, most: number): readonly LineChange[] | null {
  const parts = diffArrays([...old.ids], [...now.ids], { maxEditLength: most })
  return parts === undefined ? null : toChanges(parts)
}

function toChanges(parts: readonly ChangeObject<readonly number[]>[]): readonly LineChange[] {
  const changes: LineChange[] = []
  let runs: LineRun[] = []
  let from: LinePlace = { old: 0, now: 0 }
  let at = from
  const end = (): void => {
    if (runs.length > 0) changes.push({ from, to: at, runs })
    runs = []
  }
  for (const { added, removed, count } of parts) {
    const isCommon = !added && !removed
    if (isCommon) end()
    else runs.push({ type: added ? 'added' : 'removed', count })
    at = { old: at.old + (added ? 0 : count), now: at.now + (removed ? 0 : count) }
    if (isCommon) from = at
  }
  end()
  return changes
}

/**
 * The changes between lines that both texts contain once, in the same order: as fast for thousands of changes as for one, but not
 * always the shortest.
 */
function* anchoredChanges(
  { old, now }: ComparedLines,
  counts: LineCounts,
): Steps<readonly LineChange[]> {
  const anchors = yield* commonLines(old.ids, counts)
  const changes: LineChange[] = []
  let next: LinePlace = { old: 0, now: 0 }
  for (let index = 0; index <= anchors.length; index++) {
    const anchor = anchors[index] ?? { old: old.ids.length, now: now.ids.length }
    const change = trimmedChange(old.ids, now.ids, next, anchor)
    if (change !== null) changes.push(change)
    next = { old: anchor.old + 1, now: anchor.now + 1 }
    if (index % STEP_LINES === 0) yield
  }
  return changes
}

/** Lines that each text contains once, in an order that both have: the longest such list. */
function* commonLines(old: readonly number[], counts: LineCounts): Steps<readonly LinePlace[]> {
  const pairs: LinePlace[] = []
  const tails: number[] = []
  const previous: number[] = []
  for (let at = 0; at < old.length; at++) {
    if (at % STEP_LINES === 0) yield
    const id = old[at] ?? 0
    if (counts.old[id] !== 1 || counts.now[id] !== 1) continue
    const place = counts.placeInNow[id] ?? 0
    const isBefore = (index: number): boolean => (pairs[tails[index] ?? 0]?.now ?? 0) < place
    // Most lines are after all that came before.
    const isLast = tails.length === 0 || isBefore(tails.length - 1)
    const length = isLast ? tails.length : partitionPoint(tails.length, isBefore)
    previous.push(length > 0 ? (tails[length - 1] ?? -1) : -1)
    tails[length] = pairs.length
    pairs.push({ old: at, now: place })
  }
  const common: LinePlace[] = []
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) {
    const pair = pairs[index]
    if (pair !== undefined) common.push(pair)
    if (common.length % STEP_LINES === 0) yield
  }
  return common.reverse()
}

/** What differs between two places, without equal lines at its beginning and end; null when nothing does. */
function trimmedChange(
  old: readonly number[],
  now: readonly number[],
  from: LinePlace,
  to: LinePlace,
): LineChange | null {
  let start = 0
  const shortest = Math.min(to.old - from.old, to.now - from.now)
  while (start < shortest && old[from.old + start] === now[from.now + start]) start++
  let end = 0
  while (end < shortest - start && old[to.old - 1 - end] === now[to.now - 1 - end]) end++
  const first = { old: from.old + start, now: from.now + start }
  const last = { old: to.old - end, now: to.now - end }
  const runs: LineRun[] = []
  if (last.old > first.old) runs.push({ type: 'removed', count: last.old - first.old })
  if (last.now > first.now) runs.push({ type: 'added', count: last.now - first.now })
  return runs.length === 0 ? null : { from: first, to: last, runs }
}
