import { expect } from 'chai'
import { createHost, type Host } from '../../../ui/terminal/blessed-host.ts'
import type { Part } from '../../../ui/view/types.ts'

const part = (id: string, x: number, y: number, columns: number, rows: number): Part => ({
  id,
  rect: { x, y, columns, rows },
  rows: [],
})

const SIZE = { columns: 80, rows: 24 }
const LISTENED = ['uncaughtException', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'exit'] as const

for (const toolkit of ['blessed', 'neo-blessed'] as const) {
  describe(`host on ${toolkit}`, () => {
    let host: Host
    beforeEach(() => {
      host = createHost(toolkit)
    })
    afterEach(() => host.close())

    it('finds the topmost part at a place', () => {
      host.arrange(SIZE, [
        part('conversation', 0, 0, 50, 20),
        part('memory', 50, 0, 30, 20),
        part('palette', 40, 5, 20, 5),
      ])
      const at = (x: number, y: number) => host.partAt(x, y)
      expect([at(0, 0), at(49, 19), at(50, 0), at(45, 7), at(59, 9), at(60, 9)]).to.deep.equal([
        'conversation',
        'conversation',
        'memory',
        'palette',
        'palette',
        'memory',
      ])
      expect([at(0, 20), at(80, 0), at(-1, 0)]).to.deep.equal([null, null, null])
    })

    it('follows parts that move, come, go and change places', () => {
      host.arrange(SIZE, [part('one', 0, 0, 10, 10), part('two', 0, 0, 10, 10)])
      expect(host.partAt(5, 5)).to.equal('two')
      host.arrange(SIZE, [part('two', 0, 0, 10, 10), part('one', 0, 0, 10, 10)])
      expect(host.partAt(5, 5)).to.equal('one')
      host.arrange(SIZE, [part('two', 0, 0, 10, 10), part('one', 20, 0, 10, 10)])
      expect([host.partAt(5, 5), host.partAt(25, 5)]).to.deep.equal(['two', 'one'])
      host.arrange({ columns: 200, rows: 60 }, [part('wide', 100, 30, 100, 30)])
      expect([host.partAt(5, 5), host.partAt(199, 59)]).to.deep.equal([null, 'wide'])
    })

    it('keeps the focus where it is told, as long as the part is there', () => {
      const parts = [part('one', 0, 0, 10, 10), part('two', 10, 0, 10, 10)]
      host.arrange(SIZE, parts)
      host.focus('two')
      expect(host.focused()).to.equal('two')
      host.focus('nowhere')
      expect(host.focused()).to.equal('two')
      host.arrange(SIZE, parts.slice(0, 1))
      expect(host.focused()).not.to.equal('two')
    })
  })

  describe(`process beside ${toolkit}`, () => {
    it('has no listener and no variable changed by the host', () => {
      const before = LISTENED.map((name) => process.listenerCount(name))
      const { TMUX } = process.env
      process.env['TMUX'] = '/tmp/tmux-0/default,1,0'
      const host = createHost(toolkit)
      expect(process.env['TMUX']).to.equal('/tmp/tmux-0/default,1,0')
      if (TMUX === undefined) delete process.env['TMUX']
      else process.env['TMUX'] = TMUX
      expect(LISTENED.map((name) => process.listenerCount(name))).to.deep.equal(before)
      host.close()
      expect(LISTENED.map((name) => process.listenerCount(name))).to.deep.equal(before)
    })
  })
}
