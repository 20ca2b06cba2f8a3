import { expect } from 'chai'
import { warmReview } from '../../../ui/app/review-warming.ts'
import { shownApproval } from '../../../ui/state/shown-approval.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { view } from '../../../ui/view/view.ts'
import { createRootStore } from '../../support/root-store.ts'
import { optionsFor, WAITING } from '../view/panes/scene.ts'

describe('The decision of a part that is made before the first one', () => {
  it('is drawn once when a change is shown, and leaves the state as it is', () => {
    const root = createRootStore()
    const drawn: RootState[] = []
    const waiting: (() => void)[] = []
    const frame = (state: RootState) => {
      drawn.push(state)
      return view(state, optionsFor(state))
    }
    warmReview(root, frame, (run) => void waiting.push(run))
    for (const fact of WAITING) root.dispatch(fact)
    const before = root.state
    for (const run of [...waiting, ...waiting]) run()
    expect(waiting.length).to.be.above(0)
    expect(root.state).to.equal(before)
    const rejected = drawn.map((state) => [...(shownApproval(state)?.selection.rejected ?? [])])
    expect(rejected).to.deep.equal([[0, 1, 2, 3]])
  })

  it('is not drawn when the change was answered meanwhile', () => {
    const root = createRootStore()
    const waiting: (() => void)[] = []
    warmReview(
      root,
      () => expect.fail('nothing is shown'),
      (run) => void waiting.push(run),
    )
    for (const fact of WAITING) root.dispatch(fact)
    const denied = { allow: false, by: 'person', reason: '' } as const
    root.dispatch({ type: 'approval.decided', callId: 'c2', ...denied })
    for (const run of waiting) run()
    expect(shownApproval(root.state)).to.equal(null)
  })
})
