import { toggleCurrent } from '../state/diff-selection.ts'
import { reduceRoot } from '../state/reduce/root.ts'
import { shownApproval } from '../state/shown-approval.ts'
import type { RootState } from '../state/state.ts'
import type { Frame } from '../view/types.ts'
import type { RootStore } from './render-scheduler.ts'

/** After the frame that shows the change, and before a key answers it. */
const WARMING_MS = 150

/**
 * The first decision of a part compiles what reduces and draws it, which takes longer than the decision: it is made and drawn
 * once out of sight, while the person begins to read. The state remains as it is.
 */
export function warmReview(
  root: RootStore,
  frame: (state: RootState) => Frame,
  later: (run: () => void) => void = (run) => void setTimeout(run, WARMING_MS).unref(),
): void {
  let isDone = false
  const stop = root.subscribe((_, { type }) => {
    if (type !== 'approval.requested') return
    later(() => {
      const decided = isDone ? null : decidedState(root.state)
      if (decided === null) return
      isDone = true
      stop()
      for (const { rect, render } of frame(decided).elements) render(rect)
    })
  })
}

/** The state after a decision of the first part; null while no change is shown. */
function decidedState(state: RootState): RootState | null {
  const shown = shownApproval(state)
  if (shown?.phase.preview.type !== 'diff') return null
  const { callId } = shown.call
  const selection = toggleCurrent(shown.phase.preview.hunks, shown.selection)
  return reduceRoot(state, { type: 'approval.partSelected', callId, selection })
}
