import { expect } from 'chai'
import { startRenderScheduler } from '../../../ui/app/render-scheduler.ts'
import { PRESS_AGAIN_TO_QUIT } from '../../../ui/messages/program.ts'
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

describe('The ages of a page that was left', () => {
  it('are computed before a tick passes when it is opened again', async () => {
    const root = createRootStore()
    const stop = startRenderScheduler(root, { invalidate: () => undefined }, () => 60_000)
    const facts = { blockId: 'b', value: '', versions: [], lines: [] }
    const totals = { versions: 0, characters: 0 }
    root.dispatch({ type: 'memoryPage.factsRead', facts: { ...facts, totals } })
    root.dispatch({ type: 'page.opened', page: 'memory' })
    await Promise.resolve()
    expect(root.state.workbench.now).to.equal(60_000)
    stop()
  })

  it('are computed for running jobs, too', async () => {
    const root = createRootStore()
    const stop = startRenderScheduler(root, { invalidate: () => undefined }, () => 60_000)
    root.dispatch({ type: 'job.started', jobId: 'bash_1', command: 'make', at: 0 })
    root.dispatch({ type: 'page.opened', page: 'jobs' })
    await Promise.resolve()
    expect(root.state.workbench.now).to.equal(60_000)
    stop()
  })

  it('are computed for a command line of the user on any page, until it ends', async () => {
    const root = createRootStore()
    const stop = startRenderScheduler(root, { invalidate: () => undefined }, () => 60_000)
    const line = { id: 's', command: 'make', isShared: true, at: 0 }
    root.dispatch({ type: 'shellLine.started', ...line })
    await Promise.resolve()
    expect(root.state.workbench.now).to.equal(60_000)
    root.dispatch({ type: 'shellLine.finished', id: 's', code: 0, text: '', at: 61_000 })
    root.dispatch({ type: 'tick', at: 1 })
    root.dispatch({ type: 'page.opened', page: 'jobs' })
    await Promise.resolve()
    expect(root.state.workbench.now).to.equal(1)
    stop()
  })

  it('are computed for the conversations once they are listed', async () => {
    const root = createRootStore()
    const stop = startRenderScheduler(root, { invalidate: () => undefined }, () => 60_000)
    root.dispatch({ type: 'page.opened', page: 'conversations' })
    await Promise.resolve()
    expect(root.state.workbench.now).not.to.equal(60_000)
    root.dispatch({ type: 'conversations.listed', rows: [], problem: null })
    await Promise.resolve()
    expect(root.state.workbench.now).to.equal(60_000)
    stop()
  })
})
