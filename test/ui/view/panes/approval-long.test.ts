import { expect } from 'chai'
import { ask } from '../../../../lib/permissions/verdicts.ts'
import { diffHunks } from '../../../../lib/util/unified-diff.ts'
import { shownApproval } from '../../../../ui/state/shown-approval.ts'
import { openDesktop } from '../../../support/desktop.ts'

const LINES = 100_000
/** What is painted together with the visible rows. */
const NEARBY = 400

describe('A change of 100,000 lines that awaits approval', () => {
  it('makes the rows that are visible only: opened, paged, at its end, divided, decided and side by side', async () => {
    const numbers = Array.from({ length: LINES }, (_, at) => at)
    const diff = diffHunks('', numbers.map((at) => `line ${at}\n`).join(''))
    const read = new Set<number>()
    for (const [at, line] of (diff.hunks[0]?.lines ?? []).entries()) {
      const { text } = line
      Object.defineProperty(line, 'text', { get: () => read.add(at) && text })
    }
    const desk = await openDesktop()
    const { root } = desk
    const made: { readonly on: string; readonly count: number }[] = []
    const draw = (on: string): void => {
      desk.screen()
      made.push({ on, count: read.size })
      read.clear()
    }
    try {
      const at = root.state.workbench.now
      const call = { callId: 'c1', host: 'local', tool: 'Write', args: '{}' } as const
      const preview = { type: 'diff', path: 'long.txt', created: true, remark: null } as const
      const asked = { callId: 'c1', label: 'long.txt', preview: { ...preview, ...diff } }
      const request = { ...asked, verdict: ask('No rule allows it.'), suggestion: null }
      root.dispatch({ type: 'turn.started', turnId: 't1', at })
      root.dispatch({ type: 'tool.delta', ...call, at })
      root.dispatch({ type: 'approval.requested', requests: [request], at })
      read.clear()
      draw('opened')
      desk.presses('f4')
      for (const key of ['pagedown', 'end', 'pageup', 's', ' ', ']', 'v', 'end', 'home']) {
        if (key.length === 1) desk.types(key)
        else desk.presses(key)
        draw(key)
      }
      expect(shownApproval(root.state)?.selection.rejected.size).to.equal(1)
      expect(made.filter(({ count }) => count > NEARBY)).to.deep.equal([])
      expect(made.find(({ on }) => on === 'end')?.count).to.be.above(0)
    } finally {
      root.dispatch({
        type: 'turn.finished',
        outcome: { type: 'done' },
        apiMs: 0,
        at: 0,
        id: 'end',
      })
      await desk.close()
    }
  })
})
