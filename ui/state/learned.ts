import type { MemoryItem } from '../../lib/session/state/memory.ts'
import { learnedBlocks } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { changedLineCount } from '../../lib/util/select-changes.ts'
import { type Diff, diffHunks, type Hunk, withFinalLineFeed } from '../../lib/util/unified-diff.ts'
import type { OverlayOf, RootState } from './state.ts'

/** A change of adjacent lines in a block since the session began. */
export interface LearnedHunk {
  readonly item: MemoryItem
  /** The value when the session began. */
  readonly before: string
  readonly hunk: Hunk
  /** The numbers of its lines among all changed lines of the block. */
  readonly lines: readonly number[]
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

/** What the session has learned, in the order of the blocks. */
export function learnedHunks(session: SessionState): readonly LearnedHunk[] {
  return learnedBlocks(session).flatMap(({ item, before }) => {
    let first = 0
    return changeSince(item, before).hunks.map((hunk): LearnedHunk => {
      const count = changedLineCount([hunk])
      const lines = Array.from({ length: count }, (_, at) => first + at)
      first += count
      const texts = hunk.lines.map(({ type, text }) => `${type} ${text}`)
      return { item, before, hunk, lines, key: [item.block.id, ...texts].join('\n') }
    })
  })
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
