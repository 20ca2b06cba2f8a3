import type { LearnedLines, MemoryItem } from '../../lib/session/state/memory.ts'
import { learnedBlocks } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { applySelection, changedLineCount } from '../../lib/util/select-changes.ts'
import {
  type Diff,
  diffHunks,
  type Hunk,
  type HunkLine,
  withFinalLineFeed,
} from '../../lib/util/unified-diff.ts'
import type { OverlayOf, RootState } from './state.ts'

/** A change of adjacent lines in a block since the session began. */
export interface LearnedHunk {
  readonly item: MemoryItem
  /** The value when the session began. */
  readonly before: string
  readonly hunk: Hunk
  /** The value of the block without the change. */
  readonly without: () => string
  /** Recognizes the hunk after other changes of the block. */
  readonly key: string
}

// The keys are weak: the value is freed together with its item.
const diffs = new WeakMap<MemoryItem, { readonly before: string; readonly diff: Diff }>()

/** How a block differs from an earlier value: each change of adjacent lines is a hunk. */
export function changeSince(item: MemoryItem, before: string): Diff {
  const known = diffs.get(item)
  if (known?.before === before) return known.diff
  const diff = diffHunks(withFinalLineFeed(before), withFinalLineFeed(item.block.value), 0)
  diffs.set(item, { before, diff })
  return diff
}

/** What the session has learned, in the order of the blocks. Adjacent lines of two turns are two changes. */
export function learnedHunks(session: SessionState): readonly LearnedHunk[] {
  return learnedBlocks(session).flatMap(({ item, before }) => {
    const { value, id } = item.block
    const traced = session.learnedLines[id]
    const isTraced = traced?.value === value && traced.start === before
    const { hunks } = changeSince(item, before)
    return hunks.flatMap((original, at) => {
      const parts = isTraced ? splitHunk(original, traced) : [original]
      return parts.map((hunk): LearnedHunk => {
        const texts = hunk.lines.map(({ type, text }) => `${type} ${text}`)
        const without = (): string =>
          parts.length === 1 ? withoutHunk(before, value, hunks, at) : withoutLines(value, hunk)
        return { item, before, hunk, without, key: [id, ...texts].join('\n') }
      })
    })
  })
}

function withoutHunk(before: string, value: string, hunks: readonly Hunk[], at: number): string {
  const first = changedLineCount(hunks.slice(0, at))
  const count = changedLineCount(hunks.slice(at, at + 1))
  const rejected = new Set(Array.from({ length: count }, (_, index) => first + index))
  const [old = '', now = ''] = [before, value].map(withFinalLineFeed)
  return applySelection(old, now, hunks, rejected).replace(/\n$/, '')
}

/** The removed lines of a part of a hunk are in the place of its added ones again. */
function withoutLines(value: string, { newStart, lines }: Hunk): string {
  const removed = lines.flatMap(({ type, text }) => (type === 'removed' ? [text] : []))
  const added = lines.length - removed.length
  return value
    .split('\n')
    .toSpliced(newStart - 1, added, ...removed)
    .join('\n')
}

/** The hunk that keys of the card apply to: there are fewer of them after one was discarded. */
export function selectedHunk(
  hunks: readonly LearnedHunk[],
  { selected }: Pick<OverlayOf<'learned'>, 'selected'>,
): number {
  return Math.max(0, Math.min(hunks.length - 1, selected))
}

/** The first hunk from `from` on, in circles, that the person has not accepted; null when all are accepted. */
export function nextUndecided(state: RootState, from: number): number | null {
  const { accepted } = state.workbench.memory
  const hunks = learnedHunks(state.session)
  for (let step = 0; step < hunks.length; step++) {
    const at = (from + step) % hunks.length
    if (!accepted.includes(hunks[at]?.key ?? '')) return at
  }
  return null
}

/** A hunk of adjacent lines by what has written them: each run of added lines with the lines that they replaced. */
function splitHunk(hunk: Hunk, { lines, removed }: LearnedLines): readonly Hunk[] {
  const gone = new Map<number, string>(Object.entries(removed).map(([line, by]) => [+line, by]))
  for (const line of lines) {
    if (typeof line !== 'number') for (const one of line.replaces) gone.set(one, line.by)
  }
  const runs: { readonly by: string; readonly lines: HunkLine[] }[] = []
  for (const line of hunk.lines) {
    if (line.newNumber === null) continue
    const origin = lines[line.newNumber - 1]
    const last = runs.at(-1)
    // A line that was moved belongs to its neighbours.
    const by = typeof origin === 'object' ? origin.by : (last?.by ?? '')
    if (last?.by === by) last.lines.push(line)
    else runs.push({ by, lines: [line] })
  }
  const left: typeof runs = []
  for (const line of hunk.lines.filter(({ type }) => type === 'removed')) {
    const by = gone.get((line.oldNumber ?? 0) - 1) ?? runs[0]?.by ?? ''
    const run = runs.find((one) => one.by === by) ?? left.find((one) => one.by === by)
    if (run === undefined) left.push({ by, lines: [line] })
    else run.lines.splice(countRemoved(run.lines), 0, line)
  }
  const parts = [...left, ...runs]
  if (parts.length === 1) return [hunk]
  const first = runs[0]?.lines.find(({ type }) => type === 'added')?.newNumber ?? hunk.newStart
  return parts.map(({ lines: own }): Hunk => {
    const newStart = own.find(({ type }) => type === 'added')?.newNumber ?? first
    const oldStart = own.find(({ type }) => type === 'removed')?.oldNumber ?? hunk.oldStart
    return { oldStart, newStart, lines: own }
  })
}

function countRemoved(lines: readonly HunkLine[]): number {
  return lines.filter(({ type }) => type === 'removed').length
}
