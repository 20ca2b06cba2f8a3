import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Steps } from '../../util/steps.ts'

/** Half of a frame, so that a key that is pressed meanwhile is still answered within one. */
const SLICE_MS = 8

/** Does the work in slices, between which keys are handled and frames drawn. Short work is done at once. */
export async function runInSlices<T>(steps: Steps<T>): Promise<T> {
  let until = performance.now() + SLICE_MS
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    if (performance.now() < until) continue
    await nextSlice()
    until = performance.now() + SLICE_MS
  }
}

let slices: Promise<void> = Promise.resolve()

/** Of works that are done at the same time, each has a turn for itself. */
function nextSlice(): Promise<void> {
  slices = slices.then(() => nextTurn())
  return slices
}
