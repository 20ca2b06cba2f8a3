import { expect } from 'chai'
import { startRenderScheduler } from '../../../ui/app/render-scheduler.ts'
import { PRESS_AGAIN_TO_QUIT } from '../../../ui/messages/notices.ts'
import { createRootStore } from '../../support/root-store.ts'

describe('A hint to press a key again', () => {
  it('is removed when the time in which the second press counts is over', async () => {
    const root = createRootStore()
    let now = 2000
    const stop = startRenderScheduler(root, { invalidate: () => undefined }, () => now)
    const hint = { type: 'flash.shown', level: 'info', text: PRESS_AGAIN_TO_QUIT } as const
    root.dispatch({ ...hint, until: 2000 })
    await root.when(({ workbench }) => workbench.now === 2000 || undefined)
    expect(root.state.workbench.flash?.text).to.equal(PRESS_AGAIN_TO_QUIT)
    now = 2001
    await root.when(({ workbench }) => workbench.flash === null || undefined)
    stop()
  })
})
